"""Signs: what speaks against a sentence when it is laid beside one piece of evidence, each 0 to 1."""

import re
from collections import Counter
from collections.abc import Sequence

from bot.answering.grounding.reading import Said
from bot.answering.grounding.signs.clauses import (
    bound_added,
    condition_left_out,
    left_out_negation,
    limit_left_out,
    negated_clause,
    opening_denied,
    other_direction,
    says_opposite,
)
from bot.answering.grounding.signs.numbering import (
    compared_wrongly,
    follows_from,
    has,
    is_asked,
    is_mixed,
    number_asked,
    number_of_other,
    of_other_branch,
    rivals,
    stated_numbers,
)
from bot.answering.grounding.signs.place import Place
from bot.answering.grounding.signs.wording import (
    LIKE_ENOUGH,
    asked_of_other,
    disorder,
    is_grafted,
    is_named,
    kind_elsewhere,
    names_in,
    other_of_kind,
    said_again,
    slots,
    unsaid,
    where_is,
    worst_part,
)

SIGNS = (
    "meaning",  # distance of the embeddings
    "new_meaning",  # that, times `words`
    "words",  # share of the content words that are nowhere
    "many_words",  # number of those that are nowhere or elsewhere
    "a_part",  # their share in the worst part of the sentence
    "grafted",  # no word of one part is in the passage, and all others of the sentence are there
    "from_elsewhere",  # share that other passages alone hold
    "from_title",  # share that the title alone holds
    "from_passage",  # share that the rest of the passage holds
    "from_question",  # share that the question alone holds
    "letters",  # share of the pairs of characters that are not there
    "tokens",  # share of all its words that neither the statement nor the title holds
    "letters_asked",  # share of them that the question alone holds
    "no_number",  # none that the evidence holds too
    "number",  # one that is not there
    "number_asked",  # one that the question alone holds, not compared with one of the evidence
    "rivals",  # other values of the same unit in the passages, beside the most contested number
    "number_of_other",  # one that stands among other words
    "name",  # one that is nowhere
    "name_asked",  # one that the question alone holds
    "other_of_kind",  # another country, day, colour, means of payment … than the passage speaks of
    "kind_elsewhere",  # one that the passage speaks of, where the statement speaks of another
    "slot",  # share of the words that stand where the evidence has another
    "name_of_other",  # one that another passage alone holds
    "name_beside",  # one that another statement of the passage alone holds
    "mixed",  # the name of one of two statements with the number of the other
    "asked_of_other",  # share of the words in titles that the question names, which stand in other passages' alone
    "unsaid",  # share of the words that the sentence leaves out, of the clauses that it takes up
    "order",  # share of the words that stand in another order
    "said_again",  # a word more often than there
    "negation",  # of a clause
    "parity",  # negation of the whole
    "opposite",  # a word of the opposite meaning
    "other_side",  # free for priced, at least for at most
    "condition",  # one left out
    "limit",  # a number that limits the statement left out
    "condition_added",
    "direction",  # over for under
    "bound_added",  # a least or most that the evidence does not say
    "comparison",  # two numbers compared wrongly
    "branch",  # what holds for other orders than the one asked about
    "opening",  # yes before a no
    "joined",  # the evidence is two statements that stand beside each other
    "apart",  # the evidence is two statements of two passages
)
"""In the order of a row of weights. The first two need embeddings: see `with_meaning`."""


MANY_WORDS = 4
LINK = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.]+")


def signs(claim: str, said: Said, at: Place) -> tuple[float, ...]:
    """What speaks against a claim, in the order of SIGNS, as if its meaning were the same.

    Args:
        claim: the sentence as written, for its names.
        said: the same as read.
        at: the place of the evidence that it is held to.
    """
    known, asked = at.known, at.asked
    follows = follows_from(said, known, asked)
    found = Counter(where_is(word, at) for word in said.words)
    count = max(len(said.words), 1)
    missing = found["nowhere"] + LIKE_ENOUGH * found["nearly"]
    letters = said.letters - known.letters - at.title.letters
    names = names_in(claim, chinese=said.chinese)
    told = not (follows and said.bag <= known.bag | at.title.bag | asked.bag)  # else it compares two numbers, no more
    strange = [name for name in names if not is_named(name, known) and not is_named(name, at.title)]
    return (
        0.0,
        0.0,
        missing / count if said.words else float(not said.numbers),
        min(missing + found["elsewhere"], MANY_WORDS) / MANY_WORDS,
        worst_part(said.parts, at),
        float(is_grafted(said, at)),
        found["elsewhere"] / count,
        found["title"] / count,
        found["passage"] / count,
        found["question"] / count,
        told * len(letters - asked.letters) / max(len(said.letters), 1),
        told * len(said.spoken - known.spoken - at.title.spoken) / max(len(said.spoken), 1),
        told * len(letters & asked.letters) / max(len(said.letters), 1),
        float(not any(has(known, mine) for mine, _ in said.numbers)),
        float(any(not has(known, mine) and not is_asked(asked, mine) for mine in stated_numbers(said))),
        float(number_asked(said, known, asked)),
        rivals(said, at.heard),
        float(number_of_other(said, known)),
        float(any(not is_named(name, at.heard) and not is_named(name, asked) for name in names)),
        float(any(not is_named(name, at.heard) and is_named(name, asked) for name in names)),
        float(other_of_kind(said, at)),
        float(kind_elsewhere(said, at)),
        slots(said.words, known) / count,
        float(any(not is_named(name, at.passage) and is_named(name, at.heard) for name in names)),
        float(any(is_named(name, at.passage) for name in strange)),
        float(is_mixed(said, at.parts, names)),
        asked_of_other(at),
        told * unsaid(said, known),
        disorder(said.words, known.words),
        float(bool(said_again(said.words, known.words))),
        0.0 if follows else negated_clause(said.clauses, known.clauses, at.title.bag),
        float(not follows and said.negated != known.negated and not left_out_negation(said, known)),
        float(says_opposite(said.text, known.text, "opposites")),
        float(says_opposite(said.text, known.text, "opposite_sides")),
        float(condition_left_out(said, known, asked)),
        float(limit_left_out(said, known, asked)),
        float(said.conditional and not known.conditional),
        float(other_direction(said, known)),
        0.0 if follows else bound_added(said, known),
        float(follows is False or compared_wrongly(said, known)),
        float(of_other_branch(said, known, asked)),
        0.0 if follows is not None else opening_denied(said, known),
        float(at.joined),
        float(at.apart),
    )


def with_meaning(row: Sequence[float], similarity: float) -> tuple[float, ...]:
    """The row with what the embeddings say; it only ever counts against the claim."""
    far = 1.0 - max(0.0, min(similarity, 1.0))
    return (far, far * row[SIGNS.index("words")], *row[2:])


def new_link(claim: str, evidence: str) -> bool:
    """Whether the claim holds an address that the evidence does not."""
    return any(link.rstrip(".,;。，；").casefold() not in evidence.casefold() for link in LINK.findall(claim))
