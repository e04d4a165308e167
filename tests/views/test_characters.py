"""Heads drawn by hand, each with one plain pattern: the character must say which, and how much of a head follows it."""

import numpy as np
import pytest

from playground.contracts.attention import AttentionMap
from playground.contracts.tokens import Piece, make_tokens
from playground.contracts.words import cut_words
from playground.views.characters import measure_characters
from playground.views.folding import fold

TEXT = "Tom saw Mary and then Mary saw us"
WORDS = cut_words(TEXT)
N = len(WORDS)


def tokens_of(text):
    inner = [Piece(word.text, 5, word.start, word.end) for word in cut_words(text)]
    return make_tokens(text, [Piece("[CLS]", 1, special=True), *inner, Piece("[SEP]", 2, special=True)])


def head(*cells, rest=0.0):
    """[query, key] over [CLS] words [SEP]: each row on its cell, but for `rest` on [SEP]; rows without a cell park."""
    drawn = np.zeros((N + 2, N + 2), dtype=np.float32)
    for query, key in cells:
        drawn[query + 1, key + 1] = 1 - rest
    drawn[:, -1] += 1 - drawn.sum(axis=1)
    return drawn


def character(drawn, kind="encoder", mask="all"):
    tokens = tokens_of(TEXT)
    found = AttentionMap(kind, mask, drawn[None, None], tokens, tokens, (0,))
    return measure_characters(found, WORDS)[0][0]


PLAIN = {
    "before": head((0, 0), *((at, at - 1) for at in range(1, N))),
    "after": head(*((at, at + 1) for at in range(N - 1)), (N - 1, 0)),
    "itself": head(*((at, at) for at in range(N))),
    "picks": head(*((at, 0) for at in range(2, N))),
    "broad": np.full((N + 2, N + 2), 1 / (N + 2), dtype=np.float32),
    "parks": head(),
}


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_pattern_is_called_by_its_name(name):
    assert character(PLAIN[name]).name == name


def test_a_head_that_looks_at_what_followed_the_same_word_copies():
    # the second "Mary" (5) looks at "and" (3), the second "saw" (6) at "Mary" (2); the others look broadly
    drawn = np.full((N + 2, N + 2), 1 / (N + 2), dtype=np.float32)
    drawn[[6, 7]] = 0
    drawn[6, 4] = drawn[7, 3] = 1
    assert character(drawn).name == "copies" and character(drawn).score == pytest.approx(1)


def test_the_score_is_the_share_of_attention_on_words_that_follows_the_pattern():
    drawn = head(*((at, at - 1 if at % 2 else at - 2) for at in range(2, N)), (1, 0), (0, 0))
    found = character(drawn)  # of the seven words with one before, four look at it
    assert found.name == "before" and found.score == pytest.approx(4 / 7, abs=1e-6)


def test_a_head_that_parks_nearly_all_is_said_to_park_whatever_the_rest_does():
    assert character(head(*((at, at - 1) for at in range(1, N)), (0, 0), rest=0.9)).name == "parks"
    assert character(head(*((at, at - 1) for at in range(1, N)), (0, 0), rest=0.3)).name == "before"


def test_a_decoder_head_that_rests_on_the_first_word_parks():
    drawn = np.zeros((N + 2, N + 2), dtype=np.float32)
    drawn[:, 1] = 1
    drawn[0] = np.eye(N + 2, dtype=np.float32)[0]
    assert character(drawn, "decoder", "causal").name == "parks"


def test_a_sentence_of_one_word_still_has_characters():
    tokens = tokens_of("Tom")
    found = AttentionMap("encoder", "all", np.full((1, 2, 3, 3), 1 / 3, dtype=np.float32), tokens, tokens, (0,))
    assert [found.name for found in measure_characters(found, cut_words("Tom"))[0]] == ["parks", "parks"]


def test_a_text_without_a_word_has_nothing_but_parking():
    tokens = make_tokens("", [Piece("[CLS]", 1, special=True), Piece("x", 4), Piece("[SEP]", 2, special=True)])
    found = AttentionMap("encoder", "all", np.full((1, 1, 3, 3), 1 / 3, dtype=np.float32), tokens, tokens, (0,))
    assert measure_characters(found, ())[0][0].name == "parks"


def test_folding_equals_the_slow_loop():
    text = "unfolding paper"
    spans = [(0, 2), (2, 6), (6, 9), (10, 15)]
    inner = [Piece(text[start:end], 5, start, end) for start, end in spans]
    tokens = make_tokens(text, [Piece("[CLS]", 1, special=True), *inner, Piece("[SEP]", 2, special=True)])
    drawn = np.random.default_rng(3).random((2, 2, 6, 6)).astype(np.float32)
    drawn /= drawn.sum(axis=-1, keepdims=True)
    folded = fold(AttentionMap("encoder", "all", drawn, tokens, tokens, (0, 1)))
    for layer, head_, query, key in np.ndindex(2, 2, 2, 2):
        mine = [[1, 2, 3], [4]]
        row = drawn[layer, head_][mine[query]].mean(axis=0)
        total = sum(row[index] for index in (1, 2, 3, 4))
        expected = sum(row[index] for index in mine[key]) / total
        assert folded.weights[layer, head_, query, key] == pytest.approx(expected, abs=1e-5)
        assert folded.parked[layer, head_, query] == pytest.approx(1 - total, abs=1e-5)


def test_a_word_that_everybody_looks_at_is_not_copied():
    drawn = np.zeros((N + 2, N + 2), dtype=np.float32)
    drawn[:, 3] = 1  # all look at "Mary", and so does the second "saw"
    assert character(drawn).name == "picks"


def cross(*cells, rest=0.0):
    """The aligning of a text with itself: rows write, columns are read."""
    return character(head(*cells, rest=rest), "cross")


def test_a_cross_head_that_finds_each_counterpart_aligns_and_one_that_rests_at_the_end_does_not():
    diagonal = [(at, at) for at in range(N)]
    assert cross(*diagonal).name == "aligns" and cross(*diagonal).score == pytest.approx(1, abs=0.3)
    assert cross(*diagonal, rest=0.9).name in ("end", "parks")
    assert cross(*((at, 0) for at in range(N))).name == "picks"


def test_one_repeated_word_is_not_enough_to_say_that_a_head_copies():
    text = "the cat saw the dog"
    tokens = tokens_of(text)
    drawn = np.full((7, 7), 1 / 7, dtype=np.float32)
    drawn[4] = np.eye(7, dtype=np.float32)[2]  # the second "the" looks at "cat"
    found = AttentionMap("encoder", "all", drawn[None, None], tokens, tokens, (0,))
    assert measure_characters(found, cut_words(text))[0][0].name != "copies"
