"""Answerable: from which score on a passage is shown; below it the bot says that it does not know."""

SHOWN_FROM = 0.25
"""Of `Passage.score`, the chance that a passage answers, calibrated on the golden dev questions. Above 0.5 hardly any
wrong passage is shown but every third right one is withheld; with a person always offered, this is the better trade."""

READ_FROM = 0.55
"""Of `Reading.score`, search's score and the fit of the best sentence together, calibrated on the golden dev questions.
Of 135 answerable ones (100 read right) and 18 unanswerable ones that came so far, 0.45 withholds 2 and refuses 9,
0.55 withholds 10 and refuses 11, 0.60 withholds 16 and refuses 13, 0.75 withholds 42 and refuses 16."""
