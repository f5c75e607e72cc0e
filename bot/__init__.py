"""Decides what to say, and remembers what was said. It knows no screen."""
