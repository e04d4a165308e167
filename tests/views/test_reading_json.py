"""The JSON of a reading, as a client in three lines of numpy would take it.

Must not know the page or any model.
"""

import base64
import json
from typing import Any

import numpy as np
import pytest
from contracts.makers import decoder_reading, encoder_reading, translation_reading

from playground.views.reading_json import reading_to_json


def weights_of(found: dict[str, Any]) -> np.ndarray:
    shape = (found["layers"], found["heads"], found["rows"], found["cols"])
    if found["encoding"] == "f32":
        return np.frombuffer(base64.b64decode(found["data"]), dtype="<f4").reshape(shape)
    return (np.frombuffer(base64.b64decode(found["data"]), dtype=np.uint8).reshape(shape) / 255.0) ** 2


@pytest.mark.parametrize("make", [encoder_reading, decoder_reading, translation_reading])
@pytest.mark.parametrize(("exact", "error"), [(False, 0.004), (True, 0.0)])
def test_every_map_comes_back_in_order_and_within_its_error(make: Any, exact: bool, error: float) -> None:
    reading = make()
    sent = json.loads(json.dumps(reading_to_json(reading, exact), allow_nan=False))
    assert [found["kind"] for found in sent["maps"]] == [found.kind for found in reading.maps]
    for found, original in zip(sent["maps"], reading.maps):
        assert np.abs(weights_of(found) - original.weights).max() <= error


def test_words_and_tokens_carry_their_places() -> None:
    sent = reading_to_json(encoder_reading("a cat"), exact=False)
    assert sent["words"][1] == {"text": "cat", "start": 2, "end": 5}
    token = {"text": "cat", "piece": "cat", "id": 11, "start": 2, "end": 5, "special": False, "word": 1}
    assert sent["tokens"][1] == token


def test_a_translation_says_what_went_in_and_what_was_written() -> None:
    sent = reading_to_json(translation_reading(), exact=False)
    assert [token["text"] for token in sent["target_tokens"]] == ["<pad>", "Tu", "aimes"]
    assert [token["text"] for token in sent["written"]] == ["Tu", "aimes", "</s>"]
    assert sent["maps"][2]["rows"] == len(sent["written"])
