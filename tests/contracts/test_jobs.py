"""A job's order survives being written down, and every part of it that cannot be meant is refused by name.

Must not know how a run works.
"""

import json
from dataclasses import asdict
from typing import Any

import pytest
from contracts.makers import law
from hypothesis import given
from hypothesis import strategies as st

from playground.contracts.jobs import SPEC_VERSION, JobEvent, JobSpec, JobStatus
from playground.errors import BadInput

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12)
SPECS = st.builds(
    JobSpec,
    task=st.sampled_from(["classify", "continue", "rewrite"]),
    text=TEXT,
    label=TEXT,
    model=TEXT,
    epochs=st.floats(0, 1000),
    learning_rate=st.floats(0, 1),
    batch_size=st.integers(0, 4096),
    from_scratch=st.booleans(),
    seed=st.integers(0, 2**31),
    minutes=st.one_of(st.floats(0, 100), st.integers(0, 100)),
    probe=TEXT,
)


@law
@given(SPECS)
def test_a_spec_written_down_and_read_again_is_the_same_spec(spec: JobSpec) -> None:
    assert JobSpec.from_json(spec.to_json()) == spec


def test_every_part_may_be_left_out() -> None:
    assert JobSpec.from_json("{}") == JobSpec.from_json("") == JobSpec()
    assert JobSpec.from_json('{"text": "sentence"}') == JobSpec(text="sentence")


def test_a_written_spec_names_its_version_and_every_part_in_plain_json() -> None:
    written = json.loads(JobSpec(probe="l’été").to_json())
    assert written == asdict(JobSpec(probe="l’été"))
    assert written["version"] == SPEC_VERSION == 1
    assert "l’été" in JobSpec(probe="l’été").to_json()


@pytest.mark.parametrize(
    "good",
    [
        '{"epochs": 3}',
        '{"epochs": 3.5}',
        '{"epochs": 1000, "learning_rate": 1, "batch_size": 4096, "minutes": 10000}',
        '{"from_scratch": true}',
        '{"task": "rewrite"}',
        '{"version": 1}',
    ],
)
def test_a_spec_with_sound_parts_is_read(good: str) -> None:
    JobSpec.from_json(good)


REFUSED = {
    '{"epoch": 3}': "unknown part 'epoch'; it may have task, text, label, model, epochs",
    '{"text": "a", "__class__": 1}': "unknown part '__class__'",
    '{"task": "translate"}': "no task 'translate': choose one of classify, continue, rewrite",
    '{"task": null}': "task must be text",
    '{"text": 3}': "text must be text, not '3'",
    '{"label": ["a"]}': "label must be text",
    '{"epochs": "3"}': "epochs must be a number, not '3'",
    '{"epochs": true}': "epochs must be a number, not 'True'",
    '{"epochs": NaN}': "epochs must be a number, not 'nan'",
    '{"epochs": Infinity}': "epochs must be a number, not 'inf'",
    '{"minutes": -Infinity}': "minutes must be a number",
    '{"minutes": 1e999}': "minutes must be a number",
    '{"epochs": 1' + "0" * 400 + "}": "epochs must lie between 0 and 1000",
    '{"epochs": -1}': "epochs must lie between 0 and 1000, not -1",
    '{"epochs": 1000.5}': "epochs must lie between 0 and 1000",
    '{"learning_rate": 1.01}': "learning_rate must lie between 0 and 1",
    '{"batch_size": 4097}': "batch_size must lie between 0 and 4096",
    '{"minutes": 10001}': "minutes must lie between 0 and 10000",
    '{"batch_size": 8.0}': "batch_size must be a whole number, not '8.0'",
    '{"batch_size": true}': "batch_size must be a whole number, not 'True'",
    '{"seed": "7"}': "seed must be a whole number",
    '{"from_scratch": 1}': "from_scratch must be true or false, not '1'",
    '{"from_scratch": "false"}': "from_scratch must be true or false",
    '{"version": 2}': "written for version 2; this app reads version 1",
    '{"version": 1.0}': "version must be a whole number",
    '["classify"]': "must be a JSON object",
    "null": "must be a JSON object",
    "3": "must be a JSON object",
    "{": "not valid JSON",
    "{'task': 'classify'}": "not valid JSON",
    '{"seed": ' + "9" * 5_000 + "}": "not valid JSON",
    "[" * 100_000: "not valid JSON",
}


@pytest.mark.parametrize(("written", "says"), REFUSED.items(), ids=[written[:30] for written in REFUSED])
def test_a_spec_that_misses_in_one_part_is_refused_and_the_part_named(written: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        JobSpec.from_json(written)


@law
@given(st.text(max_size=40))
def test_whatever_is_written_is_read_or_refused_in_a_sentence(written: str) -> None:
    try:
        JobSpec.from_json(written)
    except BadInput as refused:
        assert str(refused).endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@law
@given(st.dictionaries(st.sampled_from(sorted(asdict(JobSpec()))), JSON, max_size=4))
def test_any_value_in_any_known_part_is_read_or_refused_in_a_sentence(parts: dict[str, Any]) -> None:
    try:
        JobSpec.from_json(json.dumps(parts))
    except BadInput as refused:
        assert str(refused).endswith(".")


def test_a_status_begins_at_the_head_of_the_queue_with_nothing_done() -> None:
    status = JobStatus("queued")
    assert (status.place, status.progress, status.events, status.result, status.error) == (0, 0.0, (), {}, "")


def test_events_do_not_share_their_values() -> None:
    first, second = JobEvent("step", 1.0), JobEvent("step", 2.0)
    first.values["loss"] = 0.5
    assert second.values == {}
