"""The schema's history: one Alembic revision for each change of the tables of either room."""
