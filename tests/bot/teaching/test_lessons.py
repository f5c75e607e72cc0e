"""Lessons: a second person approves, the exam decides, and what was published can be taken back."""

from datetime import date

import pytest

from bot.errors import Conflict, InvalidInput, NotPermitted
from bot.learning.own_examples import own_examples
from bot.teaching.difference import Piece, differences
from bot.teaching.lessons import LessonDraft
from bot.teaching.proposals import Proposals
from knowledge.documents import Document
from knowledge.errors import IngestConflict
from tests.bot.teaching.conftest import ANN, BO, approved, ask, curated, faq, waiting

CANADA = "faq.csv#1"


def test_the_author_cannot_approve(shop):
    lesson = waiting(shop, curated("Is there parking?", "Yes, behind the store."))
    with pytest.raises(NotPermitted):
        shop.school.approve(lesson.id, by=ANN)
    with pytest.raises(NotPermitted):
        shop.school.approve(lesson.id, by=ANN.upper())
    assert shop.lessons.get(lesson.id).state == "waiting"


def test_a_draft_is_not_approved_before_it_is_submitted(shop):
    lesson = shop.lessons.add("demo", curated("Is there parking?", "Yes."), by=ANN)
    with pytest.raises(Conflict):
        shop.school.approve(lesson.id, by=BO)


def test_two_people_do_not_overwrite_each_other(shop):
    lesson = shop.lessons.add("demo", curated("Is there parking?", "Yes."), by=ANN)
    shop.lessons.edit(lesson.id, curated("Is there parking?", "Yes, free."), by=ANN, revision=lesson.revision)
    with pytest.raises(Conflict):
        shop.lessons.edit(lesson.id, curated("Is there parking?", "No."), by=BO, revision=lesson.revision)


def test_what_was_edited_by_another_is_theirs(shop):
    lesson = shop.lessons.add("demo", curated("Is there parking?", "Yes."), by=ANN)
    lesson = shop.lessons.edit(lesson.id, curated("Is there parking?", "No."), by=BO, revision=lesson.revision)
    lesson = shop.lessons.submit(lesson.id, by=ANN, revision=lesson.revision)
    with pytest.raises(NotPermitted):
        shop.school.approve(lesson.id, by=BO)


def test_a_rejection_needs_a_note_and_leads_back_to_a_draft(shop):
    lesson = waiting(shop, curated("Is there parking?", "Yes."))
    with pytest.raises(InvalidInput):
        shop.lessons.reject(lesson.id, by=BO, revision=lesson.revision, note=" ")
    lesson = shop.lessons.reject(lesson.id, by=BO, revision=lesson.revision, note="Say where.")
    assert (lesson.state, lesson.note) == ("rejected", "Say where.")
    lesson = shop.lessons.edit(lesson.id, curated("Is there parking?", "Behind."), by=ANN, revision=lesson.revision)
    assert lesson.state == "draft"


@pytest.mark.parametrize(
    "draft",
    [
        LessonDraft("curated", {}, {}),
        LessonDraft("curated", {"en": ["Why?"]}, {}),
        LessonDraft("curated", {"en": ["Why?"]}, {"en": "So.", "zh": "因为。"}),
        LessonDraft("curated", {"fr": ["Pourquoi?"]}, {"fr": "Ainsi."}),
        LessonDraft("faq", {"en": ["Why?"]}, {"en": "So."}, url="javascript:alert(1)"),
        LessonDraft("faq", {"en": ["Why?"]}, {"en": "So."}, valid_from=date(2026, 2, 2), valid_until=date(2026, 1, 1)),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(shop, draft):
    with pytest.raises(InvalidInput):
        shop.lessons.add("demo", draft, by=ANN)


def test_personal_data_in_a_shoppers_question_is_masked(shop):
    draft = curated("My mail is jane.roe@example.com, can I change it?", "Yes, write to support@shop.example.")
    lesson = shop.lessons.add("demo", draft, by=ANN)
    assert "jane.roe" not in lesson.title
    assert "support@shop.example" in lesson.answers["en"]


def test_an_entry_becomes_knowledge_in_a_version_of_its_own(shop):
    before = shop.versions.active("demo")
    lesson = approved(shop, faq("Do you repair zips?", "We repair zips of any bag for $12 within 10 days."))
    assert (lesson.base, lesson.version) == (before, shop.versions.active("demo"))
    reply = ask(shop, "Do you repair zips?")
    assert "$12" in reply.text
    assert reply.citations[0].source == f"desk/faq#{lesson.id}"


def test_an_entry_stands_for_the_published_one_through_every_ingest(shop, tmp_path):
    draft = faq("Do you deliver to Canada?", "Yes. Delivery to Canada costs $9.90.", replaces=CANADA)
    lesson = approved(shop, draft)
    assert "9.90" in ask(shop, "Do you deliver to Canada?").text
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "faq.csv").write_text("question,answer,language\nDo you deliver to Canada?,Yes for $99.,en\n", "utf-8")
    shop.ingest([folder], shop="demo", prune=True)
    text = ask(shop, "Do you deliver to Canada?").text
    assert "9.90" in text
    assert "99." not in text
    assert shop.school.in_force(lesson)
    shop.school.end(lesson.id, by=BO)
    assert "$99" in ask(shop, "Do you deliver to Canada?").text


def test_one_click_takes_an_entry_back(shop):
    before = shop.versions.active("demo")
    lesson = approved(shop, faq("Do you repair zips?", "We repair zips of any bag for $12."))
    assert shop.school.end(lesson.id, by=ANN).state == "retired"
    assert shop.versions.active("demo") == before
    assert "$12" not in ask(shop, "Do you repair zips?").text


def test_a_rollback_of_the_knowledge_shows_on_the_lesson(shop):
    lesson = approved(shop, faq("Do you repair zips?", "We repair zips of any bag for $12."))
    assert shop.school.in_force(lesson)
    shop.versions.rollback("demo")
    assert not shop.school.in_force(lesson)


def test_a_change_that_makes_an_approved_answer_worse_is_refused_with_the_table(shop):
    reply = ask(shop, "Do you deliver to Canada?")
    shop.verdicts.judge(reply.message_id, right=True, by=BO)
    before = shop.versions.active("demo")
    lesson = waiting(shop, faq("Do you deliver to Canada?", "No, we do not deliver there.", replaces=CANADA))
    outcome = shop.school.approve(lesson.id, by=BO)
    assert not outcome.published
    assert [row.question for row in outcome.exam.worse] == ["Do you deliver to Canada?"]
    assert "11.90" in outcome.exam.worse[0].before.text
    kept = shop.lessons.get(lesson.id)
    assert kept.state == "waiting"
    assert kept.exam["worse"] == 1
    assert shop.versions.active("demo") == before
    assert "11.90" in ask(shop, "Do you deliver to Canada?").text


def test_a_curated_answer_that_takes_another_questions_place_is_refused(shop):
    reply = ask(shop, "Do you deliver to Canada?")
    shop.verdicts.judge(reply.message_id, right=True, by=BO)
    lesson = waiting(shop, curated("Do you deliver to Canada?", "Ask us by mail."))
    assert not shop.school.approve(lesson.id, by=BO).published


def test_a_written_right_answer_counts_as_better(shop):
    reply = ask(shop, "Do you repair zips?")
    shop.verdicts.judge(reply.message_id, right=False, right_answer="We repair zips for $12.", by=BO)
    lesson = waiting(shop, faq("Do you repair zips?", "We repair zips for $12."))
    outcome = shop.school.approve(lesson.id, by=BO)
    assert outcome.published
    assert [row.change for row in outcome.exam.rows] == ["better"]


def test_publishing_on_an_outdated_version_is_refused(shop):
    document = Document("demo", "desk/faq#1", "Is there parking?", "Yes.", "en", "faq")
    with pytest.raises(IngestConflict):
        shop.put("desk/faq", [document], shop="demo", base=99)


def test_a_proposal_takes_the_persons_words(shop):
    reply = ask(shop, "Do you repair zips?")
    proposals = Proposals(shop.engine, shop.history, shop.verdicts)
    found = proposals.from_message(reply.message_id)
    assert found.questions == ("Do you repair zips?",)
    shop.verdicts.judge(reply.message_id, right=False, right_answer="Yes, for $12.", by=BO)
    found = proposals.from_message(reply.message_id)
    assert (found.answer, found.by) == ("Yes, for $12.", "staff")


def test_approved_replies_become_training_examples(shop):
    reply = ask(shop, "Do you deliver to Canada?")
    assert list(own_examples(shop.engine, "demo")) == []
    shop.verdicts.judge(reply.message_id, right=True, by=BO)
    (example,) = own_examples(shop.engine, "demo")
    assert example.tags == ("approved",)
    shop.feedback.rate(reply.message_id, rating=1)
    shop.verdicts.judge(reply.message_id, right=False, by=BO)
    assert list(own_examples(shop.engine, "demo")) == []


def test_everything_is_audited(shop):
    lesson = approved(shop, curated("Is there parking?", "Yes."))
    shop.school.end(lesson.id, by=ANN)
    actions = [entry.action for entry in shop.audit.entries() if entry.target == lesson.id]
    assert sorted(actions) == ["lesson.draft", "lesson.publish", "lesson.retire", "lesson.submit"]
    assert shop.audit.verify().whole


def test_differences_give_both_texts():
    pieces = differences("It costs $5 a day.", "It costs $7 a day.")
    assert Piece("removed", "5") in pieces
    assert Piece("added", "7") in pieces
    assert "".join(one.text for one in pieces if one.how != "added") == "It costs $5 a day."
    assert [one.text for one in differences("运费五元", "运费七元") if one.how != "same"] == ["五", "七"]
