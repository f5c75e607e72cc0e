"""FAQ entries of the desk: lessons as documents of a source of their own, and what stands published beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.answering.language import LANGUAGES
from bot.errors import NotFound
from bot.teaching.lessons import LessonView
from knowledge.documents import AttributeValue, Document
from knowledge.library import Library

DESK_SOURCE = "desk/faq"
"""The source that no file holds; an entry is `desk/faq#ID`, in Chinese beside English `desk/faq#ID@zh`."""


@dataclass(frozen=True)
class Published:
    """What a FAQ entry would stand for, by language; empty where it is new."""

    source: str
    questions: Mapping[str, str]
    answers: Mapping[str, str]


def entry_documents(lesson: LessonView, published: Sequence[Document]) -> list[Document]:
    """All that the desk's source says once the lesson is in it, instead of what it replaces there.

    Args:
        lesson: of kind `faq`.
        published: what the source says now.
    """
    gone = {lesson.id, _desk_id(lesson.replaces)}
    before = next((document for document in published if document_key(document) == _desk_id(lesson.replaces)), None)
    stands_for = str(before.attributes.get("replaces", "")) if before else lesson.replaces
    return [*(one for one in published if document_key(one) not in gone), *_documents(lesson, stands_for)]


def without_entry(lesson: LessonView, published: Sequence[Document]) -> list[Document]:
    """All that the desk's source says without the lesson."""
    return [document for document in published if document_key(document) != lesson.id]


def document_key(document: Document) -> str:
    """The id of the lesson that a document of the desk was made from."""
    return document.source.partition("#")[2].partition("@")[0]


def published_entry(library: Library, shop: str, version: int | None, source: str) -> Published:
    """The FAQ entry of a version that is read there, in all its languages.

    Raises:
        NotFound: that version has none there, or it is no FAQ entry.
    """
    found = []
    if version is not None:
        places = (source, *(f"{source}@{language}" for language in LANGUAGES))
        found = [entry for place in places if (entry := library.entry(shop, version, place))]
    found = [document for document in found if document.kind == "faq"]
    if not found:
        raise NotFound(f"There is no published FAQ entry {source!r}; choose one from the knowledge page.")
    return Published(
        source,
        {document.language: document.title for document in found},
        {document.language: document.text for document in found},
    )


def _documents(lesson: LessonView, stands_for: str) -> Iterator[Document]:
    attributes: dict[str, AttributeValue] = {}
    if lesson.category:
        attributes["category"] = lesson.category
    if stands_for:
        attributes["replaces"] = stands_for
    written = [language for language in LANGUAGES if lesson.answers.get(language)]
    for place, language in enumerate(written):
        yield Document(
            shop=lesson.shop,
            source=f"{DESK_SOURCE}#{lesson.id}" + (f"@{language}" if place else ""),
            title=lesson.questions[language][0],
            text=lesson.answers[language],
            language=language,
            kind="faq",
            url=lesson.url,
            valid_from=lesson.valid_from,
            valid_until=lesson.valid_until,
            attributes=attributes,
        )


def _desk_id(source: str) -> str:
    return source.partition("#")[2] if source.startswith(f"{DESK_SOURCE}#") else ""
