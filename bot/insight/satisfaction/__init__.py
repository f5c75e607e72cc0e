"""How content a shopper is with a whole conversation, as the mean of many raters would have it."""

from bot.insight.satisfaction.model import Satisfaction as Satisfaction
from bot.insight.satisfaction.model import load_satisfaction as load_satisfaction
