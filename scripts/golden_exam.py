"""What the whole bot makes of golden dev questions with one adapter or another, for the release gate."""

from collections.abc import Mapping
from pathlib import Path

from bot.answering.adapters import NONE as NO_ADAPTER
from bot.bootstrap import build
from bot.conversation.database import migrate
from bot.conversation.handoff import Handoffs
from bot.conversation.history import History
from bot.learning.answers_evaluation import Share, run, summarise
from bot.learning.golden import evenly, read_golden
from bot.learning.training.gate import Golden
from bot.settings import Settings
from knowledge.database import create_database_engine
from knowledge.versions import KnowledgeVersions
from scripts.console import Tell, note

GOLDEN_FILE = Path(__file__).parent.parent / "knowledge" / "golden" / "questions.jsonl"
MEASURES = ("facts_right", "wrong_shown", "refused_rightly", "refused_wrongly", "cited")


def golden_exam(settings: Settings, count: int, tell: Tell) -> Golden:
    """Asks the demo shop its golden dev questions; nothing is measured where it is not published.

    Args:
        settings: with the generator that the adapters are for.
        count: how many questions, drawn evenly; 0: none.
        tell: told of the progress.
    """
    demo = settings.model_copy(update={"shop": Settings.model_fields["shop"].default})

    def measured(adapter: Path | None) -> Mapping[str, Share]:
        if not count or not _published(demo):
            return {}
        questions = evenly(read_golden(GOLDEN_FILE, split="dev"), count)
        engine = create_database_engine("sqlite://")
        migrate(engine)
        history = History(engine)
        with build(demo.model_copy(update={"adapter": str(adapter) if adapter else NO_ADAPTER})) as shopclerk:
            assistant = shopclerk.assistant_with(history, Handoffs(engine))
            judged = []
            for one in run(questions, assistant=assistant, history=history, shop=demo.shop):
                judged.append(one)
                tell("golden questions", len(judged), len(questions))
        shares = summarise(judged, system="bot").shares
        return {f"golden {name.replace('_', ' ')}": shares[name] for name in MEASURES}

    return measured


def _published(settings: Settings) -> bool:
    migrate(create_database_engine(settings.sqlalchemy_url))
    if KnowledgeVersions(create_database_engine(settings.sqlalchemy_url)).active(settings.shop) is not None:
        return True
    note(f"The shop {settings.shop!r} has published nothing here: the gate asks no golden questions.")
    return False
