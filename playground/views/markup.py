"""The few lines of markup the page shows beside its pictures, and the one place where text is escaped.

Must not know Gradio. Whatever a visitor, a model's card or a file name says goes through `escape_text` before it is
part of markup; the viewer itself never builds markup from text.
"""

import html
from pathlib import Path
from types import MappingProxyType

from playground.contracts.readers import ModelFacts
from playground.contracts.reading import Reading
from playground.contracts.tokens import Token, show_blanks

_FAMILY = MappingProxyType({"encoder": "BERT family", "decoder": "GPT family", "encoder-decoder": "T5 family"})


def escape_text(text: str) -> str:
    """Text made safe to stand in markup, between tags or in a quoted attribute."""
    return html.escape(text, quote=True)


def draw_header(assets: Path) -> str:
    """The name of the app beside its sign: a full square, a triangle and a block, the three kinds of attention."""
    sign = (assets / "sign.svg").read_text(encoding="utf-8")
    return f'<header class="top">{sign}<h1>Transformer Playground</h1></header>'


def draw_facts(facts: ModelFacts) -> str:
    """One line under the tabs: what kind of model is open and how large it is."""
    size = f"{facts.layers} layers × {facts.heads} heads"
    parts = [_FAMILY[facts.family], size, f"{count_for_people(facts.parameters)} parameters", *facts.notes]
    return f'<span class="facts">{escape_text(" · ".join(parts))}</span>'


def draw_status(reading: Reading | None) -> str:
    """What the sentence box says of itself: that it reads while you type, and how long the last reading took."""
    if reading is None:
        return '<span class="status is-waiting">waiting for a text it can read</span>'
    took = max(1, round(reading.timings.total * 1000))
    return f'<span class="status">reads as you type · {took} ms</span>'


def draw_loading() -> str:
    """The same place before the first reading."""
    return '<span class="status is-waiting">opening the model …</span>'


def draw_tokens(reading: Reading) -> str:
    """The stages a text goes through, and each token with its piece and its number; one shade a word."""
    pieces = sum(not token.special for token in reading.tokens)
    words = f"{len(reading.words) + len(reading.target_words)} words"
    marks = f"{len(reading.tokens) - pieces} marks of the model’s own"
    stages = f"your text → {words} → {pieces} pieces and {marks} → a number each → the model → who looks at whom"
    boxes = "".join(_draw_token(token) for token in reading.tokens)
    notes = "".join(f"<p>The text was {escape_text(note)}.</p>" for note in reading.notes)
    return f'<div class="token-list"><p>{stages}</p><ol>{boxes}</ol>{notes}</div>'


def _draw_token(token: Token) -> str:
    shade = "special" if token.special else f"shade-{(token.word or 0) % 2}"
    return f'<li class="{shade}"><span>{escape_text(show_blanks(token.piece))}</span><small>{token.id}</small></li>'


def count_for_people(number: int) -> str:
    """`4 700 000` as `4.7 M`: two figures are what anybody compares."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            scaled = number / size
            return f"{scaled:.1f} {letter}" if scaled < 10 else f"{scaled:.0f} {letter}"
    return str(number)
