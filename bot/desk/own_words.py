"""What a person of the shop writes, as it may be stored: personal data masked, the shop's own contact kept."""

from bot.conversation.privacy import mask

# A first name is how people greet each other, and shoppers should know whom they talk to.
_KEPT_KINDS = frozenset({"name"})


def storable(text: str, *, own: str) -> str:
    """The text with personal data masked.

    Args:
        text: as the agent typed it.
        own: the shop's own addresses and numbers, which are no secret.
    """
    plain_own = _plain(own)
    result, end = [], 0
    for finding in sorted(mask(text).findings, key=lambda finding: finding.start):
        words = text[finding.start : finding.end]
        if finding.start < end or finding.kind in _KEPT_KINDS or _plain(words) in plain_own:
            continue
        result += [text[end : finding.start], f"[{finding.kind.upper()}]"]
        end = finding.end
    return "".join([*result, text[end:]])


def _plain(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
