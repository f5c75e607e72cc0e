"""Answerable: from which score on a passage is shown; below it the bot says that it does not know."""

SHOWN_FROM = 0.25
"""Of `Passage.score`, the chance that a passage answers, calibrated on the golden dev questions. Above 0.5 hardly any
wrong passage is shown but every third right one is withheld; with a person always offered, this is the better trade."""

NONE_FROM = 0.633
"""Of the chance that no stretch of what was found answers; `choice.json` tells what it costs."""

DOUBTED_FROM = 0.35
"""Of the same chance, from which the tuned model's "I don't know" is believed. Of 220 golden dev questions it says so
to 26 below this, 1 of them unanswerable and 21 quoted rightly: its examples read otherwise than these pages. Above
it are 3 unanswerable and 6 answerable ones."""
