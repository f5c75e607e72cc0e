"""Training of the search models: where their examples come from, and how they learn."""
