"""FeedbackBook: the shopper's thumb and comment on a reply, the last one kept."""

from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.conversation.privacy import mask
from bot.conversation.tables import Feedback, Message
from bot.errors import InvalidInput, NotFound

_COMMENT_CHARACTERS = 2000


class FeedbackBook:
    """Thumbs and comments; rating again replaces, so a repeated request does no harm."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def rate(self, message_id: str, *, rating: int, comment: str = "") -> None:
        """Keep a thumb and a comment (personal data masked) on a reply; the last one wins.

        Args:
            message_id: the reply.
            rating: -1 for thumb down, 1 for thumb up.
            comment: at most 2,000 characters.

        Raises:
            InvalidInput: another rating, a comment too long, or a message that is the shopper's own.
            NotFound: no such message.
        """
        if rating not in (-1, 1):
            raise InvalidInput(f"The rating is {rating!r}; give 1 for thumb up or -1 for thumb down.")
        if len(comment) > _COMMENT_CHARACTERS:
            raise InvalidInput(f"The comment has {len(comment):,} characters; keep it to {_COMMENT_CHARACTERS:,}.")
        values = {"rating": rating, "comment": mask(comment).text, "updated_at": datetime.now(UTC)}
        with Session(self._engine) as session:
            _require_reply(session, message_id)
            # The two dialects speak the same upsert, but SQLAlchemy has no common word for it.
            dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
            statement = dialect.insert(Feedback).values(message_id=message_id, **values)
            session.exec(statement.on_conflict_do_update(index_elements=["message_id"], set_=values))
            session.commit()


def _require_reply(session: Session, message_id: str) -> None:
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(f"There is no message {message_id!r} to rate.")
    if message.role == "user":
        raise InvalidInput(f"Message {message_id!r} is the shopper's own; rate a reply.")
