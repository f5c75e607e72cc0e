"""Public sets as training examples: questions on products with human answers (hetPQA, semiPQA, ePQA; CDLA-Sharing-1.0).

What their people wrote is looser than a shop may be: only answers whose words and numbers stand in the evidence are
taken. Refusals pair a question with evidence that does not answer it: by the sets' own labels in dev; in train with
evidence for other questions on the same product, or on another, of which the telling words of the question are absent.
"""

import csv
import html
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.answering.tuned_text import REFUSAL
from bot.errors import InvalidInput
from bot.learning.examples import Example, Split

SUPPORTED = 0.75  # of an answer's words, that the evidence or the question must hold
RARE = 40  # texts, below which a shared word tells what a question is about
ALIKE = 0.5  # of a question's words, from which another asks the like, so that its evidence may answer both
REFUSED = 0.6  # questions in train also asked over evidence for other questions
PASSAGE_WORDS = (4, 60)
QUESTION_WORDS = (3, 30)

_TITLES = {
    "attribute": "Specifications",
    "bullet": "About this item",
    "Desc": "Product description",
    "description": "Product description",
    "OSP": "Product summary",
    "review": "Customer review",
    "CQA": "Customer answer",
    "cqa": "Customer answer",
}
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*")
_VALUE = re.compile(r'value:\s*(?:"([^"]*)"|([\w.]+))')
_UNIT = re.compile(r"unit:\s*\"?([a-z_]+)")
_NESTED = re.compile(r"normalized_value:\s*\{[^{}]*\},?")
_LITTLE_WORDS = """
a an the and or but if of to in on at for with without by from as is are was were be been it its this that these
those i you your my me we they them he she his her do does did can could will would should has have had not no yes
there so very just also about what which when where who how why much many any some one item product customer says
saying isn't aren't doesn't don't didn't won't can't cannot
"""
_STOP = frozenset(_LITTLE_WORDS.split())
_NEGATED = re.compile(r"\b(?:not|never|without|cannot|no|none|un\w+)\b|n't\b|\bwont\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:i|my|me|mine|our|ours)\b", re.IGNORECASE)
"""A shop does not speak of its own children and pets."""
_NOT_SURE = ("i'm not sure", "not sure", "i don't know", "there is a customer saying")


@dataclass(frozen=True)
class _Pair:
    """A question on a product with evidence for it."""

    product: str
    question: str
    passage: str
    answer: str


def public_examples(data: Path, *, split: Split) -> Iterator[Example]:
    """The examples of the sets' own train or dev files, in English; ePQA has only dev.

    Args:
        data: the folder of measuring sets.
        split: there is no test part.

    Raises:
        InvalidInput: a set is absent, or the split is test.
    """
    if split == "test":
        raise InvalidInput("The public sets have no part for 'test'; ask for 'train' or 'dev'.")
    yield from _het(data / "cpqa" / "hetPQA", split)
    yield from _semi(data / "cpqa" / "semiPQA", split)
    if split == "dev":
        yield from _epqa(data / "epqa" / "epqa_dev_dev.csv")


def _rows(path: Path, delimiter: str) -> list[dict[str, str]]:
    if not path.is_file():
        raise InvalidInput(
            f"There is no file {str(path)!r} of public questions; set SHOPCLERK_DATA to the folder of measuring sets "
            "or train without them."
        )
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _het(folder: Path, split: Split) -> Iterator[Example]:
    pairs = []
    for row in _rows(folder / "answer_generation" / f"{split}.csv", "\t"):
        passage = _passage(row["source"], row["candidate"])
        question, answer = _question(row["question"]), _sentence(row["answer"])
        if passage and question and answer and _supported(answer, passage, question):
            pairs.append(_Pair(row["ASIN"], question, passage, answer))
    counts = _counts([pair.question for pair in pairs] + [pair.passage for pair in pairs])
    same = defaultdict(list)
    for pair in pairs:
        same[pair.product].append(pair)
    for number, pair in enumerate(pairs):
        rng = random.Random(f"hetpqa/{split}/{number}")
        beside = [
            other.passage
            for other in same[pair.product]
            if other.passage != pair.passage and not _tells(other.passage, pair.question, counts)
        ]
        passages = [pair.passage, *rng.sample(beside, min(len(beside), rng.choice((0, 1, 1))))]
        yield _example(f"hetpqa-{split}-{number}", split, "hetpqa", pair.question, passages, pair.answer, rng)
        if split == "train" and rng.random() < REFUSED and (near := _beside_the_point(pair, same, pairs, counts, rng)):
            yield _example(f"hetpqa-{split}-{number}-no", split, "hetpqa", pair.question, near, "", rng)
    if split == "dev":
        yield from _labelled_silence(_rows(folder / "evidence_ranking" / "dev.csv", "\t"), "hetpqa")


def _beside_the_point(
    pair: _Pair,
    same: Mapping[str, Sequence[_Pair]],
    pairs: Sequence[_Pair],
    counts: Counter[str],
    rng: random.Random,
) -> list[str]:
    """One or two pieces of evidence that do not answer a question: on the same product, else the nearest on others."""
    asked = _words(pair.question)
    unlike = [one for one in same[pair.product] if len(_words(one.question) & asked) < ALIKE * len(asked)]
    own = [one.passage for one in unlike if not _tells(one.passage, pair.question, counts)]
    own = rng.sample(list(dict.fromkeys(own)), len(set(own)))
    others = [one for one in rng.sample(pairs, min(len(pairs), 60)) if one.product != pair.product]
    silent = [one.passage for one in others if not _tells(one.passage, pair.question, counts)]
    silent.sort(key=lambda passage: -len(_words(passage) & asked))
    return [*own, *silent][: rng.choice((1, 2))]


def _semi(folder: Path, split: Split) -> Iterator[Example]:
    for number, row in enumerate(_rows(folder / "data-to-text" / f"{split}.csv", "\t")):
        key, _, _ = row["data"].partition(":")
        passage, answer = _passage("attribute", row["data"]), _sentence(row["text"] or "")
        if not passage or not answer or not re.fullmatch(r"[a-z_]+", key) or row["data"].count("{") > 2:
            continue
        rng = random.Random(f"semipqa/{split}/{number}")
        question = _asked_of(key, rng)
        if _supported(answer, passage, question):
            yield _example(f"semipqa-{split}-{number}", split, "semipqa", question, [passage], answer, rng)


def _epqa(path: Path) -> Iterator[Example]:
    rows = _rows(path, ",")
    silent = defaultdict(list)
    for row in rows:
        if row["label"] == "0" and (passage := _passage(row["source"], row["candidate"])):
            silent[row["qid"]].append(passage)
    for number, row in enumerate(rows):
        passage, answer = _passage(row["source"], row["candidate"]), _sentence(row["answer"])
        question = _question(row["question"])
        if (
            row["label"] != "2"
            or not passage
            or not question
            or not answer
            or not _supported(answer, passage, question)
        ):
            continue
        rng = random.Random(f"epqa/{number}")
        beside = rng.sample(silent[row["qid"]], min(len(silent[row["qid"]]), rng.choice((0, 1, 2))))
        yield _example(f"epqa-dev-{number}", "dev", "epqa", question, [passage, *beside], answer, rng)
    yield from _labelled_silence(rows, "epqa")


def _labelled_silence(rows: Sequence[dict[str, str]], source: str) -> Iterator[Example]:
    """Questions over evidence that people said does not answer them, one example a question."""
    by_question = defaultdict(list)
    for row in rows:
        passage = _passage(row["source"], row["candidate"])
        if row["label"] == "0" and passage and _question(row["question"]):
            by_question[row["qid"], _question(row["question"])].append(passage)
    for (qid, question), passages in by_question.items():
        rng = random.Random(f"{source}/silence/{qid}")
        chosen = rng.sample(passages, min(len(passages), rng.choice((1, 2))))
        yield _example(f"{source}-dev-{qid}-no", "dev", source, question, chosen, "", rng)


def _example(
    name: str, split: Split, source: str, question: str, passages: list[str], answer: str, rng: random.Random
) -> Example:
    """An answer rests on the first passage; the order is then mixed. No answer makes a refusal."""
    right = passages[0]
    shown = list(dict.fromkeys(passages))
    rng.shuffle(shown)
    if not answer:
        return Example(name, split, source, "en", "refuse", question, tuple(shown), REFUSAL["en"])
    mark = shown.index(right) + 1
    return Example(name, split, source, "en", "answer", question, tuple(shown), f"{answer} [{mark}]", (mark,))


def _passage(source: str, text: str) -> str:
    """Evidence as a passage line, or nothing where it cannot be read or has an unfit length."""
    title = _TITLES[source]
    if source == "attribute":
        return _attributes(text)
    text, _, asked = text.partition(" Question: ")
    shown = _clean(text)
    if asked and not asked.rstrip().endswith("?"):
        title = f"{_clean(asked).rstrip('.')}?"
    low, high = PASSAGE_WORDS
    return f"{title}: {shown}" if low <= len(shown.split()) <= high else ""


def _attributes(text: str) -> str:
    key, _, rest = text.partition(":")
    values = [quoted or bare for quoted, bare in _VALUE.findall(_NESTED.sub("", rest))]
    if not values or not re.fullmatch(r"[a-z_]+", key):
        return ""
    unit = _UNIT.search(_NESTED.sub("", rest))
    said = {"true": "yes", "false": "no"}
    shown = ", ".join(said.get(value, value.replace("_", " ")) for value in dict.fromkeys(values))
    name = key.replace("_", " ").capitalize()
    return f"{_TITLES['attribute']}: {name}: {shown}{f' {unit[1]}' if unit else ''}"


def _asked_of(key: str, rng: random.Random) -> str:
    name = key.replace("_", " ")
    verb, _, rest = name.partition(" ")
    if verb in {"is", "has", "includes"} and rest:
        return {"is": f"Is it {rest}?", "has": f"Does it have {rest}?", "includes": f"Does it include {rest}?"}[verb]
    return rng.choice((f"What is the {name}?", f"{name}?", f"can you tell me the {name}", f"What's the {name} of it?"))


def _question(text: str) -> str:
    shown = " ".join(html.unescape(text).split())
    return shown if QUESTION_WORDS[0] <= len(shown.split()) <= QUESTION_WORDS[1] else ""


def _sentence(text: str) -> str:
    """An answer in a shop's dress; nothing where it is unsure."""
    shown = _clean(text)
    unsure = _OWN.search(shown) or any(words in shown.lower() for words in _NOT_SURE)
    return "" if unsure or not 3 <= len(shown.split()) <= 40 else shown


def _clean(text: str) -> str:
    text = " ".join(html.unescape(text).replace("[", "(").replace("]", ")").split())
    text = re.sub(r"\.(?:\s*\.)+", ". ", text)
    text = re.sub(r"^[^\w\"'(]+|\bi\b(?=\s|')", lambda found: "I" if found[0] == "i" else "", text).strip(' "')
    text = re.sub(r"(^|[.!?] )([a-z])", lambda found: found[1] + found[2].upper(), text)
    return text if not text or text[-1] in ".!?" else f"{text}."


def _words(text: str) -> set[str]:
    return {word.removesuffix("s") for word in _WORD.findall(text.lower()) if word not in _STOP and word != "s"}


def _supported(answer: str, passage: str, question: str) -> bool:
    """Whether most words of an answer, all its numbers and its negation stand in what it answers from."""
    if _NEGATED.search(re.sub(r"^no\b", "", answer.lower())) and not _NEGATED.search(passage):
        return False
    said, known = _words(answer), _words(passage)
    if any(word[0].isdigit() and word not in known for word in said):
        return False
    return bool(said & known) and len(said & (known | _words(question))) >= SUPPORTED * len(said)


def _counts(texts: Sequence[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _words(text))


def _tells(passage: str, question: str, counts: Counter[str]) -> bool:
    """Whether a passage speaks of what a question is about: it has two of its words or one that is rare."""
    shared = _words(passage) & _words(question)
    return len(shared) > 1 or any(counts[word] < RARE for word in shared)
