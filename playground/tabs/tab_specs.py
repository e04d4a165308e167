"""The three kinds of attention as tabs: what each is called, which family it opens, and what can be set in it.

Must not know Gradio: names and words only.
"""

from dataclasses import dataclass

from playground.contracts.attention import Kind
from playground.contracts.reading import Family


@dataclass(frozen=True)
class TabSpec:
    """One tab. `kinds` are the maps it can show, the first one first; `second` asks for a second text."""

    id: str
    title: str
    family: Family
    kinds: tuple[Kind, ...]
    second: str = ""
    second_hint: str = ""
    tasks: tuple[tuple[str, str], ...] = ()  # what people call a task, and the words that tell the model


TASKS = (
    ("English to French", "translate English to French: "),
    ("French to English", "translate French to English: "),
    ("as typed", ""),
)
SPECS = (
    TabSpec(
        "encoder", "Encoder", "encoder", ("encoder",),
        "A second sentence, read after the first one as BERT was trained to read pairs", "It was not afraid.",
    ),
    TabSpec("decoder", "Decoder", "decoder", ("decoder",)),
    TabSpec(
        "cross", "Cross-attention", "encoder-decoder", ("cross", "encoder", "decoder"),
        "What it shall write (empty: it writes by itself)", "Tu aimes ce cours.", TASKS,
    ),
)
KIND_TITLES = (
    ("cross", "what it writes looks at what it reads"),
    ("encoder", "what it reads looks at itself"),
    ("decoder", "what it writes looks back"),
)
