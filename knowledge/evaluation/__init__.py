"""Measures of retrieval on the golden questions and the public sets."""
