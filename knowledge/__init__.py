"""Finds what is true: documents, products, orders, search. It knows no conversation and no screen."""
