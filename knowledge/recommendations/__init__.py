"""What is alike and what goes together, from the catalogue and from what was bought."""

from knowledge.recommendations.recommender import Recommendations, Recommended

__all__ = ["Recommendations", "Recommended"]
