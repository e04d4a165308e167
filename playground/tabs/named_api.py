"""What the tabs do, callable by name: plain values in, plain JSON out, under the same limits as the page.

Must not know torch. Gradio checks none of these values for API callers, so every one is checked here.
"""

from typing import Any

import gradio as gr

from playground.contracts.readers import Library
from playground.contracts.reading import ReadRequest
from playground.errors import BadInput
from playground.settings import Settings
from playground.tabs.refusals import refusing
from playground.views.reading_json import reading_to_json


def build_named_api(library: Library, settings: Settings) -> None:
    """Publishes /models and /read_attention; to be called inside the page's Blocks."""

    def models() -> list:
        """The models that can be read with, the shipped ones first."""
        return refusing(_models)(library)

    def read_attention(text: str, model: str, target: str = "", layer: int = -1, exact: bool = False) -> dict:
        """How a model reads a text: its words, its tokens, and who looked at whom (layer -1: all of them)."""
        return refusing(_read_attention)(library, settings, (text, model, target, layer, exact))

    gr.api(models, api_name="models", concurrency_limit=None)
    gr.api(
        read_attention, api_name="read_attention",
        concurrency_id="models", concurrency_limit=settings.limits.readings_at_once,
    )


def _models(library: Library) -> list[dict[str, Any]]:
    return [
        {
            "name": entry.name,
            "family": entry.family,
            "where": entry.where,
            "why": entry.why,
            "revision": entry.revision,
            "megabytes": entry.megabytes,
            "licence": entry.licence,
        }
        for entry in library.entries()
    ]


def _read_attention(library: Library, settings: Settings, given: tuple[Any, ...]) -> dict[str, Any]:
    text, model, target, layer, exact = given
    for name, value in (("text", text), ("model", model), ("target", target)):
        if not isinstance(value, str):
            raise BadInput(f"{name} must be text, not {str(value)[:40]!r}.")
    if not isinstance(exact, bool):
        raise BadInput(f"exact must be true or false, not {str(exact)[:40]!r}.")
    if type(layer) is not int or layer < -1:
        raise BadInput(f"layer must be a whole number from 0 on, or -1 for all, not {str(layer)[:40]!r}.")
    reader = library.open(model)
    layers = () if layer == -1 else (layer,)
    second = {"pair": target} if reader.facts.family == "encoder" else {"target": target}
    request = ReadRequest(text, layers=layers, **second)
    if layer == -1:
        _check_whole(reader.count(request), exact, settings)
    return reading_to_json(reader.read(request), exact)


def _check_whole(tokens: int, exact: bool, settings: Settings) -> None:
    """A whole reading grows with the square of the text: above the limit one layer must be named."""
    most = settings.limits.whole_reading_tokens
    if tokens > most:
        raise BadInput(f"This text has {tokens} tokens; above {most}, name one layer instead of -1.")
    if exact and settings.public:
        raise BadInput("For exact weights on a public server, name one layer instead of -1.")
