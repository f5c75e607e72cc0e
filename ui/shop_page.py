"""What the chat page knows about a shop before it paints: its words, looks and limits."""

from typing import Any

from bot.bootstrap import Shopclerk
from bot.errors import NotFound
from ui.api import known_shop
from ui.limiting import Allowance
from ui.page import dress
from ui.rendering import json_for_script, profile_as_json
from ui.static_files import KeptStaticFiles
from ui.texts import LANGUAGES, load_texts, preferred_language
from ui.theme import palette

# Runs before the first paint, so that a shopper's own choice of light or dark never flashes.
_PRELOADED_FONT = (
    '<link rel="preload" as="font" type="font/woff2" crossorigin href="/static/fonts/SourceSansPro/{}.woff2">'
)
_FONTS = ("SourceSansPro-Regular", "SourceSansPro-Bold")
_LIGHT_OR_DARK = (
    "try{const t=localStorage.getItem('shopclerk.theme');"
    "if(t==='light'||t==='dark')document.documentElement.dataset.theme=t}catch{}"
)


class ShopPages:
    """Dresses the chat page for each shop."""

    def __init__(self, shopclerk: Shopclerk, static: KeptStaticFiles, allowance: Allowance) -> None:
        self._shopclerk = shopclerk
        self._static = static
        self._allowance = allowance

    def dressed(self, shop: str | None, language_wish: str | None, page: str) -> str:
        """Gradio's page as this shop's page.

        Args:
            shop: as named in the address, None for the installation's own.
            language_wish: a language tag or an `Accept-Language` header.
            page: the HTML that Gradio serves.
        """
        language = preferred_language(language_wish)
        facts = self._facts(shop, language)
        colours = facts.pop("colours")
        script, style = self._static.address("chat.js"), self._static.address("chat.css")
        head = (
            f"<style>{palette(colours['primary'], colours['accent']).as_css()}</style>"
            f'<link rel="stylesheet" href="{style}">'
            + "".join(_PRELOADED_FONT.format(font) for font in _FONTS)
            + f"<script>{_LIGHT_OR_DARK}</script>"
            f'<script type="application/json" id="shopclerk-facts">{json_for_script(facts)}</script>'
            f'<script type="module" src="{script}"></script>'
            '<meta name="color-scheme" content="light dark">'
        )
        return dress(page, title=facts["name"][language], language=language, head=head)

    def _facts(self, shop: str | None, language: str) -> dict[str, Any]:
        try:
            name, known = known_shop(self._shopclerk, shop), True
        except NotFound:
            name, known = self._shopclerk.settings.shop, False
        return {
            "shop": name,
            "known": known,
            "language": language,
            "texts": {each: load_texts(each).by_key for each in LANGUAGES},
            "message_characters": self._allowance.message_characters,
            "comment_characters": self._allowance.comment_characters,
            **profile_as_json(self._shopclerk.profiles.get(name)),
        }
