"""Our own component for attention: constant files from assets/viewer on a gr.HTML, data through its value alone.

Must not know models or readings. A visitor's text is only ever data here: the template is constant, because Gradio
would execute text placed into it (`{{value}}` as well as `${value}`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from playground.settings import ASSETS

VIEWER = ASSETS / "viewer"
TEMPLATE = '<div class="viewer"></div>'


def attention_view(first: dict[str, Any], fetch_head: Callable[[dict], dict], elem_id: str) -> gr.HTML:
    """A viewer that starts with the value `first`; `fetch_head` answers when it asks for one head in full.

    A function and not a subclass: Gradio writes a .pyi file beside the source of every subclass of a component.
    """

    def read_head(asked: dict) -> dict:  # called from the browser by this name
        return fetch_head(asked)

    return gr.HTML(
        value=first,
        html_template=TEMPLATE,
        css_template=(VIEWER / "viewer.css").read_text(encoding="utf-8"),
        js_on_load=viewer_script(VIEWER),
        server_functions=[read_head],
        apply_default_css=False,
        container=False,
        padding=False,
        elem_id=elem_id,
    )


def copy_link_script(tab: str) -> str:
    """A handler in the browser that puts a link to exactly this view of `tab` in the address bar and the clipboard."""
    script = (ASSETS / "copy_link.js").read_text(encoding="utf-8")
    return f"(text, second, model) => (\n{script})('{tab}', text, second, model)"


def viewer_script(folder: Path) -> str:
    """The viewer's files in the order of their numbers, as the one function body that Gradio runs at mounting."""
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.js")))


def waiting(sentence: str) -> dict[str, Any]:
    """A value that says `sentence` where there is no picture yet."""
    return {"state": "waiting", "message": sentence, "id": "waiting"}


def failed(sentence: str) -> dict[str, Any]:
    """A value that shows one sentence above the last good picture, which stays."""
    return {"state": "error", "message": sentence, "id": f"error {sentence}"}
