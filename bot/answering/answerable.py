"""Answerable: from which score on a passage is shown; below it the bot says that it does not know."""

SHOWN_FROM = 0.25
"""Of `Passage.score`, the chance that a passage answers, calibrated on the golden dev questions. Above 0.5 hardly any
wrong passage is shown but every third right one is withheld; with a person always offered, this is the better trade."""

READ_FROM = 0.48
"""Of `Reading.score`, search's score and the fit of the best sentence together. On the 124 quoted replies to golden dev
questions, 0.55 would withhold 3 right and 1 wrong answer and refuse 1 more unanswerable question, 0.65 would withhold
12 right and 2 wrong ones and refuse 6 more."""
