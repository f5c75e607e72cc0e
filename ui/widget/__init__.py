"""The chat on a shop's own pages: one script, what it asks for, and a demo shop to see it on."""
