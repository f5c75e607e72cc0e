"""Pages of another site, on an origin of their own: a shop's with the widget in them, or a stranger's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass
class ShopSite:
    """A running site.

    Attributes:
        origin: as browsers write it.
        pages: path → whole HTML.
        policies: path → its Content-Security-Policy.
    """

    origin: str
    pages: dict[str, str] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)

    def show(self, path: str, bot: str, *, policy: str = "", body: str = "", **attributes: str) -> str:
        """Put a page there with the widget's script in it; returns its address."""
        more = "".join(f' data-{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
        self.pages[path] = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sand sneaker</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<script src="{bot}/widget.js" data-shop="demo"{more} async></script>'
            "</head><body><h1>Sand sneaker</h1><p>A shoe.</p><a href='/'>Home</a> <button>Buy</button>"
            f"{body}</body></html>"
        )
        self.policies[path] = policy
        return self.origin + path


@contextmanager
def shop_site(host: str) -> Iterator[ShopSite]:
    """A site at `http://HOST:PORT`; browsers find any name below `localhost` on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            self.send_response(200 if path in site.pages else 204)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if site.policies.get(path):
                self.send_header("Content-Security-Policy", site.policies[path])
            self.end_headers()
            self.wfile.write(site.pages.get(path, "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = ShopSite(f"http://{host}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()
