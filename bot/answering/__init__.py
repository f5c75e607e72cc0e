"""One turn, from question to reply."""
