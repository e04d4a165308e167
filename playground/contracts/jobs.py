"""A fine-tuning run as data: what was ordered (JobSpec), what happens (JobEvent), how it stands (JobStatus).

Must not know how training works nor where a run is kept. The JSON of a spec is versioned: what the app runs is what
it shows, and a spec taken home runs again.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, Protocol

from playground.contracts.reading import without_lone_surrogates
from playground.errors import BadInput

Task = Literal["classify", "continue", "rewrite"]
State = Literal["queued", "running", "done", "stopped", "failed"]
TASKS = ("classify", "continue", "rewrite")
SPEC_VERSION = 1
_HIGHEST = (("epochs", 1000), ("learning_rate", 1), ("batch_size", 4096), ("minutes", 10_000), ("seed", 2**63 - 1))


@dataclass(frozen=True)
class JobSpec:
    """What to train. Every part may be left out; 0 or "" means "chosen from the data"."""

    task: Task = "classify"
    text: str = ""  # the column that holds the text
    label: str = ""  # the column that holds the label, or the text to write
    model: str = ""
    epochs: float = 0.0
    learning_rate: float = 0.0
    batch_size: int = 0
    from_scratch: bool = False
    seed: int = 0
    minutes: float = 3.0
    probe: str = ""  # a sentence whose prediction and attention are watched while the model learns
    version: int = SPEC_VERSION

    def __post_init__(self) -> None:
        for field_ in fields(self):
            value = getattr(self, field_.name)
            _check_type(field_.name, value, type(field_.default))
            if isinstance(value, str):
                object.__setattr__(self, field_.name, without_lone_surrogates(value))
        if self.task not in TASKS:
            raise BadInput(f"There is no task {self.task!r}: choose one of {', '.join(TASKS)}.")
        if self.version != SPEC_VERSION:
            raise BadInput(f"This job was written for version {self.version}; this app reads version {SPEC_VERSION}.")
        for name, high in _HIGHEST:
            if not 0 <= getattr(self, name) <= high:
                raise BadInput(f"{name} must lie between 0 and {high}, not {getattr(self, name)}.")

    @classmethod
    def from_json(cls, written: str) -> "JobSpec":
        """Reads a spec; a key nobody knows is refused by name, so that a typing mistake is not silently ignored."""
        try:
            found = json.loads(written or "{}")
        except (ValueError, RecursionError) as error:
            raise BadInput("The job is not valid JSON; give an object like {\"task\": \"classify\"}.") from error
        if not isinstance(found, dict):
            raise BadInput("The job must be a JSON object like {\"task\": \"classify\"}.")
        known = [field_.name for field_ in fields(cls)]
        if unknown := [str(key) for key in found if key not in known]:
            raise BadInput(f"The job has the unknown part {unknown[0][:40]!r}; it may have {', '.join(known)}.")
        return cls(**found)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


@dataclass(frozen=True)
class JobEvent:
    """One line of a run's diary: a plain name and plain values, never a sentence for the screen."""

    name: str
    seconds: float
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobStatus:
    """How a run stands. `place` counts those before it in the queue; `progress` is a share of 1."""

    state: State
    place: int = 0
    progress: float = 0.0
    events: tuple[JobEvent, ...] = ()
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""


class FineTuner(Protocol):
    """Runs jobs that outlive the page. Only who holds the secret id can see, stop or fetch a run."""

    def start(self, file: str, spec: JobSpec, visitor: str) -> str:
        """Puts a run in the queue and returns its secret id."""

    def status(self, job: str) -> JobStatus:
        """How the run stands, with all its events so far."""

    def watch(self, job: str) -> Iterator[JobEvent]:
        """The events of a run as they come, until it ends."""

    def stop(self, job: str, keep: bool) -> None:
        """Ends a run early; `keep` keeps the best model so far."""


def _check_type(name: str, value: Any, wanted: type) -> None:
    number = type(value) is int or type(value) is float and math.isfinite(value)
    if not (number if wanted is float else type(value) is wanted):
        says = {str: "text", bool: "true or false", int: "a whole number", float: "a number"}[wanted]
        raise BadInput(f"{name} must be {says}, not {str(value)[:40]!r}.")
