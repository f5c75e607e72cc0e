"""What can go wrong in the bot; every error carries one sentence fit for its reader.

* ShopclerkError                  (knowledge/errors.py)
  * KnowledgeError, ModelError …  (knowledge/errors.py)
  * InvalidInput                  what was typed cannot be used              HTTP 422
  * NotFound                      no such conversation, message or shop      HTTP 404
  * NotAllowed                    a missing, wrong or expired token          HTTP 401
  * NotPermitted                  signed in, but their role does not allow it  HTTP 403
  * Conflict                      somebody else was faster, or is in charge  HTTP 409
  * TooManyMessages               faster or more than the limits allow       HTTP 429
  * Busy                          the queue of questions is full             HTTP 503
  * GeneratorError                the model or its server did not answer
  * TrainingError                 a training cannot begin, go on or be saved
  * DatabaseError                 the database cannot be used as it is
"""

from knowledge.errors import ShopclerkError as ShopclerkError  # the screen knows no room below this one


class InvalidInput(ShopclerkError):
    """What was typed cannot be used."""


class NotFound(ShopclerkError):
    """No such conversation, message or shop."""


class NotAllowed(ShopclerkError):
    """A missing, wrong or expired token."""


class NotPermitted(ShopclerkError):
    """Signed in, but their role does not allow it."""


class Conflict(ShopclerkError):
    """Somebody else was faster, or is in charge.

    Args:
        holder: the name of who is in charge, if that is why.
    """

    def __init__(self, sentence: str, holder: str = "") -> None:
        self.holder = holder
        super().__init__(sentence)


class TooManyMessages(ShopclerkError):
    """Faster or more than the limits allow.

    Args:
        retry_after_seconds: when the next message will be taken.
    """

    def __init__(self, sentence: str, retry_after_seconds: float) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(sentence)


class Busy(ShopclerkError):
    """The queue of questions is full."""


class GeneratorError(ShopclerkError):
    """The model or its server did not answer."""


class TrainingError(ShopclerkError):
    """A training cannot begin, go on or be saved."""


class DatabaseError(ShopclerkError):
    """The database cannot be used as it is."""
