"""The page as a whole: the traps of Gradio that would bite here, each with the test that holds it."""

import warnings
from pathlib import Path

import fakes
import gradio as gr
import pytest

from playground.page import build_page, launch_options
from playground.settings import Limits, Settings
from playground.tabs.viewer import TEMPLATE, VIEWER, viewer_script

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def page():
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # theme, css and head belong to launch(); Blocks() only warns
        return build_page(fakes.RandomLibrary(), Settings())


def triggers(page):
    """Every (component's id on the page, event) with how many handlers hang on it."""
    names = {block._id: getattr(block, "elem_id", None) for block in page.blocks.values()}
    counted = {}
    for handler in page.fns.values():
        for component, event in handler.targets:
            counted[(names.get(component), event)] = counted.get((names.get(component), event), 0) + 1
    return counted


def test_the_sentence_is_heard_by_change_and_by_one_listener(page):
    found = triggers(page)
    assert found[("sentence", "change")] == 1, "several listeners on one trigger run one after another"
    assert ("sentence", "input") not in found, ".input misses paste, Backspace and undo"


def test_only_the_named_api_is_published(page):
    public = {handler.api_name for handler in page.fns.values() if handler.api_visibility == "public"}
    assert public == {"models", "read_attention"}


def test_what_keeps_or_tells_a_visitors_texts_is_off():
    options = launch_options(Settings())
    assert options["run_history"] is False and options["enable_monitoring"] is False and options["ssr_mode"] is False


def test_sessions_and_bodies_are_limited_as_the_settings_say():
    options = launch_options(Settings(limits=Limits(sessions=7, request_bytes=1234)))
    assert options["state_session_capacity"] == 7
    assert options["app_kwargs"]["max_body_size"] == options["max_file_size"] == 1234


def test_no_component_is_subclassed_as_gradio_would_write_a_file_beside_the_source():
    for source in (ROOT / "playground").rglob("*.py"):
        assert "(gr." not in "".join(line for line in source.read_text().splitlines() if line.startswith("class "))
    assert not list((ROOT / "playground").rglob("*.pyi"))


def test_nothing_in_the_viewers_templates_can_be_executed_with_a_value_in_it():
    style = (VIEWER / "viewer.css").read_text(encoding="utf-8")
    for template in (TEMPLATE, style):
        assert "${" not in template and "{{" not in template


def test_the_viewer_names_its_events_in_quotes_as_gradio_looks_them_up_there():
    script = viewer_script(VIEWER)
    for event in ("pick", "hide", "put"):
        assert f"'{event}'" in script


def test_the_viewer_never_builds_markup_from_text():
    script = viewer_script(VIEWER)
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert way not in script


def test_the_page_names_no_other_host(page):
    for block in page.blocks.values():
        if isinstance(block, gr.HTML):
            assert "http" not in str(block.value) + str(block.html_template) + str(block.css_template)
