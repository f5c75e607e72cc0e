"""Measures the bot, and (from later versions on) tunes it."""
