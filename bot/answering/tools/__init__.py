"""Facts filled in by code from rows: orders and products."""
