"""Settings: what may be overridden, and values that stop the start with their name."""

import pytest

from playground.settings import ASSETS, MODELS, Limits, Settings, on_a_space, read_limits


@pytest.mark.parametrize("written", ["", "0", "-3", "many", "1.5", "²", "1e3"])
def test_a_limit_that_is_no_positive_whole_number_stops_the_start_with_its_name(written):
    with pytest.raises(SystemExit, match="PLAYGROUND_SESSIONS must be a whole number"):
        read_limits({"PLAYGROUND_SESSIONS": written})


def test_every_limit_can_be_overridden():
    for name in Limits.__dataclass_fields__:
        assert getattr(read_limits({f"PLAYGROUND_{name.upper()}": "7"}), name) == 7


def test_settings_cannot_be_changed_once_made():
    with pytest.raises(AttributeError):
        Settings().public = True


def test_the_paths_are_in_the_project():
    assert ASSETS.is_dir() and MODELS.name == "models"


def test_a_space_is_recognised(monkeypatch):
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert not on_a_space()
    monkeypatch.setenv("SPACE_ID", "owner/name")
    assert on_a_space()
