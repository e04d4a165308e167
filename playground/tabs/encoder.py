"""The Encoder tab: every token sees every token. It reads the shared sentence while it is typed.

Must not know torch, nor how a picture is drawn; it is handed a Library and hands on payloads.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

import gradio as gr

from playground.contracts.readers import Library, ModelFacts
from playground.contracts.reading import Reading, ReadRequest, without_lone_surrogates
from playground.contracts.words import cut_words
from playground.errors import BadInput
from playground.settings import ASSETS, MODELS, Settings
from playground.tabs.examples import Example, find_example
from playground.tabs.links import read_link
from playground.tabs.refusals import attempt
from playground.tabs.sentence import Sentence
from playground.tabs.viewer import attention_view, copy_link_script, failed, waiting
from playground.views.folding import fold
from playground.views.markup import draw_facts, draw_status, draw_tokens
from playground.views.payload import Selection, make_payload, pack_head

KIND = "encoder"
FIRST_PICTURE = ASSETS / "first_picture.json"  # written by `python app.py --store-first-picture`


@dataclass(frozen=True)
class Asked:
    """What the visitor has set on the page: everything a picture depends on."""

    text: str
    pair: str
    model: str
    selection: Selection
    blanks: tuple[int, ...] = ()


class EncoderHandlers:
    """What happens in the tab, as plain functions of plain values: testable without a page."""

    def __init__(self, library: Library, settings: Settings, examples: tuple[Example, ...]) -> None:
        self._library = library
        self._side = settings.limits.thumbnail_side
        self._examples = examples

    def open_link(self, request: gr.Request) -> tuple[Any, Any, Any, Selection]:
        """The sentences, model and selection a link asks for, or those of the first screen."""
        link = read_link(request.query_params)
        selection = Selection(KIND, link.layer or 0, link.head or 0, link.word, link.view or "")
        example = find_example(self._examples, link.text or self._examples[0].text, link.model or self._first_model())
        if example and link.layer is None and link.head is None:
            selection = replace(_selection_of(example), view=selection.view)
        return link.text or gr.skip(), link.pair or gr.skip(), link.model or gr.skip(), selection

    def show(self, text: str, pair: str, model: str, selection: Selection) -> tuple[dict[str, Any], str, Any, Any]:
        """The viewer's value, the status, the model's facts and the tokens; hidden words are seen again."""
        return self._show(Asked(text, pair or "", model, selection))

    def hide(
        self, picked: gr.EventData, text: str, pair: str, model: str, selection: Selection
    ) -> tuple[dict[str, Any], str, Any, Any]:
        """The same, with the words hidden that the visitor hid: the model guesses them."""
        return self._show(Asked(text, pair or "", model, selection, _indexes(_sent(picked).get("blanks"))))

    def put_in(self, picked: gr.EventData, text: str) -> Any:
        """The sentence with a guess in the place of a word; everything else follows from the changed text."""
        word, guess = _sent(picked).get("word"), _sent(picked).get("text")
        text, words = without_lone_surrogates(text or ""), cut_words(text or "")
        if type(word) is not int or not 0 <= word < len(words) or not isinstance(guess, str):
            return gr.skip()
        return text[: words[word].start] + without_lone_surrogates(guess) + text[words[word].end :]

    def remember(self, picked: gr.EventData) -> Selection:
        """Keeps what the visitor opened, so that the next picture of a long text comes with that head in full."""
        sent = _sent(picked)
        word = None if sent.get("word") is None else _index(sent["word"])
        return Selection(KIND, _whole(sent.get("layer")), _whole(sent.get("head")), word)

    def read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One head in full, for texts whose thumbnails are pooled. Asked anew with text and model: nothing is kept."""
        answer, sentence = attempt(self._read_head, asked)
        return {"error": sentence} if answer is None else answer

    def _show(self, asked: Asked) -> tuple[dict[str, Any], str, Any, Any]:
        found, sentence = attempt(self._read, asked)
        if found is None:
            return failed(sentence), draw_status(None), gr.skip(), gr.skip()
        reading, facts = found
        payload = self._payload(reading, asked.selection)
        return payload, draw_status(reading), draw_facts(facts), draw_tokens(reading)

    def _read(self, asked: Asked) -> tuple[Reading, ModelFacts]:
        reader = self._library.open(asked.model)
        return reader.read(ReadRequest(asked.text, pair=asked.pair, blanks=asked.blanks)), reader.facts

    def _read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        source = asked.get("source") if isinstance(asked, dict) else None
        if not isinstance(source, dict):
            raise BadInput("Ask for a head with its layer, its head and the text it read.")
        blanks = _indexes(source.get("blanks"))
        request = Asked(source.get("text"), source.get("pair", ""), source.get("model"), Selection(), blanks)
        reading, _ = self._read(request)
        return pack_head(reading.map_of(KIND), _whole(asked.get("layer")), _whole(asked.get("head")))

    def _payload(self, reading: Reading, selection: Selection) -> dict[str, Any]:
        request = reading.request
        example = find_example(self._examples, request.text, reading.model)
        if example and not request.blanks and not request.pair:
            extra = {"look_for": _measured_line(example, reading), "look_at": asdict(_selection_of(example))}
        else:
            extra = {"look_for": "", "look_at": None}
        source = {"text": request.text, "pair": request.pair, "model": reading.model, "blanks": list(request.blanks)}
        return make_payload(reading, selection, self._side) | extra | {"source": source}

    def draw_first_picture(self) -> dict[str, Any]:
        """The first example as the first model reads it, to be stored: it is on the screen before a model is open."""
        first = self._examples[0]
        reading, _ = self._read(Asked(first.text, "", self._first_model(), Selection()))
        return self._payload(reading, _selection_of(first))

    def _first_model(self) -> str:
        return next((entry.name for entry in self._library.entries() if entry.family == KIND), "")


def read_first_picture(example: Example, models: list[str]) -> dict[str, Any]:
    """The stored picture where it is of this example and the model that opens first; else a sentence to wait by."""
    stored = json.loads(FIRST_PICTURE.read_text(encoding="utf-8")) if FIRST_PICTURE.is_file() else {"source": {}}
    if stored["source"].get("text") == example.text and stored["source"].get("model") in models[:1]:
        return stored
    return waiting("Opening the model and reading the sentence …")


def _measured_line(example: Example, reading: Reading) -> str:
    """The example's line with the share it speaks of, as this reading has it."""
    folded = fold(reading.map_of(KIND))
    share = folded.weights[example.layer, example.head, example.word, example.looks_at]
    return example.look_for.replace("{share}", f"{share:.0%}".replace("%", "\u00a0%"))


def _selection_of(example: Example) -> Selection:
    return Selection(KIND, example.layer, example.head, example.word)


def _sent(picked: gr.EventData) -> dict[str, Any]:
    """What the browser sent with an event, whatever it was."""
    return picked._data if isinstance(picked._data, dict) else {}


def _indexes(sent: Any) -> tuple[int, ...]:
    return tuple(sorted({_index(value) for value in sent[:1000]})) if isinstance(sent, list) else ()


def _index(value: Any) -> int:
    """A whole number from 0 on, whatever the browser sent."""
    return value if type(value) is int and value >= 0 else 0


def _whole(value: Any) -> int:
    return value if type(value) is int else 0


def build_encoder_tab(library: Library, settings: Settings, sentence: Sentence) -> None:
    """Lays out the tab and connects it to the shared sentence."""
    handlers = EncoderHandlers(library, settings, sentence.examples)
    names = [entry.name for entry in library.entries() if entry.family == KIND]
    with gr.Row(elem_classes="model-bar"):
        model = gr.Dropdown(
            names, value=names[0] if names else None, label="Model", elem_id="encoder-model",
            allow_custom_value=not settings.public, container=False, scale=0, min_width=200, interactive=True,
        )
        facts = gr.HTML("", elem_id="encoder-facts", padding=False)
        link = gr.Button("Copy link", elem_id="encoder-link", elem_classes="quiet-button", size="sm", scale=0)
    stored = read_first_picture(sentence.examples[0], names if settings.models == MODELS else [])
    viewer = attention_view(stored, handlers.read_head, "encoder-viewer")
    with gr.Accordion("A second sentence", open=False, elem_id="encoder-options"):
        pair = gr.Textbox(
            label="Read after the first one, as BERT was trained to read pairs", elem_id="encoder-pair", lines=1,
            max_lines=3, max_length=settings.limits.text_characters, placeholder="It was not afraid.",
        )
    with gr.Accordion("From text to tokens", open=False, elem_id="encoder-tokens"):
        tokens = gr.HTML("", padding=False)
    selection = gr.State(Selection(KIND))
    asked = [sentence.box, pair, model, selection]
    picture = [viewer, sentence.status, facts, tokens]
    quietly = {"show_progress": "hidden", "api_visibility": "private"}
    reading = {"concurrency_id": "models", "concurrency_limit": settings.limits.readings_at_once}
    linked = [sentence.box, pair, model, selection]
    opened = sentence.page.load(handlers.open_link, None, linked, queue=False, **quietly)
    # One listener for all triggers: several listeners on one trigger would run one after another. And .change, not
    # .input: the latter misses paste, Backspace and undo.
    gr.on(
        [sentence.box.change, pair.change, model.change],
        handlers.show, asked, picture, trigger_mode="always_last", **quietly, **reading,
    )
    opened.then(handlers.show, asked, picture, **quietly, **reading)
    viewer.hide(handlers.hide, asked, picture, trigger_mode="always_last", **quietly, **reading)
    viewer.put(handlers.put_in, sentence.box, sentence.box, queue=False, **quietly)
    viewer.pick(handlers.remember, None, selection, trigger_mode="always_last", queue=False, **quietly)
    link.click(None, [sentence.box, pair, model], js=copy_link_script("encoder"), **quietly)
