"""The sentence above the tabs, shared by all of them: type once, look everywhere.

Must not know what the tabs do with it.
"""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.settings import Settings
from playground.tabs.examples import Example, read_examples
from playground.views.markup import draw_loading


@dataclass(frozen=True)
class Sentence:
    """What all tabs look at together: the page, the sentence, what it says of itself, and the examples for it."""

    page: gr.Blocks
    box: gr.Textbox
    status: gr.HTML
    examples: tuple[Example, ...]


def build_sentence(page: gr.Blocks, settings: Settings) -> Sentence:
    """Lays out the sentence box with its status and the examples beside it."""
    examples = read_examples()
    with gr.Row(elem_id="sentence-box"):
        box = gr.Textbox(
            examples[0].text, label="Your sentence", elem_id="sentence", max_length=settings.limits.text_characters,
            lines=1, max_lines=4, scale=1, interactive=True, placeholder="Type a sentence",
            html_attributes=gr.InputHTMLAttributes(spellcheck=False),
        )
        status = gr.HTML(draw_loading(), elem_id="status", padding=False)
        chooser = gr.Dropdown(
            [("Examples", ""), *(example.text for example in examples)], value="", label="Examples",
            elem_id="examples", container=False, scale=0, min_width=130, filterable=False,
        )
    chooser.input(
        take_example, chooser, [box, chooser], api_visibility="private", queue=False, show_progress="hidden"
    )
    return Sentence(page, box, status, examples)


def take_example(chosen: str) -> tuple[Any, str]:
    """The chosen example becomes the sentence, and the chooser says "Examples" again."""
    return chosen or gr.skip(), ""
