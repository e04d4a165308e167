"""The page: its title, the sentence all tabs share, the order of the tabs, and the app's named API.

Must not know torch: what needs a model comes in as a Library.
"""

from typing import Any

import gradio as gr

from playground.contracts.readers import Library
from playground.settings import ASSETS, Settings
from playground.tabs.attention_handlers import AttentionHandlers
from playground.tabs.attention_tab import build_attention_tab
from playground.tabs.named_api import build_named_api
from playground.tabs.sentence import build_sentence
from playground.tabs.tab_specs import SPECS
from playground.tabs.visible_tab import connect_tabs
from playground.views.markup import draw_header

TITLE = "Transformer Playground"
FONTS = ("-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "system-ui", "sans-serif")  # none is fetched


def build_page(library: Library, settings: Settings) -> gr.Blocks:
    """The whole app as a Blocks, not yet served."""
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page:
        with gr.Row(elem_id="header"):
            gr.HTML(draw_header(ASSETS), padding=False)
            dark = gr.Button("☾", elem_id="dark", elem_classes="quiet-button", size="sm", scale=0, min_width=36)
        sentence = build_sentence(page, settings)
        handlers = [AttentionHandlers(spec, library, settings, sentence.examples) for spec in SPECS]
        with gr.Tabs(elem_id="tabs") as bar:
            offered = [each for each in handlers if each.models()] or handlers[:1]
            tabs = tuple(build_attention_tab(each, settings, sentence) for each in offered)
        connect_tabs(bar, tabs, sentence, settings)
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
