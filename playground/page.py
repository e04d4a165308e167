"""The page: its title, the sentence all tabs share, the order of the tabs, and the app's named API.

Must not know torch: what needs a model comes in as a Library.
"""

import json
from typing import Any

import gradio as gr

from playground.contracts.readers import Library
from playground.settings import ASSETS, Settings
from playground.tabs.encoder import Shared, build_encoder_tab
from playground.tabs.named_api import build_named_api
from playground.views.markup import draw_header, draw_loading

TITLE = "Transformer Playground"
FONTS = ("-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "system-ui", "sans-serif")  # none is fetched


def build_page(library: Library, settings: Settings) -> gr.Blocks:
    """The whole app as a Blocks, not yet served."""
    examples = read_examples()
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        with gr.Row(elem_id="header"):
            gr.HTML(draw_header(ASSETS), padding=False)
            dark = gr.Button("☾", elem_id="dark", size="sm", scale=0, min_width=36)
        with gr.Row(elem_id="sentence-box"):
            sentence = gr.Textbox(
                examples[0], label="Your sentence", elem_id="sentence", max_length=settings.limits.text_characters,
                lines=1, max_lines=4, scale=1, interactive=True, placeholder="Type a sentence",
                html_attributes=gr.InputHTMLAttributes(spellcheck=False),
            )
            status = gr.HTML(draw_loading(), elem_id="status", padding=False)
            example = gr.Dropdown(
                [("Examples", ""), *examples], value="", label="Examples", elem_id="examples", container=False, scale=0,
                min_width=130, filterable=False,
            )
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Encoder", id="encoder", elem_id="tab-encoder"):
                build_encoder_tab(library, settings, Shared(page, sentence, status))
        example.input(
            take_example, example, [sentence, example],
            api_visibility="private", queue=False, show_progress="hidden",
        )
        dark.click(None, js="() => { document.body.classList.toggle('dark') }", api_visibility="private")
        build_named_api(library, settings)
    page.queue(max_size=settings.limits.queue_length)
    return page


def launch_options(settings: Settings) -> dict[str, Any]:
    """How the page is served: our look, and off what Gradio has on by default and a visitor did not ask for."""
    return {
        "theme": gr.themes.Base(
            primary_hue="blue", neutral_hue="gray", font=list(FONTS), font_mono=["monospace"],
        ),
        "css_paths": [ASSETS / "page.css"],
        "footer_links": [],
        "run_history": False,  # on by default: it would keep every text in the browser's storage
        "enable_monitoring": False,  # on by default: anybody could read who called what
        "ssr_mode": False,  # starts a node process that outlives this one
        "state_session_capacity": settings.limits.sessions,
        "app_kwargs": {"max_body_size": settings.limits.request_bytes},
        "max_file_size": settings.limits.request_bytes,
        "quiet": True,
    }


def take_example(chosen: str) -> tuple[Any, str]:
    """The chosen example becomes the sentence, and the chooser says "Examples" again."""
    return chosen or gr.skip(), ""


def read_examples() -> list[str]:
    """The example sentences, the first of which stands on the first screen."""
    return [entry["text"] for entry in json.loads((ASSETS / "examples.json").read_text(encoding="utf-8"))]
