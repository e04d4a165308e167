"""The handlers of a tab of attention as plain functions: what they answer, what they keep, and what they refuse."""

import json

import fakes
import gradio as gr
import pytest

from playground.settings import Limits, Settings
from playground.tabs import attention_tab
from playground.tabs.attention_handlers import Asked, AttentionHandlers
from playground.tabs.examples import Example
from playground.tabs.links import read_link
from playground.tabs.tab_specs import SPECS
from playground.views.payload import Selection

TEXT = "The animal was tired."
EXAMPLES = (
    Example("First of all.", "look at *first*", "random-bert", layer=1, head=2, word=0),
    Example(TEXT, "only there in another model", "other-bert", layer=2, head=3, word=1),
)


@pytest.fixture
def handlers():
    return AttentionHandlers(SPECS[0], fakes.RandomLibrary(), Settings(), EXAMPLES)


def test_a_sentence_gives_a_payload_a_time_and_the_models_facts(handlers):
    payload, status, facts, tokens = handlers.show(TEXT, "", "", "random-bert", Selection())
    assert payload["words"] == ["The", "animal", "was", "tired", "."]
    assert "reads as you type" in status and "3 layers × 4 heads" in facts and "random weights" in facts
    assert "5 words → 5 pieces and 2 marks" in tokens


def test_a_sentence_that_cannot_be_read_keeps_the_last_picture_and_says_why(handlers):
    payload, _, facts, tokens = handlers.show("  ", "", "", "random-bert", Selection())
    assert payload["state"] == "error" and "Type a sentence" in payload["message"]
    assert "words" not in payload and facts == tokens == gr.skip()


def test_an_unknown_model_is_named_with_the_choices(handlers):
    payload, *_ = handlers.show(TEXT, "", "", "no-bert", Selection())
    assert payload["message"] == "There is no model no-bert; choose one of random-bert."


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"layer": 2, "head": 1, "word": 3}, Selection("encoder", 2, 1, 3)),
        ({"layer": 2, "head": 1, "word": None}, Selection("encoder", 2, 1, None)),
        ({"layer": -1, "head": -2, "word": 0}, Selection("encoder", -1, -2, 0)),
        ({"layer": "2", "head": None, "word": True}, Selection("encoder", 0, 0, 0)),
        ({}, Selection("encoder", 0, 0, None)),
        (None, Selection("encoder", 0, 0, None)),
    ],
)
def test_what_a_visitor_opens_is_kept_and_nonsense_becomes_the_first(handlers, sent, kept):
    assert handlers.remember(gr.EventData(None, sent)) == kept


def test_a_long_text_comes_with_the_kept_head_in_full():
    handlers = AttentionHandlers(SPECS[0], fakes.RandomLibrary(), Settings(limits=Limits(thumbnail_side=4)), EXAMPLES)
    payload, *_ = handlers.show(TEXT, "", "", "random-bert", Selection("encoder", 2, 1))
    assert (payload["opened"]["layer"], payload["opened"]["head"]) == (2, 1)
    asked = {"kind": "encoder", "layer": 2, "head": 1, "source": payload["source"]}
    assert handlers.read_head(asked) == payload["opened"]


WRONG = [None, {}, {"source": 3}, {"source": {}}, {"kind": "cross", "source": {"model": "random-bert", "text": TEXT}}]


@pytest.mark.parametrize("asked", [*WRONG, {"kind": "encoder", "source": {"model": "random-bert"}}])
def test_a_head_asked_for_wrongly_is_refused_in_one_sentence(handlers, asked):
    assert set(handlers.read_head(asked)) == {"error"}


def test_a_head_that_is_not_there_is_refused_as_people_count(handlers):
    asked = {"kind": "encoder", "layer": 9, "head": 0, "source": {"model": "random-bert", "text": TEXT}}
    assert handlers.read_head(asked) == {"error": "There is no head 1 in layer 10: choose one of those shown."}


def test_a_visit_without_a_link_opens_the_first_example_where_its_pattern_is(handlers):
    assert handlers.open_link(read_link({})) == Selection("encoder", 1, 2, 0)


def test_a_link_opens_exactly_what_it_names(handlers):
    query = {"text": "Some words.", "model": "my-bert", "layer": "3", "head": "2", "word": "1", "view": "lines"}
    assert handlers.open_link(read_link(query)) == Selection("encoder", 2, 1, 0, "lines")


@pytest.mark.parametrize("wrong", ["0", "-1", "x", "1.5", "²", "9" * 30, ""])
def test_a_link_with_a_wrong_part_opens_with_the_others(handlers, wrong):
    link = read_link({"text": "Some words.", "layer": wrong, "head": "2", "view": wrong, "kind": wrong})
    assert handlers.open_link(link) == Selection("encoder", 0, 1, None, "")


def test_an_examples_line_stands_only_above_its_own_sentence_and_model(handlers):
    shown, *_ = handlers.show("First of all.", "", "", "random-bert", Selection())
    assert shown["look_for"] == "look at *first*" and shown["look_at"]["head"] == 2
    other, *_ = handlers.show(TEXT, "", "", "random-bert", Selection())
    assert (other["look_for"], other["look_at"]) == ("", None)


def test_hidden_words_are_handed_to_the_reader_and_shown_again_with_the_next_text(handlers):
    handlers.hide(gr.EventData(None, {"blanks": [2, 1, 2]}), TEXT, "", "", "random-bert", Selection())
    handlers.show(TEXT, "", "", "random-bert", Selection())
    asked = [request.blanks for request in handlers._library.reader.reads]
    assert asked == [(1, 2), ()]


def test_a_blank_beyond_the_text_is_refused_and_nonsense_hides_nothing(handlers):
    payload, *_ = handlers.hide(gr.EventData(None, {"blanks": [7]}), TEXT, "", "", "random-bert", Selection())
    assert payload["message"] == "There is no word number 8 to blank out: the text has 5 words."
    payload, *_ = handlers.hide(gr.EventData(None, "x"), TEXT, "", "", "random-bert", Selection())
    assert payload["blanks"] == []


@pytest.mark.parametrize(
    ("sent", "becomes"),
    [
        ({"word": 1, "text": "dog"}, "The dog was tired."),
        ({"word": 4, "text": "!"}, "The animal was tired!"),
        ({"word": 5, "text": "dog"}, gr.skip()),
        ({"word": -1, "text": "dog"}, gr.skip()),
        ({"word": 1}, gr.skip()),
        (None, gr.skip()),
    ],
)
def test_a_guess_takes_the_place_of_its_word_and_nothing_else_changes(handlers, sent, becomes):
    assert handlers.put_in(gr.EventData(None, sent), TEXT) == becomes


def test_the_stored_first_picture_is_used_only_for_its_own_sentence_and_model(tmp_path, monkeypatch, handlers):
    monkeypatch.setattr(attention_tab, "FIRST_PICTURE", tmp_path / "picture.json")
    assert attention_tab.read_first_picture(EXAMPLES[0], ["random-bert"])["state"] == "waiting"
    (tmp_path / "picture.json").write_text(json.dumps(handlers.draw_first_picture()))
    stored = attention_tab.read_first_picture(EXAMPLES[0], ["random-bert"])
    assert stored["words"][0] == "First" and stored["selection"]["head"] == 2
    assert attention_tab.read_first_picture(EXAMPLES[1], ["random-bert"])["state"] == "waiting"
    assert attention_tab.read_first_picture(EXAMPLES[0], ["other-bert"])["state"] == "waiting"


def test_a_model_of_another_family_is_sent_to_its_own_tab():
    decoder = AttentionHandlers(SPECS[1], fakes.RandomLibrary(), Settings(), EXAMPLES)
    payload, *_ = decoder.show(TEXT, "", "", "random-bert", Selection("decoder"))
    assert "open it in its own tab" in payload["message"]


def test_the_words_of_a_task_stand_before_the_text_and_the_second_text_is_what_shall_be_written():
    asked = Asked("You like it.", "Tu aimes.", "translate English to French: ", "any")
    request = asked.request(SPECS[2])
    assert request.text == "translate English to French: You like it."
    assert (request.target, request.pair) == ("Tu aimes.", "")
    assert Asked("One.", "Two.").request(SPECS[0]).pair == "Two."
