"""The revisions, oldest first by the date in their names."""
