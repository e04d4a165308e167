"""The one place where text becomes markup: whatever a visitor, a model or a file says stays text."""

import pytest
from contracts.makers import encoder_reading

from playground.contracts.readers import ModelFacts
from playground.settings import ASSETS
from playground.views.markup import count_for_people, draw_facts, draw_header, draw_status, draw_tokens, escape_text

HOSTILE = "</script><img src=x onerror=\"alert('1')\">&"


def facts(**changes):
    parts = dict(
        name="tiny", family="encoder", architecture="X", parameters=4_712_345, layers=4, heads=8, width=256,
        context=256, vocabulary=6000, objective="masked words", dtype="float32", licence="none", origin="tests",
    )
    return ModelFacts(**(parts | changes))


def test_escaped_text_holds_no_mark_that_markup_knows():
    assert not set("<>\"'") & set(escape_text(HOSTILE))
    assert escape_text("plain words") == "plain words"


def test_notes_of_a_model_are_escaped():
    assert "<img" not in draw_facts(facts(notes=(HOSTILE,)))


def test_pieces_of_a_text_are_escaped_and_each_has_its_number():
    drawn = draw_tokens(encoder_reading("<img/>"))
    assert "<img" not in drawn and "&lt;" in drawn and drawn.count("<li") == len(encoder_reading("<img/>").tokens)


def test_the_facts_say_what_kind_of_model_and_how_large():
    assert "BERT family · 4 layers × 8 heads · 4.7 M parameters" in draw_facts(facts())


def test_the_status_says_how_long_it_took_or_that_it_waits():
    assert "reads as you type · 400 ms" in draw_status(encoder_reading())
    assert "waiting" in draw_status(None)


def test_the_header_has_the_sign_and_the_name():
    assert "<svg" in draw_header(ASSETS) and "Transformer Playground" in draw_header(ASSETS)


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0"), (999, "999"), (1000, "1.0 k"), (39_241, "39 k"), (4_712_345, "4.7 M"), (110e6, "110 M"), (8e9, "8.0 G")],
)
def test_numbers_are_said_in_two_figures(number, said):
    assert count_for_people(number) == said
