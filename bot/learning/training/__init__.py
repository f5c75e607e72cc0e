"""Tunes the generator on examples: adapters in, adapters out, and the proof that they are better."""
