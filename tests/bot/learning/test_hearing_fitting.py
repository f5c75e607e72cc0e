import json
from pathlib import Path

from bot.answering.extraction import Readings
from bot.answering.hearing import Heard, HearingWeights, Opinion
from bot.learning.hearing_fitting import SILENT, HearingCase, fit_hearing, hearing_figures, write_hearing
from tests.bot.answering.test_hearing import reading

FIRST, SECOND = reading("Returns", 0.4), reading("Delivery", 0.2)


def case(opinion: Opinion | None, right: tuple[bool, bool], *, none: float = 0.4) -> HearingCase:
    return HearingCase(Heard(Readings((FIRST, SECOND), none), (FIRST, SECOND), opinion), right, any(right))


def test_a_model_that_is_right_is_believed():
    cases = [case(Opinion(1, 0.01), (False, True))] * 9 + [case(Opinion(refusing=0.9), (False, False))] * 9

    weights = fit_hearing(cases)
    before, after = hearing_figures(cases, SILENT), hearing_figures(cases, weights)

    assert (before.first, before.refused) == (0, 0)
    assert (after.first, after.refused) == (9, 9)
    assert (before.auroc, after.auroc) == (0.5, 1.0)


def test_a_model_that_is_wrong_is_not_believed():
    cases = [case(Opinion(1, 0.9), (True, False))] * 9 + [case(Opinion(refusing=0.1), (False, False))] * 9

    weights = fit_hearing(cases)

    assert (weights.answered, weights.refusing) == (0, 0)


def test_who_was_refused_wrongly_is_counted():
    figures = hearing_figures([case(None, (True, False), none=0.9), case(None, (False, False), none=0.9)], SILENT)

    assert (figures.answerable, figures.refused_wrongly) == (1, 1)
    assert (figures.unanswerable, figures.refused) == (1, 1)
    assert hearing_figures([case(None, (False, False))], SILENT).auroc is None


def test_the_weights_are_kept_with_what_they_brought(tmp_path: Path):
    figures = hearing_figures([case(Opinion(source=0), (True, False))], SILENT)

    weights = HearingWeights(answered=1.5, choice=0.75, refusing=0.5, doubt=0.25)
    write_hearing(weights, figures, figures, tmp_path / "hearing.json", asked={"shops": 1})

    kept = json.loads((tmp_path / "hearing.json").read_text())
    assert [kept[name] for name in ("answered", "choice", "refusing", "doubt")] == [1.5, 0.75, 0.5, 0.25]
    assert kept["made"]["choice_alone"]["first"] == 1
