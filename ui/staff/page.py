"""What the staff page knows before it paints: its words, its colours and its scripts; nothing of any shopper."""

from bot.bootstrap import Shopclerk
from ui.page import dress
from ui.rendering import json_for_script
from ui.shop_page import FONT_LINKS, LIGHT_OR_DARK
from ui.static_files import KeptStaticFiles
from ui.texts import LANGUAGES, load_staff_texts, preferred_language
from ui.theme import palette


class StaffPage:
    """Dresses the staff page; it is the same for everybody, signed in or not."""

    def __init__(self, shopclerk: Shopclerk, static: KeptStaticFiles) -> None:
        self._shopclerk = shopclerk
        self._static = static

    def dressed(self, _shop: str | None, language_wish: str | None, page: str) -> str:
        """Gradio's page as the staff's.

        Args:
            language_wish: a language tag or an `Accept-Language` header.
            page: the HTML that Gradio serves.
        """
        language = preferred_language(language_wish)
        texts = {language: load_staff_texts(language).by_key for language in LANGUAGES}
        facts = {"language": language, "texts": texts}
        title = load_staff_texts(language).say("staff.title")
        # Gradio's base is the folder above, where links like `#/inbox` would lead to the shoppers' page.
        page = page.replace('<base href="./" />', '<base href="/staff" />')
        return dress(page, title=title, language=language, head=self._head(json_for_script(facts)))

    def _head(self, facts: str) -> str:
        colours = self._shopclerk.profiles.get(self._shopclerk.settings.shop).colours
        sheets = self._static.addresses(".css", "staff")
        return "".join(
            (
                '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">',
                f"<style>{palette(colours.primary, colours.accent).as_css()}</style>",
                *(f'<link rel="stylesheet" href="{sheet}">' for sheet in sorted(sheets, key=_shared_look_first)),
                FONT_LINKS,
                f"<script>{LIGHT_OR_DARK}</script>",
                f'<script type="application/json" id="shopclerk-facts">{facts}</script>',
                f'<script type="module" src="{self._static.address("staff/main.js")}"></script>',
            )
        )


def _shared_look_first(sheet: str) -> tuple[bool, str]:
    return not sheet.endswith("/staff.css"), sheet
