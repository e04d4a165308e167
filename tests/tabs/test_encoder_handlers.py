"""The Encoder tab's handlers as plain functions: what they answer, what they keep, and what they refuse."""

import fakes
import gradio as gr
import pytest

from playground.settings import Limits, Settings
from playground.tabs.encoder import EncoderHandlers
from playground.views.payload import Selection

TEXT = "The animal was tired."


@pytest.fixture
def handlers():
    return EncoderHandlers(fakes.RandomLibrary(), Settings())


def test_a_sentence_gives_a_payload_a_time_and_the_models_facts(handlers):
    payload, status, facts = handlers.show(TEXT, "random-bert", Selection())
    assert payload["words"] == ["The", "animal", "was", "tired", "."]
    assert "reads as you type" in status and "3 layers × 4 heads" in facts and "random weights" in facts


def test_a_sentence_that_cannot_be_read_keeps_the_last_picture_and_says_why(handlers):
    payload, _, facts = handlers.show("  ", "random-bert", Selection())
    assert payload["state"] == "error" and "Type a sentence" in payload["message"]
    assert "words" not in payload and facts == gr.skip()


def test_an_unknown_model_is_named_with_the_choices(handlers):
    payload, _, _ = handlers.show(TEXT, "no-bert", Selection())
    assert payload["message"] == "There is no model no-bert; choose one of random-bert."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"layer": 2, "head": 1, "word": 3}, Selection("encoder", 2, 1, 3)),
        ({"layer": 2, "head": 1, "word": None}, Selection("encoder", 2, 1, None)),
        ({"layer": "2", "head": -1, "word": True}, Selection("encoder", 0, 0, 0)),
        ({}, Selection("encoder", 0, 0, None)),
        (None, Selection("encoder", 0, 0, None)),
    ],
)
def test_what_a_visitor_opens_is_kept_and_nonsense_becomes_the_first(handlers, sent, kept):
    assert handlers.remember(gr.EventData(None, sent)) == kept


def test_a_long_text_comes_with_the_kept_head_in_full():
    handlers = EncoderHandlers(fakes.RandomLibrary(), Settings(limits=Limits(thumbnail_side=4)))
    payload, _, _ = handlers.show(TEXT, "random-bert", Selection("encoder", 2, 1))
    assert (payload["opened"]["layer"], payload["opened"]["head"]) == (2, 1)
    asked = {"layer": 2, "head": 1, "source": payload["source"]}
    assert handlers.read_head(asked) == payload["opened"]


@pytest.mark.parametrize("asked", [None, {}, {"source": 3}, {"source": {}}, {"source": {"model": "random-bert"}}])
def test_a_head_asked_for_wrongly_is_refused_in_one_sentence(handlers, asked):
    assert set(handlers.read_head(asked)) == {"error"}


def test_a_head_that_is_not_there_is_refused_as_people_count(handlers):
    asked = {"layer": 9, "head": 0, "source": {"model": "random-bert", "text": TEXT}}
    assert handlers.read_head(asked) == {"error": "There is no head 1 in layer 10: choose one of those shown."}
