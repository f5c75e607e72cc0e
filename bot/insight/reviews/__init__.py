"""Product reviews: read from files, kept once each, and heard beside conversations."""

from bot.insight.reviews.book import ReviewBook as ReviewBook
from bot.insight.reviews.book import ReviewReport as ReviewReport
from bot.insight.reviews.voices import AspectVoice as AspectVoice
from bot.insight.reviews.voices import Quote as Quote
from bot.insight.reviews.voices import Voices as Voices
