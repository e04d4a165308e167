"""The one wrapper: our own sentence passes, everything else becomes one fixed sentence and a line in the log."""

import gradio as gr
import pytest

from playground.errors import BadInput
from playground.tabs.refusals import SORRY, attempt, refusing


def answer(value):
    return value + 1


def refuse(_):
    raise BadInput("The text is too long; shorten it.")


def break_down(_):
    raise KeyError("/home/somebody/secret.txt")


def test_an_answer_passes_unchanged():
    assert attempt(answer, 1) == (2, "") and refusing(answer)(1) == 2


def test_our_own_sentence_reaches_the_visitor():
    assert attempt(refuse, 1) == (None, "The text is too long; shorten it.")
    with pytest.raises(gr.Error, match="shorten it"):
        refusing(refuse)(1)


def test_anything_else_becomes_one_sentence_and_its_details_stay_in_the_log(caplog):
    assert attempt(break_down, 1) == (None, SORRY)
    with pytest.raises(gr.Error) as refusal:
        refusing(break_down)(1)
    assert "secret" not in str(refusal.value)
    assert "secret" in caplog.text
