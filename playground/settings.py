"""What a person who runs the app can set: paths, limits and the mode, each with an environment override.

Knows the standard library only, so that every room may import it; it must not know what the limits are used for.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ASSETS = ROOT / "assets"
MODELS = ROOT / "models"


@dataclass(frozen=True)
class Limits:
    """How much one visitor may ask for at once. `PLAYGROUND_<NAME>` in the environment overrides each."""

    text_characters: int = 20_000  # a text longer than this is refused, not cut: nobody reads a picture of it
    tokens: int = 512  # what a model reads at most, whatever its context; the rest is cut and said
    generated_tokens: int = 64
    whole_reading_tokens: int = 256  # above this an API call must name one layer
    thumbnail_side: int = 40  # heads are pooled to this many cells a side in the overview
    request_bytes: int = 2_000_000  # the largest request body the server accepts
    kept_megabytes: int = 256  # equal requests are computed once; so much of their answers is remembered per model
    readings_at_once: int = 2  # models run on all cores anyway; more at once only makes everybody wait longer
    queue_length: int = 200
    sessions: int = 100  # Gradio keeps the last value of every component for this many sessions


@dataclass(frozen=True)
class Settings:
    """One frozen answer to "how does this server behave?", made once in app.py and handed down."""

    public: bool = False
    device: str = "auto"  # "auto": a GPU where there is one
    models: Path = MODELS
    allowed: tuple[str, ...] = ()  # folders a public server may open besides the shipped models
    limits: Limits = field(default_factory=Limits)


def on_a_space() -> bool:
    """True on Hugging Face Spaces, which is always public."""
    return bool(os.environ.get("SPACE_ID"))


def read_limits(environment: dict[str, str] | None = None) -> Limits:
    """The limits with their overrides; a value that is no positive whole number stops the start with its name."""
    environment = dict(os.environ) if environment is None else environment
    chosen = {}
    for name, standard in Limits.__dataclass_fields__.items():
        variable = f"PLAYGROUND_{name.upper()}"
        written = environment.get(variable, str(standard.default))
        if not written.isdecimal() or int(written) < 1:
            raise SystemExit(f"{variable} must be a whole number of at least 1, not {written!r}.")
        chosen[name] = int(written)
    return Limits(**chosen)
