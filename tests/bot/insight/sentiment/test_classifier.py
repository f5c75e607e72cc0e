"""The classifier on small weights of its own: any text gets an answer, and each aspect the words that speak of it."""

from zlib import crc32

import numpy as np
import pytest

from bot.insight.sentiment import ASPECTS, LABELS, Sentiment
from bot.insight.sentiment.clauses import MOST_CLAUSES, clauses
from bot.insight.sentiment.grams import BITS
from bot.insight.sentiment.signs import Signs
from bot.insight.sentiment.weights import ASPECT_BITS, Blend, SentimentWeights, read_weights, write_weights
from knowledge.errors import ModelDamaged

FELT = {"love": 2, "broke": 0, "喜欢": 2, "坏了": 0, "late": 0}
SPOKEN = {"zipper": "quality", "拉链": "quality", "late": "delivery", "快递": "delivery"}


class NoEncoder:
    def vectors(self, texts):
        return np.zeros((len(texts), 2), dtype=np.float32)


def small_weights():
    table = np.zeros((1 << BITS, 3), dtype=np.float32)
    for word, label in FELT.items():
        for gram in _own(word):
            table[gram, label] = 8.0
    aspects = np.zeros((1 << ASPECT_BITS, 8), dtype=np.float32)
    for word, aspect in SPOKEN.items():
        for gram in _own(word):
            aspects[gram & ((1 << ASPECT_BITS) - 1), ASPECTS.index(aspect)] = 30.0
    lexicon = {"love": 3.0}
    parts = 6 + len(Signs(lexicon).names)
    weight = np.zeros((parts, 3), dtype=np.float32)
    weight[3:6] = np.eye(3)
    blend = Blend(weight, np.array([0.0, 0.2, 0.0], dtype=np.float32))
    return SentimentWeights(
        version="small",
        encoder={},
        head=np.zeros((3, 3), np.float32),
        grams=table,
        rarity=np.ones(1 << BITS, np.float32),
        blends={"han": blend, "latin": blend},
        aspect_head=np.zeros((3, 8), np.float32),
        aspect_grams=aspects,
        aspect_thresholds=np.full(8, 1.0, np.float32),
        lexicon=lexicon,
    )


def _own(word):
    """The hash of the word itself, not those of its letters."""
    return [crc32(f"w {word}".encode()) & ((1 << BITS) - 1)]


@pytest.fixture
def sentiment():
    return Sentiment(NoEncoder(), small_weights())


def test_order_is_kept_and_chances_sum_to_one(sentiment):
    told = sentiment.classify(["I love it", "it broke", "what is it?"])
    assert [one.label for one in told] == ["positive", "negative", "neutral"]
    assert all(sum(one.scores.values()) == pytest.approx(1) for one in told)
    assert all(tuple(one.scores) == LABELS and one.score == max(one.scores.values()) for one in told)


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_nothing_feels_nothing(sentiment, text):
    [told] = sentiment.classify([text])
    assert (told.label, told.language, told.aspects) == ("neutral", None, ())


def test_no_texts_are_no_feelings(sentiment):
    assert sentiment.classify([]) == []


@pytest.mark.parametrize("text", ["👍", "😡😡😡", "!!!", "12345", "a" * 10_000, "我" * 10_000, "\x00\ud800", "Ça va?"])
def test_any_text_gets_an_answer(sentiment, text):
    [told] = sentiment.classify([text])
    assert told.label in LABELS


@pytest.mark.parametrize(
    ("text", "label"), [("😡", "negative"), ("👍😊", "positive"), ("🤔", "neutral"), (":(", "negative")]
)
def test_where_there_are_no_words_emoji_decide(sentiment, text, label):
    assert sentiment.classify([text])[0].label == label


def test_each_aspect_feels_what_its_own_clause_feels(sentiment):
    [told] = sentiment.classify(["I love the zipper, but it came late"])
    assert {one.aspect: (one.label, one.clause) for one in told.aspects} == {
        "quality": ("positive", "I love the zipper,"),
        "delivery": ("negative", "but it came late"),
    }


def test_a_text_is_cut_where_the_thought_turns():
    assert clauses("Nice fabric. The zipper broke, but support was kind") == [
        "Nice fabric.",
        "The zipper broke,",
        "but support was kind",
    ]
    assert clauses("发货很快,可是拉链坏了") == ["发货很快,", "可是拉链坏了"]
    assert len(clauses("This is a sentence. " * 200)) <= MOST_CLAUSES
    assert clauses("") == []


def test_a_negated_word_of_the_lexicon_counts_against_it():
    signs = Signs({"love": 3.0})
    glad = dict(zip(signs.names, signs.of("I love it"), strict=True))
    sad = dict(zip(signs.names, signs.of("I do not love it"), strict=True))
    assert (glad["glad_words"] > 0, glad["sad_words"]) == (True, 0)
    assert (sad["glad_words"], sad["sad_words"] > 0) == (0, True)


def test_weights_survive_being_written_and_read(tmp_path):
    write_weights(small_weights(), tmp_path / "model")
    read = read_weights(tmp_path / "model")
    assert len(read.version) == 12
    told = Sentiment(NoEncoder(), read).classify(["I love it", "it broke"])
    assert [one.label for one in told] == ["positive", "negative"]


def test_damaged_weights_say_how_to_mend_them(tmp_path):
    write_weights(small_weights(), tmp_path / "model")
    (tmp_path / "model" / "model.safetensors").write_bytes(b"half")
    with pytest.raises(ModelDamaged, match="shopclerk train sentiment"):
        read_weights(tmp_path / "model")
