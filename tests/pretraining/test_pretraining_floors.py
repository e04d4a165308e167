"""What needs no transformer: tables with pencil numbers, and a trigram that is a probability."""

import math

import pytest

from playground.pretraining.floors import END, START, NeighbourTable, TrigramReader, WittenBell, cut_pieces, cut_plain


@pytest.mark.parametrize("text", ["I don't know.", "It's 7 o'clock, Tom!", "a  b_c\u00e9 😀?", "", "“Go” – now"])
def test_pieces_joined_are_the_text_again(text):
    assert "".join(cut_pieces(text)) == text


def test_words_are_lower_case_and_marks_stand_alone():
    assert cut_plain("I don't, Tom!") == ["i", "don't", ",", "tom", "!"]


def test_the_neighbour_table_prefers_what_stood_between_the_same_two_words():
    table = NeighbourTable(["the cat sleeps", "the cat sleeps", "the dog sleeps", "the bird sings"])
    assert table.guess("the", "sleeps", 2) == ["cat", "dog"]
    assert table.guess("the", END, 3)[0] == "cat"
    assert table.guess(START, "cat", 1) == ["the"]
    assert table.frequent(1) == ["the"]


def test_witten_bell_gives_the_number_a_pencil_gives():
    """After a: b twice, c once: two kinds, three tokens. P(b|a) = (2 + 2·P(b)) / 5, P(b) = (2 + 3·floor) / 9."""
    model = WittenBell(2, [["a", "b"], ["a", "b"], ["a", "c"]])
    unigram = (2 + 3 * 0.1) / (6 + 3)
    assert model.probability(["a"], "b", 0.1) == pytest.approx((2 + 2 * unigram) / (3 + 2))


def test_the_probabilities_of_all_next_words_sum_to_one():
    rows = [["a", "b", "c"], ["a", "c"], ["b", "b"]]
    model = WittenBell(3, rows)
    for context in ([], ["a"], ["a", "b"], ["z", "b"]):
        assert sum(model.probability(context, symbol, 1 / 3) for symbol in "abc") == pytest.approx(1.0)


def test_a_seen_sentence_costs_fewer_bits_than_the_same_words_in_disorder(corpus):
    reader = TrigramReader(corpus.english())
    assert reader.bits("The cat sleeps.") < reader.bits("sleeps The cat.") < math.inf


def test_an_unknown_word_is_spelled_and_costs_finite_bits(corpus):
    assert TrigramReader(corpus.english()).bits("Zyx 猫.") < math.inf


def test_a_hole_is_filled_with_what_stood_there(corpus):
    reader = TrigramReader(corpus.english())
    assert reader.guess_span(["The", " black"], [" sleeps", " on", END], 1) == [" cat"]
