"""The viewer's payload says what the reading says, in plain JSON, and its id differs exactly when the picture does.

Must not know any model or page: readings are made by hand and unpacked again as the viewer's script would.
"""

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest
from contracts.makers import decoder_reading, encoder_reading, map_over, shares, tokens_of, translation_reading

from playground.contracts.reading import Reading
from playground.errors import BadInput
from playground.views.packing import pool
from playground.views.payload import Selection, make_payload, pack_head

SIDE = 8
LONG = "one two three four five six seven eight nine ten eleven twelve"


def payload_of(reading: Reading, **selection: Any) -> dict[str, Any]:
    return make_payload(reading, Selection(**({"kind": reading.maps[0].kind} | selection)), SIDE)


def values_of(packed: dict[str, Any], heads: int, rows: int, cols: int) -> np.ndarray:
    """The shares `[head, query, key]` that a packed picture stands for."""
    data = np.frombuffer(zlib.decompress(base64.b64decode(packed["data"])), dtype=np.uint8)
    values = np.zeros((heads, rows, cols), dtype=np.uint8)
    keep = np.tri(rows, cols, dtype=bool) if packed["triangle"] else np.ones((rows, cols), dtype=bool)
    values[:, keep] = data.reshape(heads, -1)
    return (values / 255.0) ** 2


@pytest.mark.parametrize("make", [encoder_reading, decoder_reading, translation_reading])
def test_a_payload_is_plain_json(make: Any) -> None:
    payload = payload_of(make())
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_a_pooled_payload_is_plain_json_too() -> None:
    payload = payload_of(encoder_reading(LONG), layer=1, head=2, word=3)
    assert json.loads(json.dumps(payload, allow_nan=False)) == payload


def test_words_tokens_and_notes_arrive_in_order() -> None:
    payload = payload_of(encoder_reading("the cat sat", notes=("cut at 512 tokens",)))
    assert payload["words"] == ["the", "cat", "sat"]
    assert payload["tokens"] == [["the", "the", 10, 0, 0], ["cat", "cat", 11, 1, 0], ["sat", "sat", 12, 2, 0]]
    assert (payload["model"], payload["family"], payload["notes"]) == ("tiny-bert", "encoder", ["cut at 512 tokens"])


def test_a_translation_brings_both_sentences_its_inputs_and_what_was_written() -> None:
    payload = payload_of(translation_reading(), kind="cross")
    assert payload["words"] == ["You", "like", "it", "Tu", "aimes"]
    assert payload["own_words"] == 3
    assert payload["target_tokens"][0] == ["<pad>", "<pad>", 0, None, 1]
    assert [token[0] for token in payload["written"]] == ["Tu", "aimes", "</s>"]
    assert [found["kind"] for found in payload["maps"]] == ["encoder", "decoder", "cross"]
    assert (payload["maps"][2]["rows"], payload["maps"][2]["cols"]) == (3, 3)


@pytest.mark.parametrize("make", [encoder_reading, decoder_reading])
def test_a_short_text_arrives_whole_in_every_head(make: Any) -> None:
    reading = make("the cat sat")
    (found,) = payload_of(reading)["maps"]
    back = values_of(found["thumbnails"], 6, 3, 3).reshape(2, 3, 3, 3)
    assert np.abs(back - reading.maps[0].weights).max() <= 0.004


@pytest.mark.parametrize("make", [encoder_reading, decoder_reading])
def test_a_long_text_arrives_pooled_with_the_open_head_in_full(make: Any) -> None:
    reading = make(LONG)
    payload = payload_of(reading, layer=1, head=2)
    (found,), opened = payload["maps"], payload["opened"]
    assert (found["thumbnails"]["rows"], found["thumbnails"]["cols"], found["rows"], found["cols"]) == (8, 8, 12, 12)
    small = values_of(found["thumbnails"], 6, 8, 8).reshape(2, 3, 8, 8)
    assert np.abs(small - pool(reading.maps[0].weights, SIDE)).max() <= 0.017  # shades in steps of 4, see coarsen
    assert (opened["layer"], opened["head"]) == (1, 2)
    assert np.abs(values_of(opened, 1, 12, 12)[0] - reading.maps[0].weights[1, 2]).max() <= 0.004


@pytest.mark.parametrize(("words", "pooled"), [(8, False), (9, True)])
def test_the_open_head_comes_in_full_only_when_thumbnails_are_pooled(words: int, pooled: bool) -> None:
    assert ("opened" in payload_of(encoder_reading("a " * words))) is pooled


def test_a_long_source_pools_the_columns_of_a_cross_map_and_leaves_its_rows() -> None:
    payload = payload_of(translation_reading(LONG, "un deux"), kind="cross")
    thumbnails = payload["maps"][2]["thumbnails"]
    assert (thumbnails["rows"], thumbnails["cols"], thumbnails["triangle"]) == (3, 8, False)
    assert payload["opened"]["kind"] == "cross"


@pytest.mark.parametrize(
    ("kind", "mask", "triangle"),
    [
        ("encoder", "all", False),
        ("encoder", "window:3", False),
        ("decoder", "causal", True),
        ("decoder", "window:2", True),
        ("decoder", "all", False),
    ],
)
def test_only_maps_that_are_empty_above_the_diagonal_send_a_triangle(kind: str, mask: str, triangle: bool) -> None:
    tokens = tokens_of(LONG)
    found = map_over(tokens, tokens, kind=kind, mask=mask)
    payload = payload_of(encoder_reading(LONG, family=kind, maps=(found,)))
    assert payload["maps"][0]["thumbnails"]["triangle"] is triangle
    assert payload["opened"]["triangle"] is triangle
    assert np.abs(values_of(payload["opened"], 1, 12, 12)[0] - found.weights[0, 0]).max() <= 0.004


def test_the_id_is_the_same_when_nothing_differs() -> None:
    assert payload_of(encoder_reading(LONG), head=1)["id"] == payload_of(encoder_reading(LONG), head=1)["id"]


def one_weight_moved() -> Reading:
    tokens, weights = tokens_of("the cat sat"), shares("all", "encoder", (2, 3, 3, 3))
    weights[1, 2, 0] = [0.2, 0.5, 0.3]
    return encoder_reading("the cat sat", maps=(map_over(tokens, tokens, weights=weights),))


DIFFERENT = {
    "another word": (encoder_reading("the dog sat"), {}),
    "another case": (encoder_reading("The cat sat"), {}),
    "a word more": (encoder_reading("the cat sat."), {}),
    "another model": (encoder_reading(model="bert"), {}),
    "one row of one head": (one_weight_moved(), {}),
    "a note": (encoder_reading(notes=("cut",)), {}),
    "another layer": (encoder_reading(), {"layer": 1}),
    "another head": (encoder_reading(), {"head": 1}),
    "another word lit": (encoder_reading(), {"word": 1}),
}


@pytest.mark.parametrize(("reading", "selection"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_the_id_differs_when_one_thing_in_the_picture_does(reading: Reading, selection: dict[str, Any]) -> None:
    assert payload_of(reading, **selection)["id"] != payload_of(encoder_reading())["id"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"layer": 1, "head": 2, "word": 2}, (1, 2, 2)),
        ({"layer": 2}, (0, 0, None)),
        ({"layer": -1}, (0, 0, None)),
        ({"head": 3}, (0, 0, None)),
        ({"head": -3}, (0, 0, None)),
        ({"layer": 1, "head": 99}, (1, 0, None)),
        ({"layer": 99, "head": 1}, (0, 1, None)),
        ({"word": 3}, (0, 0, None)),
        ({"word": -1}, (0, 0, None)),
    ],
)
def test_a_selection_this_reading_does_not_have_falls_back_and_the_picture_stays(
    wanted: dict[str, Any], found: tuple[int, int, int | None]
) -> None:
    selection = payload_of(encoder_reading(), **wanted)["selection"]
    assert (selection["layer"], selection["head"], selection["word"]) == found


def test_a_selection_falls_back_to_the_first_layer_that_was_read() -> None:
    tokens = tokens_of("the cat sat")
    reading = encoder_reading(maps=(map_over(tokens, tokens, layers=(4, 7)),))
    assert payload_of(reading, layer=0)["selection"]["layer"] == 4
    assert payload_of(reading, layer=7)["selection"]["layer"] == 7


def test_a_kind_the_reading_does_not_have_is_refused() -> None:
    with pytest.raises(BadInput, match="has no cross attention"):
        payload_of(encoder_reading(), kind="cross")


def test_a_head_is_packed_by_the_number_of_its_layer_not_by_its_place() -> None:
    tokens = tokens_of("the cat sat")
    found = map_over(tokens, tokens, layers=(4, 7))
    packed = pack_head(found, 7, 2)
    assert (packed["layer"], packed["head"], packed["kind"]) == (7, 2, "encoder")
    assert np.abs(values_of(packed, 1, 3, 3)[0] - found.weights[1, 2]).max() <= 0.004


@pytest.mark.parametrize(("layer", "head"), [(2, 0), (0, 3), (1, 99)])
def test_a_head_that_is_not_there_is_refused_and_named_as_people_count(layer: int, head: int) -> None:
    found = encoder_reading().maps[0]
    pack_head(found, 1, 2)
    with pytest.raises(BadInput, match=f"There is no head {head + 1} in layer {layer + 1}"):
        pack_head(found, layer, head)
