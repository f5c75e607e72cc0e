"""Commands that do the work themselves say what a person got wrong."""

import pytest
from typer.testing import CliRunner

from bot.errors import NotFound
from scripts.clerk import LocalClerk
from scripts.cli import app
from tests.fakes import fake_shopclerk


@pytest.fixture
def clerk(tmp_path):
    (tmp_path / "faq.csv").write_text("question,answer\nDo you deliver?,Yes.\n")
    with fake_shopclerk(tmp_path / "home") as shopclerk:
        shopclerk.ingest([tmp_path / "faq.csv"], shop="mugs")
        yield LocalClerk(shopclerk)


def test_a_misspelt_shop_is_named_with_the_shops_there_are(clerk):
    sentence = "There is no shop 'mgus' here; there is: 'mugs'."
    with pytest.raises(NotFound, match=sentence):
        clerk.search("deliver?", shop="mgus", k=3, language=None)
    with pytest.raises(NotFound, match=sentence):
        list(clerk.ask("deliver?", shop="mgus", conversation_id=None))


@pytest.mark.parametrize("command", ["ask", "search"])
def test_before_anything_is_ingested_the_command_that_does_it_is_told(command):
    result = CliRunner().invoke(app, [command, "Do you deliver?", "--shop", "mugs", "--json"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "shopclerk ingest PATH --shop mugs" in result.stderr
