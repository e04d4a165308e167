"""Makes the viewer's payload: every head as a thumbnail and the opened head in full, ready for JSON.

Must not know which model answered nor which page shows it. Layers and heads count from 0 here, from 1 on the screen.
"""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from playground.contracts.attention import AttentionMap, Kind
from playground.contracts.reading import Reading
from playground.contracts.tokens import Token
from playground.errors import BadInput
from playground.views.packing import pack, pool, quantise


@dataclass(frozen=True)
class Selection:
    """What a visitor has open: a map, a layer, a head, and the word whose row is lit (None: none yet)."""

    kind: Kind = "encoder"
    layer: int = 0
    head: int = 0
    word: int | None = None


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
        "maps": [_pack_map(found, thumbnail_side) for found in reading.maps],
        "selection": asdict(selection),
        "notes": list(reading.notes),
    }
    if max(len(opened.rows), len(opened.cols)) > thumbnail_side:
        payload["opened"] = pack_head(opened, selection.layer, selection.head)
    payload["id"] = hashlib.blake2b(repr(payload).encode(), digest_size=8).hexdigest()
    return payload


def pack_head(found: AttentionMap, layer: int, head: int) -> dict[str, Any]:
    """One head in full, as the viewer asks for it when the thumbnails are pooled."""
    if layer not in found.layers or not 0 <= head < found.heads:
        raise BadInput(f"There is no head {head + 1} in layer {layer + 1}: choose one of those shown.")
    triangle = _is_triangle(found)
    values = quantise(found.weights[found.layers.index(layer), head])  # [query, key]
    return {"kind": found.kind, "layer": layer, "head": head, "triangle": triangle, "data": pack(values, triangle)}


def _pack_map(found: AttentionMap, side: int) -> dict[str, Any]:
    triangle = _is_triangle(found)
    thumbnails = quantise(pool(found.weights, side))  # [layer, head, query, key], at most side × side each
    return {
        "kind": found.kind,
        "mask": found.mask,
        "layers": list(found.layers),
        "heads": found.heads,
        "rows": len(found.rows),
        "cols": len(found.cols),
        "thumbnails": {
            "rows": thumbnails.shape[2],
            "cols": thumbnails.shape[3],
            "triangle": triangle,
            "data": pack(thumbnails, triangle),
        },
    }


def _is_triangle(found: AttentionMap) -> bool:
    """Whether the half above the diagonal is empty by the mask; pooling keeps it so, as rows and columns pool alike."""
    return found.kind == "decoder" and found.mask != "all" and len(found.rows) == len(found.cols)


def _within(found: AttentionMap, wanted: Selection) -> Selection:
    """The selection as far as this reading has it: a shorter text or smaller model must not lose the picture."""
    layer = wanted.layer if wanted.layer in found.layers else found.layers[0]
    head = wanted.head if 0 <= wanted.head < found.heads else 0
    words = {token.word for token in found.rows}
    return Selection(found.kind, layer, head, wanted.word if wanted.word in words else None)


def _label(token: Token) -> list[Any]:
    """What the viewer knows of a token: text, piece, id, word (or null), and 1 if it is special."""
    return [token.text, token.piece, token.id, token.word, int(token.special)]
