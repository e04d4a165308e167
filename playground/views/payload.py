"""Makes the viewer's payload: every head as a thumbnail and the opened head in full, ready for JSON.

Must not know which model answered nor which page shows it. Layers and heads count from 0 here, from 1 on the screen.
"""

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from playground.contracts.attention import AttentionMap, Kind
from playground.contracts.reading import Guesses, Reading
from playground.contracts.tokens import Token
from playground.contracts.words import Word
from playground.errors import BadInput
from playground.views.characters import measure_characters
from playground.views.packing import coarsen, pack, pool, quantise
from playground.views.summaries import summaries_of, summarise

SUMMARY_TOKENS = 24  # up to here the summaries come with the payload; of longer texts they are asked for, as heads are
POOLED_STEP = 4  # shades of a pooled thumbnail; its numbers are read off the opened head


@dataclass(frozen=True)
class Selection:
    """What a visitor has open: a map, a layer, a head, and the word whose row is lit (None: none yet)."""

    kind: Kind = "encoder"
    layer: int = 0
    head: int = 0
    word: int | None = None
    view: str = ""  # "matrix", "lines" or "both"; empty: as the viewer likes


def make_payload(reading: Reading, selection: Selection, thumbnail_side: int) -> dict[str, Any]:
    """Everything the viewer needs for its first picture; `id` differs whenever the picture does."""
    opened = reading.map_of(selection.kind)
    selection = _within(opened, selection)
    payload = {
        "model": reading.model,
        "family": reading.family,
        "words": [word.text for word in (*reading.words, *reading.target_words)],
        "own_words": len(reading.words),
        "tokens": [_label(token) for token in reading.tokens],
        "target_tokens": [_label(token) for token in reading.target_tokens],
        "written": [_label(token) for token in reading.written],
        "maps": [_pack_map(found, thumbnail_side, (*reading.words, *reading.target_words)) for found in reading.maps],
        "blanks": list(reading.request.blanks),
        "guesses": [_pack_guesses(found) for found in reading.guesses if found.word in reading.request.blanks],
        "next": _pack_next(reading),
        "selection": asdict(selection),
        "notes": list(reading.notes),
    }
    if max(len(opened.rows), len(opened.cols)) > thumbnail_side:
        payload["opened"] = pack_head(opened, selection.layer, selection.head)
    payload["id"] = hashlib.blake2b(repr(payload).encode(), digest_size=8).hexdigest()
    return payload


def pack_head(found: AttentionMap, layer: int, head: int) -> dict[str, Any]:
    """One head, or one summary of heads, in full, as the viewer asks for it when the thumbnails are pooled."""
    if head < 0 or layer < 0:
        weights = summarise(found, layer, head)  # [query, key]
    elif layer in found.layers and head < found.heads:
        weights = found.weights[found.layers.index(layer), head]
    else:
        raise BadInput(f"There is no head {head + 1} in layer {layer + 1}: choose one of those shown.")
    triangle = _is_triangle(found)
    packed = pack(quantise(weights), triangle)
    return {"kind": found.kind, "layer": layer, "head": head, "triangle": triangle, "data": packed}


def _pack_summaries(found: AttentionMap) -> dict[str, Any]:
    """All summaries in full, [summary, query, key]; of a long text they are asked for one by one, as heads are."""
    names = [list(name) for name in summaries_of(found)]
    if max(len(found.rows), len(found.cols)) > SUMMARY_TOKENS:
        return {"names": names, "data": None}
    weights = np.stack([summarise(found, layer, head) for layer, head in names])
    return {"names": names, "data": pack(quantise(weights), _is_triangle(found))}


def _pack_map(found: AttentionMap, side: int, words: tuple[Word, ...]) -> dict[str, Any]:
    triangle = _is_triangle(found)
    thumbnails = quantise(pool(found.weights, side))  # [layer, head, query, key], at most side × side each
    if thumbnails.shape[2:] != found.weights.shape[2:]:
        thumbnails = coarsen(thumbnails, POOLED_STEP)
    return {
        "kind": found.kind,
        "mask": found.mask,
        "layers": list(found.layers),
        "heads": found.heads,
        "rows": len(found.rows),
        "cols": len(found.cols),
        "characters": [  # [layer][head] of [name, score]
            [[character.name, round(character.score, 2)] for character in layer]
            for layer in measure_characters(found, words)
        ],
        "summaries": _pack_summaries(found),
        "thumbnails": {
            "rows": thumbnails.shape[2],
            "cols": thumbnails.shape[3],
            "triangle": triangle,
            "data": pack(thumbnails, triangle),
        },
    }


def _pack_guesses(found: Guesses) -> dict[str, Any]:
    """The guesses for one hidden token: [word, probability], best first, and how the true one fared."""
    return {
        "row": found.row,
        "word": found.word,
        "best": _pack_best(found),
        "truth": None if found.truth is None else [found.truth.rank, round(found.truth.probability, 4)],
    }


def _pack_next(reading: Reading) -> list[list[Any]]:
    """What a decoder would write after the text; an encoder–decoder has come to its end."""
    last = next((found for found in reading.guesses if found.word is None), None)
    return _pack_best(last) if last and reading.family == "decoder" else []


def _pack_best(found: Guesses) -> list[list[Any]]:
    return [[guess.word, round(guess.probability, 4)] for guess in found.best]


def _is_triangle(found: AttentionMap) -> bool:
    """Whether the half above the diagonal is empty by the mask; pooling keeps it so, as rows and columns pool alike."""
    return found.kind == "decoder" and found.mask != "all" and len(found.rows) == len(found.cols)


def _within(found: AttentionMap, wanted: Selection) -> Selection:
    """The selection as far as this reading has it: a shorter text or smaller model must not lose the picture."""
    words = {token.word for token in found.rows}
    word = wanted.word if wanted.word in words else None
    if (wanted.layer, wanted.head) in summaries_of(found):
        return replace(wanted, word=word)
    layer = wanted.layer if wanted.layer in found.layers else found.layers[0]
    head = wanted.head if 0 <= wanted.head < found.heads else 0
    return replace(wanted, layer=layer, head=head, word=word)


def _label(token: Token) -> list[Any]:
    """What the viewer knows of a token: text, piece, id, word (or null), and 1 if it is special."""
    return [token.text, token.piece, token.id, token.word, int(token.special)]
