"""Reads the state of the page from a link: `?tab=encoder&model=tiny-bert&text=…&layer=3&head=2&word=4&view=lines`.

Must not know models: what a link names may not exist, and whoever opens it says so. People count from 1, code from 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass

VIEWS = ("matrix", "lines", "both")


@dataclass(frozen=True)
class Link:
    """What a link asks for; None where it asks for nothing."""

    tab: str | None = None
    text: str | None = None
    second: str | None = None
    kind: str | None = None
    model: str | None = None
    layer: int | None = None
    head: int | None = None
    word: int | None = None
    view: str | None = None


def read_link(query: Mapping[str, str]) -> Link:
    """The parts that can be understood; a link with a wrong part still opens with the others."""
    view = query.get("view")
    return Link(
        tab=query.get("tab"),
        text=query.get("text"),
        second=query.get("second"),
        kind=query.get("kind"),
        model=query.get("model") or None,
        layer=_from_one(query.get("layer")),
        head=_from_one(query.get("head")),
        word=_from_one(query.get("word")),
        view=view if view in VIEWS else None,
    )


def _from_one(written: str | None) -> int | None:
    if not written or not written.isascii() or not written.isdecimal() or len(written) > 6 or int(written) < 1:
        return None
    return int(written) - 1
