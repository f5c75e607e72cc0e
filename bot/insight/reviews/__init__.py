"""Product reviews: read from files, and kept once each; `bot/insight/analytics` hears them beside conversations."""

from bot.insight.reviews.book import ReviewBook as ReviewBook
from bot.insight.reviews.book import ReviewReport as ReviewReport
