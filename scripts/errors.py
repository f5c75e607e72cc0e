"""What can go wrong at the console.

* ShopclerkError            (knowledge/errors.py)
  * ServerUnreachable       a server is running but gives no answer
  * PortTaken               something else listens there
  * WouldMixHistories       invented conversations would mix with real ones
  * BrowserMissing          what is measured in a browser has none
"""

from knowledge.errors import ShopclerkError


class ServerUnreachable(ShopclerkError):
    """A server is running but gives no answer."""


class PortTaken(ShopclerkError):
    """Something else listens at the port."""


class WouldMixHistories(ShopclerkError):
    """Invented conversations would be written among real ones."""


class BrowserMissing(ShopclerkError):
    """What is measured in a browser has none."""
