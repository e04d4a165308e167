"""The laws of the three exercises: what is hidden, how often, and that it can be put back."""

import numpy as np
import pytest

from playground.errors import BadInput
from playground.pretraining import objectives
from playground.pretraining.objectives import IGNORED, Exercise, MaskRule, SpanRule

MASKS = MaskRule(mask_id=4, special_ids=frozenset({0, 1, 2, 3, 4}), vocabulary_size=100)
SPANS = SpanRule(sentinels=tuple(range(99, 67, -1)), end_id=1)


def _text(generator, length):
    return [2, *generator.integers(5, 60, length).tolist(), 3, 0, 0]


def test_about_fifteen_percent_of_the_tokens_are_masked_over_many_draws():
    generator = np.random.default_rng(0)
    hidden = ordinary = 0
    for _ in range(300):
        length = int(generator.integers(10, 60))
        exercise = objectives.mask_tokens(_text(generator, length), MASKS, generator)
        hidden += sum(label != IGNORED for label in exercise.labels)
        ordinary += length
    assert hidden / ordinary == pytest.approx(0.15, abs=0.01)


def test_a_labelled_position_is_never_padding_or_special():
    generator = np.random.default_rng(1)
    for _ in range(200):
        ids = _text(generator, int(generator.integers(1, 30)))
        labels = objectives.mask_tokens(ids, MASKS, generator).labels
        places = [place for place, label in enumerate(labels) if label != IGNORED]
        assert places
        assert all(ids[place] not in MASKS.special_ids for place in places)


def test_labels_are_the_hidden_tokens_and_every_other_token_is_left_alone():
    generator = np.random.default_rng(2)
    ids = _text(generator, 40)
    exercise = objectives.mask_tokens(ids, MASKS, generator)
    for token, given, label in zip(ids, exercise.inputs, exercise.labels, strict=True):
        assert label == token if label != IGNORED else given == token


def test_eight_in_ten_become_the_mask_one_in_ten_another_token_and_one_in_ten_stays():
    generator = np.random.default_rng(3)
    ids = generator.integers(5, 60, 20_000).tolist()
    exercise = objectives.mask_tokens(ids, MASKS, generator)
    pairs = [(given, label) for given, label in zip(exercise.inputs, exercise.labels, strict=True) if label != IGNORED]
    assert sum(given == 4 for given, _ in pairs) / len(pairs) == pytest.approx(0.8, abs=0.03)
    assert sum(given == label for given, label in pairs) / len(pairs) == pytest.approx(0.1, abs=0.03)
    assert not {given for given, _ in pairs if given != 4} & MASKS.special_ids


def test_whole_words_are_hidden_together():
    generator = np.random.default_rng(4)
    words = [None, 0, 0, 0, 1, 2, 2, 3, 4, 4, None, None, None]
    for _ in range(100):
        labels = objectives.mask_tokens(_text(generator, 9), MASKS, generator, words).labels
        hidden = {word for word, label in zip(words, labels, strict=True) if label != IGNORED}
        for word in hidden:
            assert all(label != IGNORED for other, label in zip(words, labels, strict=True) if other == word)


def test_the_same_seed_hides_the_same_words():
    ids = _text(np.random.default_rng(5), 50)
    first, second = (objectives.mask_tokens(ids, MASKS, np.random.default_rng(6)) for _ in range(2))
    assert first == second


def test_chosen_places_are_hidden_and_no_others():
    exercise = objectives.mask_places([2, 10, 11, 12, 3], [2], MASKS, np.random.default_rng(0))
    assert exercise.labels == [IGNORED, IGNORED, 11, IGNORED, IGNORED]


@pytest.mark.parametrize("place", [0, 4, -1, 5])
def test_a_special_token_or_a_place_outside_cannot_be_hidden(place):
    with pytest.raises(BadInput, match="cannot be hidden"):
        objectives.mask_places([2, 10, 11, 12, 3], [place], MASKS, np.random.default_rng(0))


def test_a_text_of_special_tokens_only_has_no_word_to_hide():
    with pytest.raises(BadInput, match="no word to hide"):
        objectives.mask_tokens([2, 3, 0], MASKS, np.random.default_rng(0))


def test_word_numbers_must_be_one_for_each_token():
    with pytest.raises(BadInput, match="each token needs one"):
        objectives.mask_tokens([2, 10, 3], MASKS, np.random.default_rng(0), [None, 0])


def test_a_vocabulary_of_special_tokens_only_is_refused_instead_of_searched_for_ever():
    rule = MaskRule(4, frozenset(range(5)), 5, as_mask=0.0, as_random=1.0)
    with pytest.raises(BadInput, match="no ordinary token"):
        objectives.mask_places([10], [0], rule, np.random.default_rng(0))


def test_the_answer_at_every_token_is_the_next_one():
    assert objectives.predict_next([7, 8, 9]) == Exercise([7, 8], [8, 9])


def test_one_token_has_no_next():
    with pytest.raises(BadInput, match="at least two"):
        objectives.predict_next([7])


def test_spans_put_back_into_the_corrupted_input_restore_the_sentence():
    generator = np.random.default_rng(7)
    for _ in range(500):
        ids = generator.integers(5, 60, int(generator.integers(2, 120))).tolist()
        exercise = objectives.corrupt_spans(ids, SPANS, generator)
        assert objectives.restore_spans(exercise, SPANS) == ids


def test_spans_hide_fifteen_percent_in_spans_of_three_on_average():
    generator = np.random.default_rng(8)
    spans = [objectives.choose_spans(100, SPANS, generator) for _ in range(200)]
    sizes = [end - start for row in spans for start, end in row]
    assert all(sum(end - start for start, end in row) == 15 for row in spans)
    assert np.mean(sizes) == pytest.approx(3.0)
    assert len(set(sizes)) > 3


def test_spans_neither_touch_nor_overlap():
    generator = np.random.default_rng(9)
    for length in range(2, 80):
        row = objectives.choose_spans(length, SPANS, generator)
        assert all(left[1] < right[0] for left, right in zip(row, row[1:], strict=False))
        assert 0 <= row[0][0] and row[-1][1] <= length


def test_every_place_is_hidden_sometimes_the_first_and_the_last_too():
    generator = np.random.default_rng(10)
    spans = [span for _ in range(300) for span in objectives.choose_spans(12, SPANS, generator)]
    hidden = {place for span in spans for place in range(*span)}
    assert hidden == set(range(12))


def test_input_and_target_are_written_as_t5_writes_them():
    """Thank you <X> me to your party <Y> week. → <X> for inviting <Y> last <Z> </s>, as in the paper's figure 2."""
    ids = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]
    exercise = objectives.cut_spans(ids, [(2, 4), (8, 9)], SPANS)
    assert exercise.inputs == [10, 11, 99, 14, 15, 16, 17, 98, 19, 1]
    assert exercise.labels == [99, 12, 13, 98, 18, 97, 1]


def test_a_sentence_of_one_token_has_nothing_left_to_keep():
    with pytest.raises(BadInput, match="at least two tokens"):
        objectives.choose_spans(1, SPANS, np.random.default_rng(0))


@pytest.mark.parametrize("spans", [[(2, 2)], [(0, 9)], [(3, 5), (4, 6)], [(4, 5), (1, 2)]])
def test_spans_that_are_empty_overlap_or_lie_outside_are_refused(spans):
    with pytest.raises(BadInput, match="empty, overlaps another, or lies outside"):
        objectives.cut_spans(list(range(10, 18)), spans, SPANS)


def test_more_spans_than_sentinels_are_refused():
    with pytest.raises(BadInput, match="At most 1 spans"):
        objectives.cut_spans(list(range(10)), [(0, 1), (2, 3)], SpanRule((99, 98), 1))


def test_a_single_sentinel_cannot_mark_a_span_and_the_end():
    with pytest.raises(BadInput, match="two sentinels"):
        objectives.choose_spans(10, SpanRule((99,), 1), np.random.default_rng(0))
