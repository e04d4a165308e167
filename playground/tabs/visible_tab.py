"""Lets only the tab on the screen compute: the sentence has one listener, which asks the visible tab alone.

Must not know what a tab shows. Several listeners on the sentence would run one after another, each for every letter.
"""

from typing import Any

import gradio as gr

from playground.settings import Settings
from playground.tabs.attention_tab import QUIETLY, AttentionTab, reading_limits
from playground.tabs.links import read_link
from playground.tabs.sentence import Sentence


class VisibleTab:
    """The handlers that choose among tabs, as plain functions of plain values."""

    def __init__(self, tabs: tuple[AttentionTab, ...]) -> None:
        self._handlers = [made.handlers for made in tabs]

    def show(self, visible: str, text: str, *settings: Any) -> list[Any]:
        """A status and, tab by tab, viewer, facts and tokens: new for the visible tab, left alone for the others."""
        each = len(settings) // len(self._handlers)
        status, filled = gr.skip(), []
        for at, handlers in enumerate(self._handlers):
            if handlers.spec.id != visible:
                filled += [gr.skip()] * 3
                continue
            viewer, status, facts, tokens = handlers.show(text, *settings[at * each : (at + 1) * each])
            filled += [viewer, facts, tokens]
        return [status, *filled]

    def open_link(self, request: gr.Request) -> list[Any]:
        """The sentence, the tab and, tab by tab, second text, model and selection, as a link asks for them."""
        link = read_link(request.query_params)
        ids = [handlers.spec.id for handlers in self._handlers]
        visible = link.tab if link.tab in ids else ids[0]
        filled: list[Any] = []
        for handlers in self._handlers:
            linked = handlers.spec.id == visible
            filled += [(linked and link.second) or gr.skip(), (linked and link.model) or gr.skip()]
            filled += [handlers.open_link(link) if linked else gr.skip()]
        return [link.text or gr.skip(), gr.Tabs(selected=visible), visible, *filled]


def connect_tabs(bar: gr.Tabs, tabs: tuple[AttentionTab, ...], sentence: Sentence, settings: Settings) -> None:
    """Connects the sentence, the page's link and the choice of a tab with whichever tab is visible."""
    choose, visible = VisibleTab(tabs), gr.State(tabs[0].handlers.spec.id)
    asked = [visible, sentence.box, *(part for made in tabs for part in made.settings)]
    filled = [sentence.status, *(made.picture[at] for made in tabs for at in (0, 2, 3))]
    linked = [made.settings[at] for made in tabs for at in (0, 2, 3)]
    reading = reading_limits(settings)
    sentence.page.load(
        choose.open_link, None, [sentence.box, bar, visible, *linked], queue=False, **dict(QUIETLY)
    ).then(choose.show, asked, filled, **reading)
    # .change, not .input: the latter misses paste, Backspace and undo.
    sentence.box.change(choose.show, asked, filled, trigger_mode="always_last", **reading)
    for made in tabs:
        made.tab.select(
            lambda chosen=made.handlers.spec.id: chosen, None, visible, queue=False, **dict(QUIETLY)
        ).then(choose.show, asked, filled, **reading)
