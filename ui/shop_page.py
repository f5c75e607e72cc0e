"""What the chat page knows about a shop before it paints: its words, looks and limits."""

from typing import Any

from bot.bootstrap import Shopclerk
from bot.errors import NotFound
from ui.api import known_shop
from ui.limiting import Allowance
from ui.page import dress
from ui.rendering import in_language, json_for_script, profile_as_json
from ui.static_files import KeptStaticFiles
from ui.texts import LANGUAGES, load_texts, preferred_language
from ui.theme import Palette, palette

# Gradio ships this font in whole; its other weights are cut down to a few letters.
_FONT = '<link rel="preload" as="font" type="font/woff2" crossorigin href="/static/fonts/SourceSansPro/{}.woff2">'
FONT_LINKS = "".join(_FONT.format(font) for font in ("SourceSansPro-Regular", "SourceSansPro-Bold"))

# Runs before the first paint, so that a choice of light or dark, the framing page's or the shopper's, never flashes.
LIGHT_OR_DARK = (
    "try{const t=new URLSearchParams(location.search).get('theme')||localStorage.getItem('shopclerk.theme');"
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
        name, known = self._named(shop)
        profile = self._shopclerk.profiles.get(name)
        language = preferred_language(language_wish)
        facts = {
            "shop": name,
            "known": known,
            "language": language,
            "origins": list(profile.widget.origins),
            **self._limits(),
            **profile_as_json(profile),
        }
        colours = palette(profile.colours.primary, profile.colours.accent)
        return dress(
            page, title=in_language(profile.name, language), language=language, head=self._head(facts, colours)
        )

    def framed_by(self, shop: str | None) -> tuple[str, ...]:
        """Origins whose pages may show the shop's chat in a frame."""
        return tuple(self._shopclerk.profiles.get(self._named(shop)[0]).widget.origins)

    def _named(self, shop: str | None) -> tuple[str, bool]:
        """The shop's name and whether there is such a shop."""
        try:
            return known_shop(self._shopclerk, shop), True
        except NotFound:
            return self._shopclerk.settings.shop, False

    def _limits(self) -> dict[str, int]:
        return {
            "message_characters": self._allowance.message_characters,
            "comment_characters": self._allowance.comment_characters,
        }

    def _head(self, facts: dict[str, Any], colours: Palette) -> str:
        texts = {language: load_texts(language).by_key for language in LANGUAGES}
        return "".join(
            (
                '<meta name="color-scheme" content="light dark">',
                f"<style>{colours.as_css()}</style>",
                f'<link rel="stylesheet" href="{self._static.address("chat.css")}">',
                FONT_LINKS,
                f"<script>{LIGHT_OR_DARK}</script>",
                '<script type="application/json" id="shopclerk-facts">',
                json_for_script({**facts, "texts": texts}),
                "</script>",
                *(f'<link rel="modulepreload" href="{address}">' for address in self._static.addresses(".js")),
                f'<script type="module" src="{self._static.address("chat.js")}"></script>',
            )
        )
