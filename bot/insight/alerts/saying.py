"""An alert as one sentence, every number of which is the alert's own."""

from functools import cache
from importlib.resources import files

import yaml

from bot.insight.alerts.watch import AlertView


def sentence(alert: AlertView, language: str, *, subject: str = "") -> str:
    """What has become worse, by how much, in English or Chinese.

    Args:
        alert: the alert.
        language: `en` or `zh`.
        subject: the product's title; empty: its id.
    """
    one, rule = alert.comparison, alert.rule
    return _words()[language][alert.kind].format(
        recent=f"{one.recent_share:.0%}",
        usual=f"{one.usual_share:.0%}",
        recent_count=one.recent_count,
        recent_total=one.recent_total,
        hours=round(rule.recent.total_seconds() / 3600),
        days=rule.usual.days,
        subject=subject or alert.subject,
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = yaml.safe_load((files("bot.insight.alerts") / "words.yaml").read_text("utf-8"))
    return words
