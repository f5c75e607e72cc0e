"""`shopclerk versions`: what was published when, and which of it answers."""

from dataclasses import asdict

import typer

from bot.conversation.database import migrate
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.versions import KnowledgeVersions
from scripts.console import JsonFlag, ShopOption, print_json, print_table

app = typer.Typer(add_completion=False)


@app.command(epilog="Example: shopclerk versions --shop demo")
def versions(shop: ShopOption = None, json: JsonFlag = False) -> None:
    """List the published versions of a shop's knowledge."""
    settings = Settings()
    name = shop or settings.shop
    kept = open_versions(settings).list(name)
    if json:
        print_json([{**asdict(one), "created_at": one.created_at.isoformat()} for one in kept])
    elif kept:
        rows = [
            (
                one.number,
                "answers" if one.active else "",
                f"{one.created_at:%Y-%m-%d %H:%M} UTC",
                one.documents,
                one.chunks,
            )
            for one in kept
        ]
        print_table(("version", "", "published", "documents", "passages"), rows, title=f"Shop {name}")
    else:
        print(f"Nothing is published for shop {name!r} yet; publish with: shopclerk ingest PATH --shop {name}")


def open_versions(settings: Settings) -> KnowledgeVersions:
    """The published versions; reading and moving them needs no model and no index."""
    engine = create_database_engine(settings.sqlalchemy_url)
    migrate(engine)
    return KnowledgeVersions(engine)
