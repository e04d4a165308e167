"""What happens in a tab of attention, as plain functions of plain values: testable without a page.

Must not know torch, nor how a picture is drawn; it is handed a Library and hands on payloads.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import gradio as gr

from playground.contracts.readers import Library, ModelFacts
from playground.contracts.reading import Reading, ReadRequest, without_lone_surrogates
from playground.contracts.words import cut_words
from playground.errors import BadInput
from playground.settings import Settings
from playground.tabs.examples import Example, find_example
from playground.tabs.links import Link
from playground.tabs.refusals import attempt
from playground.tabs.tab_specs import TabSpec
from playground.tabs.viewer import failed
from playground.views.folding import fold
from playground.views.markup import draw_facts, draw_status, draw_tokens
from playground.views.payload import Selection, make_payload, pack_head


@dataclass(frozen=True)
class Asked:
    """What the visitor has set on the page: everything a picture depends on."""

    text: Any
    second: Any = ""
    task: str = ""
    model: Any = ""
    selection: Selection = Selection()
    blanks: tuple[int, ...] = ()

    def request(self, spec: TabSpec) -> ReadRequest:
        """The question to the model: the task's words stand before the text, as the model was taught."""
        text = self.task + self.text if self.task and isinstance(self.text, str) else self.text
        second = {"pair" if spec.family == "encoder" else "target": self.second or ""}
        return ReadRequest(text, blanks=self.blanks, **second)


class AttentionHandlers:
    """The handlers of one tab; they keep nothing of a visitor."""

    def __init__(self, spec: TabSpec, library: Library, settings: Settings, examples: tuple[Example, ...]) -> None:
        self.spec = spec
        self._library = library
        self._side = settings.limits.thumbnail_side
        self._examples = examples

    def models(self) -> list[str]:
        """The models this tab offers."""
        return [entry.name for entry in self._library.entries() if entry.family == self.spec.family]

    def open_link(self, link: Link) -> Selection:
        """What a link opens in this tab, or where the first example's pattern is to be seen."""
        kind = link.kind if link.kind in self.spec.kinds else self.spec.kinds[0]
        selection = Selection(kind, link.layer or 0, link.head or 0, link.word, link.view or "")
        text, model = link.text or self._examples[0].text, link.model or next(iter(self.models()), "")
        example = find_example(self._examples, text, model)
        if example and link.layer is None and link.head is None:
            selection = replace(self._selection_of(example), view=selection.view)
        return selection

    def show(self, *asked: Any) -> tuple[dict[str, Any], str, Any, Any]:
        """The viewer's value, the status, the model's facts and the tokens; hidden words are seen again."""
        return self._show(Asked(*asked))

    def hide(self, picked: gr.EventData, *asked: Any) -> tuple[dict[str, Any], str, Any, Any]:
        """The same, with the words hidden that the visitor hid: the model guesses them."""
        return self._show(Asked(*asked, _indexes(_sent(picked).get("blanks"))))

    def put_in(self, picked: gr.EventData, text: str) -> Any:
        """The sentence with a guess in the place of a word; everything else follows from the changed text."""
        word, guess = _sent(picked).get("word"), _sent(picked).get("text")
        text = without_lone_surrogates(text or "")
        words = cut_words(text)
        if type(word) is not int or not 0 <= word < len(words) or not isinstance(guess, str):
            return gr.skip()
        return text[: words[word].start] + without_lone_surrogates(guess) + text[words[word].end :]

    def remember(self, picked: gr.EventData) -> Selection:
        """Keeps what the visitor opened, so that the next picture of a long text comes with that head in full."""
        sent = _sent(picked)
        kind = sent.get("kind") if sent.get("kind") in self.spec.kinds else self.spec.kinds[0]
        word = None if sent.get("word") is None else _index(sent["word"])
        return Selection(kind, _whole(sent.get("layer")), _whole(sent.get("head")), word)

    def read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One head in full, for texts whose thumbnails are pooled. Asked anew with text and model: nothing is kept."""
        answer, sentence = attempt(self._read_head, asked)
        return {"error": sentence} if answer is None else answer

    def draw_first_picture(self) -> dict[str, Any]:
        """The first example as the first model reads it, to be stored: it is on the screen before a model is open."""
        first = self._examples[0]
        reading, _ = self._read(asked := Asked(first.text, model=self.models()[0]))
        return self._payload(reading, replace(asked, selection=self._selection_of(first)))

    def _show(self, asked: Asked) -> tuple[dict[str, Any], str, Any, Any]:
        found, sentence = attempt(self._read, asked)
        if found is None:
            return failed(sentence), draw_status(None), gr.skip(), gr.skip()
        reading, facts = found
        return self._payload(reading, asked), draw_status(reading), draw_facts(facts), draw_tokens(reading)

    def _read(self, asked: Asked) -> tuple[Reading, ModelFacts]:
        reader = self._library.open(asked.model)
        if reader.facts.family != self.spec.family:
            raise BadInput(f"{reader.facts.name} is of another family than this tab shows; open it in its own tab.")
        return reader.read(asked.request(self.spec)), reader.facts

    def _read_head(self, asked: dict[str, Any]) -> dict[str, Any]:
        source = asked.get("source") if isinstance(asked, dict) else None
        if not isinstance(source, dict) or asked.get("kind") not in self.spec.kinds:
            raise BadInput("Ask for a head with its kind, its layer, its head and the text it read.")
        given = {name: source.get(name, "") for name in ("text", "second", "model")}
        reading, _ = self._read(Asked(**given, blanks=_indexes(source.get("blanks"))))
        return pack_head(reading.map_of(asked["kind"]), _whole(asked.get("layer")), _whole(asked.get("head")))

    def _payload(self, reading: Reading, asked: Asked) -> dict[str, Any]:
        request = reading.request
        example = find_example(self._examples, request.text, reading.model)
        line = {"look_for": "", "look_at": None}
        if example and not request.blanks and not asked.second and self._holds(reading, example):
            line = {"look_for": self._measured_line(example, reading), "look_at": asdict(self._selection_of(example))}
        source = {"text": request.text, "second": asked.second or "", "model": asked.model}
        return make_payload(reading, asked.selection, self._side) | line | {
            "source": source | {"blanks": list(request.blanks)}
        }

    def _measured_line(self, example: Example, reading: Reading) -> str:
        """The example's line with the share it speaks of, as this reading has it."""
        weights = fold(reading.map_of(self.spec.kinds[0])).weights
        share = weights[example.layer, example.head, example.word, example.looks_at]
        return example.look_for.replace("{share}", f"{share:.0%}".replace("%", "\u00a0%"))

    def _holds(self, reading: Reading, example: Example) -> bool:
        """Whether the model has the head an example names: a folder of another size may bear a shipped model's name."""
        found = reading.map_of(self.spec.kinds[0])
        return example.layer < len(found.layers) and example.head < found.heads

    def _selection_of(self, example: Example) -> Selection:
        return Selection(self.spec.kinds[0], example.layer, example.head, example.word)


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
