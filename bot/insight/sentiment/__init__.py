"""What a text feels: negative, neutral or positive, and about which aspects of a shop."""

from bot.insight.sentiment.classifier import Sentiment as Sentiment
from bot.insight.sentiment.feeling import ASPECTS as ASPECTS
from bot.insight.sentiment.feeling import LABELS as LABELS
from bot.insight.sentiment.feeling import Aspect as Aspect
from bot.insight.sentiment.feeling import AspectFeeling as AspectFeeling
from bot.insight.sentiment.feeling import Feeling as Feeling
from bot.insight.sentiment.feeling import Label as Label
