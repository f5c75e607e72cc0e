"""FAQ files: a row is a question and its answer."""

from datetime import date

from knowledge.documents import AttributeValue, Document
from knowledge.sources.cleaning import clean_line, safe_url, with_safe_links, without_html
from knowledge.sources.content import Failure, FileContent, SourceContext
from knowledge.sources.language import as_language, detect_language, language_of_name
from knowledge.sources.rows import Row, RowFile
from knowledge.sources.values import parse_date

REQUIRED = ("question", "answer")


def read_faq(file: RowFile, context: SourceContext) -> FileContent:
    """Its questions as documents; `question_zh` with `answer_zh` (or `_en`) gives the entry in a second language."""
    documents: list[Document] = []
    failures: list[Failure] = []
    unread: set[str] = set()
    for row in file.rows:
        source = f"{context.source}#{row.number}"
        entry = _read_entry(row, source, context)
        if isinstance(entry, Failure):
            failures.append(entry)
            unread.add(source)
        else:
            documents.extend(entry)
    return FileContent(documents=tuple(documents), failures=tuple(failures), unread=frozenset(unread))


def _read_entry(row: Row, source: str, context: SourceContext) -> list[Document] | Failure:
    if row.problem:
        return row.failure(context)
    for column in REQUIRED:
        if not row.text(column):
            return Failure(context.path, row.line, column, f"the {column} is empty; write it or remove the row")
    valid_from, problem_from = _date(row, "valid_from", context)
    valid_until, problem_until = _date(row, "valid_until", context)
    if problem := problem_from or problem_until:
        return problem
    if valid_from and valid_until and valid_from > valid_until:
        reason = f"it ends on {valid_until}, before it begins on {valid_from}; swap or correct the dates"
        return Failure(context.path, row.line, "valid_until", reason)
    code = row.text("language")
    named = as_language(code)
    if code and named is None:
        return Failure(context.path, row.line, "language", f"{code!r} is not a known language; write en or zh")
    plain = named or language_of_name(context.source) or detect_language(row.cells["question"] + row.cells["answer"])
    attributes: dict[str, AttributeValue] = {"category": row.text("category")} if row.text("category") else {}
    versions = [(source, "", plain)]
    versions += [
        (f"{source}@{other}", f"_{other}", other)
        for other in ("en", "zh")
        if row.text(f"question_{other}") and row.text(f"answer_{other}")
    ]
    return [
        Document(
            shop=context.shop,
            source=name,
            title=clean_line(without_html(row.cells["question" + suffix])),
            text=with_safe_links(without_html(row.cells["answer" + suffix])),
            language=language,
            kind="faq",
            url=safe_url(row.text("url")),
            valid_from=valid_from,
            valid_until=valid_until,
            attributes=attributes,
        )
        for name, suffix, language in versions
    ]


def _date(row: Row, column: str, context: SourceContext) -> tuple[date | None, Failure | None]:
    if not row.text(column):
        return None, None
    try:
        return parse_date(row.text(column)), None
    except ValueError as error:
        return None, Failure(context.path, row.line, column, str(error))
