"""Reads a shop's files: one reader a file, all giving `FileContent` and a `Failure` for what could not be read."""
