"""Figures about conversations: tables of their own, kept up to date beside the talk, and what is asked of them."""
