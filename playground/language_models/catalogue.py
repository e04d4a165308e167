"""The models offered by name, and the one grammar of model names: a catalogue name, or a folder in local mode.

Must not open anything: it turns a name into a folder or into one sentence saying why not.
"""

import re
from pathlib import Path

from playground.contracts.readers import CatalogueEntry
from playground.errors import NoSuchModel
from playground.settings import Settings

SHIPPED: tuple[CatalogueEntry, ...] = (
    CatalogueEntry("tiny-bert", "encoder", "shipped", "Reads both ways and guesses hidden words."),
    CatalogueEntry("tiny-gpt", "decoder", "shipped", "Reads from left to right and writes on."),
    CatalogueEntry("tiny-t5", "encoder-decoder", "shipped", "Reads a text, writes another: English to French."),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


def entries(settings: Settings) -> tuple[CatalogueEntry, ...]:
    """What can be chosen here: the shipped models whose folder is there, in the order of the table."""
    return tuple(entry for entry in SHIPPED if (settings.models / entry.name / "config.json").is_file())


def find_folder(name: str, settings: Settings) -> Path:
    """The folder a model name leads to."""
    if not isinstance(name, str) or not name.strip():
        raise NoSuchModel(f"No model was named; choose one of {_offered(settings)}.")
    if name in [entry.name for entry in entries(settings)]:
        return settings.models / name
    folder = _local_folder(name) if not settings.public or name in settings.allowed else None
    if folder is None:
        shown = name if _NAME.fullmatch(name) else "of that name"
        raise NoSuchModel(f"There is no model {shown}; choose one of {_offered(settings)}.")
    return folder


def _local_folder(name: str) -> Path | None:
    """A folder of the person's own machine; a bare word is never one, so that a typing mistake stays a mistake."""
    if "/" not in name and "\\" not in name or "\0" in name:
        return None
    folder = Path(name).expanduser()
    try:
        return folder if (folder / "config.json").is_file() else None
    except OSError:  # a name longer than the file system takes
        return None


def _offered(settings: Settings) -> str:
    names = ", ".join(entry.name for entry in entries(settings)) or "those in models/"
    return names if settings.public else f"{names}, or give the path of a folder with a checkpoint"
