"""What is asked and what is answered: equal questions are equal, and an answer with another text's labels is refused.

Must not know any model: readings are made by hand.
"""

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from contracts.makers import decoder_reading, encoder_reading, law, map_over, tokens_of, translation_reading
from hypothesis import given
from hypothesis import strategies as st

from playground.contracts.reading import ReadRequest, without_lone_surrogates
from playground.errors import BadInput, Unreadable


def test_equal_requests_are_equal_and_computed_once() -> None:
    asked = {ReadRequest("the cat", blanks=(1,), layers=(0, 2)), ReadRequest("the cat", blanks=(1,), layers=(0, 2))}
    assert len(asked) == 1


def test_the_order_and_repetition_of_blanks_and_layers_ask_nothing_new() -> None:
    assert ReadRequest("a b c", blanks=(2, 0, 2), layers=[3, 1]) == ReadRequest("a b c", blanks=[0, 2], layers=(1, 3))


@pytest.mark.parametrize(
    "other",
    [
        ReadRequest("the cat "),
        ReadRequest("the cat", pair="x"),
        ReadRequest("the cat", target="x"),
        ReadRequest("the cat", blanks=(0,)),
        ReadRequest("the cat", mask="all"),
        ReadRequest("the cat", layers=(0,)),
    ],
)
def test_a_request_that_differs_in_one_part_is_another_request(other: ReadRequest) -> None:
    assert other != ReadRequest("the cat")


def test_a_request_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        ReadRequest("the cat").text = "the dog"


@pytest.mark.parametrize("mask", ["", "all", "causal", "window:3"])
def test_a_mask_that_exists_may_be_asked_for(mask: str) -> None:
    assert ReadRequest("the cat", mask=mask).mask == mask


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no text": ({"text": None}, "The text must be text, not NoneType"),
    "bytes": ({"text": b"the cat"}, "The text must be text, not bytes"),
    "a number for a second sentence": ({"pair": 3}, "The pair must be text, not int"),
    "a list for a target": ({"target": ["le chat"]}, "The target must be text, not list"),
    "a mask of no text": ({"mask": None}, "The mask must be text"),
    "an unknown mask": ({"mask": "window:0"}, "There is no attention mask 'window:0'"),
    "a mask too wide for a number": ({"mask": "window:" + "9" * 5_000}, "There is no attention mask"),
    "a blank behind the last word": ({"blanks": (2,)}, "no word number 3 to blank out: the text has 2 words"),
    "a blank in no text": ({"text": " ", "blanks": (0,)}, "the text has 0 words"),
    "a blank before the first word": ({"blanks": (-1,)}, "The blanks must be whole numbers from 0 on"),
    "half a blank": ({"blanks": (0.5,)}, "The blanks must be whole numbers"),
    "a blank that is true": ({"blanks": (True,)}, "The blanks must be whole numbers"),
    "a blank that is not in a list": ({"blanks": 1}, "The blanks must be whole numbers"),
    "blanks as text": ({"blanks": "01"}, "The blanks must be whole numbers"),
    "no blanks at all": ({"blanks": None}, "The blanks must be whole numbers"),
    "a layer below the first": ({"layers": (0, -1)}, "The layers must be whole numbers"),
    "a layer in words": ({"layers": ("first",)}, "The layers must be whole numbers"),
}


@pytest.mark.parametrize(("changes", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_misses_in_one_thing_is_refused(changes: dict[str, Any], says: str) -> None:
    ReadRequest("the cat", blanks=(0, 1), layers=(0,))  # beside this one, which is not
    with pytest.raises(BadInput, match=says):
        ReadRequest(**({"text": "the cat"} | changes))


def test_half_characters_become_the_replacement_sign_in_every_text() -> None:
    asked = ReadRequest("a\ud83d", pair="\ude00b", target="\udfff")
    assert (asked.text, asked.pair, asked.target) == ("a\ufffd", "\ufffdb", "\ufffd")


def test_a_whole_emoji_is_no_half_character() -> None:
    assert ReadRequest("a🙂").text == "a🙂"


@law
@given(st.text(alphabet=st.one_of(st.characters(), st.characters(categories=["Cs"]))))
def test_a_text_without_half_characters_can_be_sent_and_keeps_its_length(text: str) -> None:
    clean = without_lone_surrogates(text)
    assert len(clean) == len(text)
    assert without_lone_surrogates(clean.encode("utf-8").decode("utf-8")) == clean


def test_readings_of_all_three_families_are_accepted() -> None:
    assert [encoder_reading().family, decoder_reading().family] == ["encoder", "decoder"]
    reading = translation_reading()
    cross = reading.map_of("cross")
    assert cross.rows == reading.target_tokens and cross.cols == reading.tokens
    assert len(reading.written) == cross.weights.shape[2]
    assert [token.text for token in reading.target_tokens] == ["<pad>", "Tu", "aimes"]
    assert [token.text for token in reading.written] == ["Tu", "aimes", "</s>"]


def test_an_encoder_may_read_a_second_sentence_whose_words_follow_the_first() -> None:
    first, second = tokens_of("the cat"), tokens_of("it sat", first_word=2)
    tokens = (*first, *second)
    words = {"words": encoder_reading("the cat").words, "target_words": encoder_reading("it sat").words}
    reading = encoder_reading("the cat", tokens=tokens, maps=(map_over(tokens, tokens),), **words)
    assert [token.word for token in reading.tokens] == [0, 1, 2, 3]


def test_a_map_is_found_by_its_kind() -> None:
    reading = translation_reading()
    assert [reading.map_of(kind).kind for kind in ("encoder", "decoder", "cross")] == ["encoder", "decoder", "cross"]


@pytest.mark.parametrize(("make", "kind"), [(encoder_reading, "decoder"), (decoder_reading, "cross")])
def test_a_kind_the_model_does_not_have_is_refused_with_its_name(make: Any, kind: str) -> None:
    with pytest.raises(BadInput, match=f"has no {kind} attention"):
        make().map_of(kind)


TOKENS = tokens_of("the cat sat")
OTHER = tokens_of("the dog sat")
REFUSED_READINGS: dict[str, tuple[dict[str, Any], str]] = {
    "no tokens": ({"tokens": ()}, "returned no attention"),
    "no maps": ({"maps": ()}, "returned no attention"),
    "an unknown family": ({"family": "seq2seq"}, "cannot be of the family 'seq2seq'"),
    "the rows of another text": ({"maps": (map_over(OTHER, TOKENS),)}, "does not carry the tokens"),
    "the columns of another text": ({"maps": (map_over(TOKENS, OTHER),)}, "does not carry the tokens"),
    "a shorter map": ({"maps": (map_over(TOKENS[:2], TOKENS[:2]),)}, "does not carry the tokens"),
    "two maps of a kind": ({"maps": (map_over(TOKENS, TOKENS),) * 2}, "cannot have encoder, encoder"),
    "words of a shorter text": ({"words": encoder_reading("the cat").words}, "a word that is not there"),
    "no words": ({"words": ()}, "a word that is not there"),
    "writing without inputs": ({"written": TOKENS}, "does not line up"),
    "a word before the first": ({"written": (), "target_tokens": (replace(TOKENS[0], word=-1),)}, "is not there"),
}


@pytest.mark.parametrize(("changes", "says"), REFUSED_READINGS.values(), ids=REFUSED_READINGS.keys())
def test_a_reading_that_misses_in_one_thing_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        encoder_reading("the cat sat", **changes)


def test_writing_that_is_one_token_short_is_refused() -> None:
    good = translation_reading()
    with pytest.raises(Unreadable, match="does not line up with what its decoder was given"):
        replace(good, written=good.written[:-1])


def test_a_cross_map_labelled_by_what_was_written_is_refused_because_rows_are_inputs() -> None:
    good = translation_reading()
    shifted = map_over(good.written, good.tokens, kind="cross")
    with pytest.raises(Unreadable, match="The cross attention does not carry the tokens"):
        replace(good, maps=(*good.maps[:2], shifted))


def test_a_cross_map_turned_on_its_side_is_refused() -> None:
    good = translation_reading("You like it very much")
    turned = map_over(good.tokens, good.target_tokens, kind="cross")
    with pytest.raises(Unreadable, match="The cross attention does not carry the tokens"):
        replace(good, maps=(turned,))


def test_what_was_written_may_not_point_behind_the_words_of_both_texts() -> None:
    good = translation_reading()
    off = replace(good.written[0], word=len(good.words) + len(good.target_words))
    with pytest.raises(Unreadable, match="points at a word that is not there"):
        replace(good, written=(off, *good.written[1:]))


def test_two_readings_are_never_compared_number_by_number() -> None:
    reading = encoder_reading()
    assert reading == reading and reading != encoder_reading()
    assert np.array_equal(reading.maps[0].weights, encoder_reading().maps[0].weights)
