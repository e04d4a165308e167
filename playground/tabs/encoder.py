"""The Encoder tab: every token sees every token. It reads the shared sentence while it is typed.

Must not know torch, nor how a picture is drawn; it is handed a Library and hands on payloads.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.contracts.readers import Library, ModelFacts
from playground.contracts.reading import Reading, ReadRequest
from playground.errors import BadInput
from playground.settings import Settings
from playground.tabs.refusals import attempt
from playground.tabs.viewer import attention_view, failed
from playground.views.markup import draw_facts, draw_status
from playground.views.payload import Selection, make_payload, pack_head

KIND = "encoder"


@dataclass(frozen=True)
class Shared:
    """What all tabs look at together: the sentence above them, and what it says of itself."""

    page: gr.Blocks
    sentence: gr.Textbox
    status: gr.HTML


class EncoderHandlers:
    """What happens in the tab, as plain functions of plain values: testable without a page."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._side = settings.limits.thumbnail_side

    def show(self, text: str, model: str, selection: Selection) -> tuple[dict[str, Any], str, Any]:
        """The viewer's value, the status beside the sentence, and the model's facts."""
        found, sentence = attempt(self._read, text, model)
        if found is None:
            return failed(sentence), draw_status(None), gr.skip()
        reading, facts = found
        return self._payload(reading, selection), draw_status(reading), draw_facts(facts)

    def remember(self, picked: gr.EventData) -> Selection:
        """Keeps what the visitor opened, so that the next picture of a long text comes with that head in full."""
        found = picked._data if isinstance(picked._data, dict) else {}
        word = None if found.get("word") is None else _index(found["word"])
        return Selection(KIND, _index(found.get("layer")), _index(found.get("head")), word)

    def read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One head in full, for texts whose thumbnails are pooled. Asked anew with text and model: nothing is kept."""
        answer, sentence = attempt(self._read_head, asked)
        return {"error": sentence} if answer is None else answer

    def _read(self, text: str, model: str) -> tuple[Reading, ModelFacts]:
        reader = self._library.open(model)
        return reader.read(ReadRequest(text)), reader.facts

    def _read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(asked, dict) or not isinstance(asked.get("source"), dict):
            raise BadInput("Ask for a head with its layer, its head and the text it read.")
        source = asked["source"]
        reading, _ = self._read(source.get("text"), source.get("model"))
        return pack_head(reading.map_of(KIND), _index(asked.get("layer")), _index(asked.get("head")))

    def _payload(self, reading: Reading, selection: Selection) -> dict[str, Any]:
        payload = make_payload(reading, selection, self._side)
        return payload | {"source": {"text": reading.request.text, "model": reading.model}}


def build_encoder_tab(library: Library, settings: Settings, shared: Shared) -> None:
    """Lays out the tab and connects it to the shared sentence."""
    handlers = EncoderHandlers(library, settings)
    names = [entry.name for entry in library.entries() if entry.family == "encoder"]
    with gr.Row(elem_classes="model-bar"):
        model = gr.Dropdown(
            names, value=names[0] if names else None, label="Model", elem_id="encoder-model",
            allow_custom_value=not settings.public, container=False, scale=0, min_width=200, interactive=True,
        )
        facts = gr.HTML("", elem_id="encoder-facts", padding=False)
    viewer = attention_view("Opening the model and reading the sentence …", handlers.read_head, "encoder-viewer")
    selection = gr.State(Selection(KIND))
    # One listener for all triggers: several listeners on one trigger would run one after another. And .change, not
    # .input: the latter misses paste, Backspace and undo.
    gr.on(
        [shared.page.load, shared.sentence.change, model.change],
        handlers.show,
        inputs=[shared.sentence, model, selection],
        outputs=[viewer, shared.status, facts],
        trigger_mode="always_last", show_progress="hidden", api_visibility="private",
        concurrency_id="models", concurrency_limit=settings.limits.readings_at_once,
    )
    viewer.pick(
        handlers.remember, inputs=None, outputs=selection,
        trigger_mode="always_last", show_progress="hidden", api_visibility="private", queue=False,
    )


def _index(value: Any) -> int:
    """A whole number from 0 on, whatever the browser sent."""
    return value if type(value) is int and value >= 0 else 0
