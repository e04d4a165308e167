"""Writes a reading as the plain JSON of the named API, so that a client needs three lines of numpy.

Must not know who asks. The layout is fixed in docs/design.md, section 7.
"""

import base64
from dataclasses import asdict
from typing import Any

from playground.contracts.attention import AttentionMap
from playground.contracts.reading import Reading
from playground.views.packing import quantise


def reading_to_json(reading: Reading, exact: bool) -> dict[str, Any]:
    """The whole reading; weights as square-root uint8 (error 0.004 at most), or as float32 when exact."""
    return {
        "model": reading.model,
        "family": reading.family,
        "words": [asdict(word) for word in reading.words],
        "target_words": [asdict(word) for word in reading.target_words],
        "tokens": [asdict(token) for token in reading.tokens],
        "target_tokens": [asdict(token) for token in reading.target_tokens],
        "written": [asdict(token) for token in reading.written],
        "maps": [_map_to_json(found, exact) for found in reading.maps],
        "notes": list(reading.notes),
    }


def _map_to_json(found: AttentionMap, exact: bool) -> dict[str, Any]:
    values = found.weights.astype("<f4") if exact else quantise(found.weights)  # [layer, head, query, key]
    return {
        "kind": found.kind,
        "mask": found.mask,
        "layers": len(found.layers),
        "layer_numbers": list(found.layers),
        "heads": found.heads,
        "rows": len(found.rows),
        "cols": len(found.cols),
        "encoding": "f32" if exact else "u8-sqrt",
        "data": base64.b64encode(values.tobytes()).decode("ascii"),
    }
