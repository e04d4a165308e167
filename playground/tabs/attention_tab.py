"""Lays out one tab of attention: its model, its second text, the viewer, and what hangs on them.

Must not know torch, nor what the handlers do with what they are given.
"""

import json
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.settings import ASSETS, MODELS, Settings
from playground.tabs.attention_handlers import AttentionHandlers
from playground.tabs.examples import Example
from playground.tabs.sentence import Sentence
from playground.tabs.tab_specs import KIND_TITLES, TabSpec
from playground.tabs.viewer import attention_view, copy_link_script, waiting
from playground.views.payload import Selection

FIRST_PICTURE = ASSETS / "first_picture.json"  # written by `python app.py --store-first-picture`
QUIETLY = (("show_progress", "hidden"), ("api_visibility", "private"))


@dataclass(frozen=True)
class AttentionTab:
    """What the page needs of a tab: where it stands, what it is made from, and what a new picture fills."""

    handlers: AttentionHandlers
    tab: gr.Tab
    settings: tuple[Any, ...]  # second text, task, model, selection: what a picture depends on beside the sentence
    picture: tuple[Any, ...]  # viewer, status, facts, tokens


def build_attention_tab(handlers: AttentionHandlers, settings: Settings, sentence: Sentence) -> AttentionTab:
    """One tab, connected within itself; the sentence above it is connected by the page."""
    spec, names = handlers.spec, handlers.models()
    with gr.Tab(spec.title, id=spec.id, elem_id=f"tab-{spec.id}") as tab:
        with gr.Row(elem_classes="model-bar"):
            model = gr.Dropdown(
                names, value=next(iter(names), None), label="Model", elem_id=f"{spec.id}-model", interactive=True,
                allow_custom_value=not settings.public, container=False, scale=0, min_width=200,
            )
            task, kind = _build_choices(spec)
            facts = gr.HTML("", elem_id=f"{spec.id}-facts", elem_classes="model-facts", padding=False)
            link = gr.Button("Copy link", elem_id=f"{spec.id}-link", elem_classes="quiet-button", size="sm", scale=0)
        stored = read_first_picture(sentence.examples[0], names if settings.models == MODELS else [])
        viewer = attention_view(stored, handlers.read_head, f"{spec.id}-viewer")
        second = _build_second(spec, settings)
        with gr.Accordion("From text to tokens", open=False, elem_classes="fold"):
            tokens = gr.HTML("", padding=False)
        selection = gr.State(Selection(spec.kinds[0]))
    made = AttentionTab(
        handlers, tab, (second, task, model, selection), (viewer, sentence.status, facts, tokens)
    )
    _connect(made, sentence, settings)
    if len(spec.kinds) > 1:
        kind.change(lambda chosen: Selection(chosen), kind, selection, queue=False, **dict(QUIETLY)).then(
            handlers.show, [sentence.box, *made.settings], list(made.picture), **reading_limits(settings)
        )
    link.click(None, [sentence.box, second, model], js=copy_link_script(spec.id), **dict(QUIETLY))
    return made


def reading_limits(settings: Settings) -> dict[str, Any]:
    """What every handler that runs a model is given: all together may run so many at once."""
    return {
        "concurrency_id": "models", "concurrency_limit": settings.limits.readings_at_once,
        "show_progress": "hidden", "api_visibility": "private",
    }


def _connect(made: AttentionTab, sentence: Sentence, settings: Settings) -> None:
    second, task, model, selection = made.settings
    viewer, asked, picture = made.picture[0], [sentence.box, *made.settings], list(made.picture)
    changes = [part.change for part in (second, task, model) if not isinstance(part, gr.State)]
    reading = reading_limits(settings) | {"trigger_mode": "always_last"}
    gr.on(changes, made.handlers.show, asked, picture, **reading)
    viewer.hide(made.handlers.hide, asked, picture, **reading)
    viewer.put(made.handlers.put_in, sentence.box, sentence.box, queue=False, **dict(QUIETLY))
    viewer.pick(
        made.handlers.remember, None, selection, trigger_mode="always_last", queue=False, **dict(QUIETLY)
    )


def _build_choices(spec: TabSpec) -> tuple[Any, Any]:
    """The task and the kind of map, where the tab has more than one of them."""
    if not spec.tasks:
        return gr.State(""), gr.State(spec.kinds[0])
    task = gr.Dropdown(
        list(spec.tasks), value=spec.tasks[0][1], label="Task", elem_id=f"{spec.id}-task", container=False, scale=0,
        min_width=180, interactive=True, filterable=False,
    )
    kind = gr.Dropdown(
        [(words, kind) for kind, words in KIND_TITLES], value=spec.kinds[0], label="Which attention",
        elem_id=f"{spec.id}-kind", container=False, scale=0, min_width=280, interactive=True, filterable=False,
    )
    return task, kind


def _build_second(spec: TabSpec, settings: Settings) -> Any:
    """The second text, folded away; a tab that takes none has an empty one."""
    if not spec.second:
        return gr.State("")
    with gr.Accordion(spec.second.partition(",")[0].partition(" (")[0], open=False, elem_classes="fold"):
        return gr.Textbox(
            label=spec.second, elem_id=f"{spec.id}-second", lines=1, max_lines=3, placeholder=spec.second_hint,
            max_length=settings.limits.text_characters,
        )


def read_first_picture(example: Example, models: list[str]) -> dict[str, Any]:
    """The stored picture where it is of this example and the model that opens first; else a sentence to wait by."""
    stored = json.loads(FIRST_PICTURE.read_text(encoding="utf-8")) if FIRST_PICTURE.is_file() else {"source": {}}
    if stored["source"].get("text") == example.text and stored["source"].get("model") in models[:1]:
        return stored
    return waiting("Opening the model and reading the sentence …")
