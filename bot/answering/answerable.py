"""Answerable: from which score on a passage is shown; below it the bot says that it does not know."""

SHOWN_FROM = 0.25
"""Of `Passage.score`, the chance that a passage answers, calibrated on the golden dev questions. Above 0.5 hardly any
wrong passage is shown but every third right one is withheld; with a person always offered, this is the better trade."""

NONE_FROM = 0.633
"""Of the chance that no stretch of what was found answers; `choice.json` tells what it costs."""

BEST_FROM = 0.2
"""Of the chance of what answers best, below which nothing is shown either: something answers, but nobody knows what. Of
488 answerable golden dev questions 11 more are refused when quoting, of which 2 were answered right; with 0.25 it would
be 22, of which 7."""

HOPELESS = 0.995
"""Of the same chance, from which a tuned model is not even asked; below it its opinion may turn the scale."""
