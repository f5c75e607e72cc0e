"""Answers written token by token, many in one batch, by weights in this process; it knows no talk framework."""
