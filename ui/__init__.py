"""Shows what the bot says. It knows no model, no database and no index."""
