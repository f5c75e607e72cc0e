"""Answerable: from which score on a passage is shown; below it the bot says that it does not know."""

SHOWN_FROM = 0.25
"""Of `Passage.score`, the chance that a passage answers, calibrated on the golden dev questions. Above 0.5 hardly any
wrong passage is shown but every third right one is withheld; with a person always offered, this is the better trade."""

READ_FROM = 0.48
"""Of `Reading.score`, search's score and the fit of the best sentence together, calibrated on whole replies to the
golden dev questions: 0.48 refuses 5 of 174 answerable and 14 of 21 unanswerable ones, 0.55 refused 15 and 14."""
