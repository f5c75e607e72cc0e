"""Scores messages, conversations and reviews off the reply's critical path, each once for each model."""

from bot.insight.scoring.moods import ConversationMood as ConversationMood
from bot.insight.scoring.moods import Moods as Moods
from bot.insight.scoring.scorer import Scorer as Scorer
from bot.insight.scoring.worker import ScoringWorker as ScoringWorker
