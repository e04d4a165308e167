"""Only the tab on the screen computes, and a link fills only the tab it names."""

from types import SimpleNamespace

import fakes
import gradio as gr
import pytest

from playground.settings import Settings
from playground.tabs.attention_handlers import AttentionHandlers
from playground.tabs.examples import Example
from playground.tabs.tab_specs import SPECS
from playground.tabs.visible_tab import VisibleTab
from playground.views.payload import Selection

EXAMPLES = (Example("First of all.", "look at *first*", "random-bert", layer=1, head=2),)
SETTINGS = ("", "", "random-bert", Selection())
SKIP = gr.skip()


@pytest.fixture
def library():
    return fakes.RandomLibrary()


@pytest.fixture
def visible(library):
    made = [AttentionHandlers(spec, library, Settings(), EXAMPLES) for spec in SPECS[:2]]
    return VisibleTab(tuple(SimpleNamespace(handlers=handlers) for handlers in made))


def test_only_the_visible_tab_reads_and_the_others_are_left_alone(visible, library):
    status, viewer, facts, tokens, *others = visible.show("encoder", "The cat sat.", *SETTINGS, *SETTINGS)
    assert "reads as you type" in status and viewer["words"] == ["The", "cat", "sat", "."]
    assert others == [SKIP] * 3 and len(library.reader.reads) == 1


def test_a_tab_that_is_not_there_reads_nothing(visible, library):
    assert visible.show("workshop", "The cat sat.", *SETTINGS, *SETTINGS) == [SKIP] * 7
    assert library.reader.reads == []


def test_a_visit_without_a_link_opens_the_first_tab_at_the_first_example(visible):
    text, tabs, chosen, second, model, selection, *others = visible.open_link(SimpleNamespace(query_params={}))
    assert (text, second, model) == (SKIP, SKIP, SKIP) and chosen == tabs.selected == "encoder"
    assert selection == Selection("encoder", 1, 2, 0) and others == [SKIP] * 3


def test_a_link_to_another_tab_fills_that_tab_alone(visible):
    query = {"tab": "decoder", "text": "We saw it.", "model": "my-gpt", "layer": "2"}
    text, tabs, chosen, *filled = visible.open_link(SimpleNamespace(query_params=query))
    assert (text, chosen, tabs.selected) == ("We saw it.", "decoder", "decoder")
    assert filled == [SKIP, SKIP, SKIP, SKIP, "my-gpt", Selection("decoder", 1, 0)]


def test_a_link_to_a_tab_that_is_not_there_opens_the_first(visible):
    assert visible.open_link(SimpleNamespace(query_params={"tab": "nowhere"}))[2] == "encoder"
