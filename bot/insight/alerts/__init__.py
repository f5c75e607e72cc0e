"""Alerts: what has lately become clearly worse than usual, told once."""
