"""What `benchmarks.viewer` looks at in Chromium: the real page served over made-up attention, and BertViz from a file.

Knows the page only as a visitor does, and by what the viewer's root says of itself (data-shown, data-layer, data-head).
Both sides are timed by one rule: from the event's own time stamp until the frame after the one that shows the change.
"""

import importlib.util
import runpy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.startup import ROOT, free_port
from playground.contracts.readers import CatalogueEntry, Library, Reader
from playground.contracts.tokens import Token
from playground.language_models.remembering import RememberingReader
from playground.settings import Limits, Settings

VIEW = {"width": 1366, "height": 900}
PATIENCE = 180_000  # milliseconds: BertViz draws 64 tokens for a long while
LIBRARIES = (("mpld3", "js/d3.v5.min.js"), ("xstatic.pkg.jquery", "data/jquery.min.js"))
MISSING = "The browser's part needs: pip install XStatic-jQuery playwright && pip install --no-deps mpld3"
SHIM = "window.require = {config() {}}; window.requirejs = (names, run) => run(jQuery, d3);"
TIMERS = """
window.longTasks = [];
new PerformanceObserver((list) => list.getEntries().forEach(({ startTime, duration }) =>
  longTasks.push({ startTime, duration }))).observe({ type: 'longtask', buffered: true });
window.viewer = () => document.querySelector('.viewer[data-shown]');
window.opened = () => `${viewer().dataset.layer}.${viewer().dataset.head}`;
window.painted = (done, begun) => new Promise((resolve, reject) => {
  const look = () => requestAnimationFrame(done() ? () => resolve(performance.now() - begun) : look);
  requestAnimationFrame(look);
  setTimeout(reject, 60000, new Error(`not painted within a minute: ${done}`));
});
window.clicked = (done) => new Promise((resolve) => {
  addEventListener('click', ({ timeStamp }) => resolve(painted(done, timeStamp)), { capture: true, once: true });
  setTimeout(resolve, 60000, NaN);
});
window.write = (text) => {
  const box = document.querySelector('#sentence textarea'), before = viewer().dataset.shown;
  const begun = performance.now();
  box.value = text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
  return painted(() => viewer().dataset.shown !== before, begun);
};
"""
FRAME = "() => painted(() => true, 0)"
HOVERED = """() => {
  document.querySelector('.viewer').scrollIntoView();
  const middle = ({ left, top, width, height }) => [left + width / 2, top + height / 2];
  const chips = [...document.querySelectorAll('.viewer .chip')].map((chip) => middle(chip.getBoundingClientRect()));
  const pane = document.querySelector('.viewer .pane').getBoundingClientRect(), cells = [];
  for (let step = 1; step < 24; step++) cells.push([pane.left + pane.width * step / 24, pane.top + 60 + 17 * step]);
  return [...chips.slice(0, 24), ...cells].filter(([x, y]) => x > 0 && y > 0 && x < innerWidth && y < innerHeight);
}"""
BERTVIZ_HOVERED = """() => [...document.querySelectorAll('.detail .token')].slice(4, 8).map((token) => {
  const { left, top, width, height } = token.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
})"""
WATCH_PICTURES = """() => {
  window.pictures = new Set([viewer().dataset.shown]);
  new MutationObserver(() => pictures.add(viewer().dataset.shown))
    .observe(viewer(), { attributes: true, attributeFilter: ['data-shown'] });
}"""


class OneModel:
    """A Library of one Reader, remembered as the app's own are."""

    def __init__(self, reader: Reader) -> None:
        self._reader = RememberingReader(reader, Limits().kept_megabytes)

    def entries(self) -> tuple[CatalogueEntry, ...]:
        return (CatalogueEntry(self._reader.facts.name, "encoder", "benchmark", ""),)

    def open(self, name: str) -> Reader:
        return self._reader


@dataclass
class Seen:
    """Milliseconds, medians but for `first` and `slowest_hover`; `asked` counts requests by what caused them."""

    first: float = 0.0
    click: float = 0.0
    again: float = 0.0
    text: float = 0.0
    hover: float = 0.0
    slowest_hover: float = 0.0
    longest_task: float = 0.0
    asked: dict[str, int] = field(default_factory=dict)


@contextmanager
def chromium() -> Iterator[Any]:
    """The browser the tests use."""
    from playwright.sync_api import sync_playwright

    tested = runpy.run_path(str(ROOT / "tests" / "browser" / "chromium.py"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=tested["find_chromium"](), args=list(tested["FLAGS"]))
        yield browser
        browser.close()


@contextmanager
def served(library: Library) -> Iterator[str]:
    """The app over this library, in this process."""
    from playground.page import build_page, launch_options

    settings = Settings(device="cpu")
    page = build_page(library, settings)
    _, address, _ = page.launch(server_port=free_port(), prevent_thread_lock=True, **launch_options(settings))
    yield address
    page.close()


def bertviz_html(weights: Any, tokens: tuple[Token, ...]) -> str:
    """BertViz's page for attention tensors [1, head, query, key], one for each layer, as it comes."""
    from bertviz import model_view

    return model_view(weights, [token.text for token in tokens], html_action="return").data


def tensors(weights: np.ndarray) -> tuple:
    import torch

    return tuple(torch.from_numpy(weights[layer][None].copy()) for layer in range(len(weights)))


def write_bertviz_page(html: str, file: Path) -> str:
    """BertViz's own page with its libraries inlined, as it would otherwise fetch them; the address of the file."""
    scripts = [*(find_library(*library).read_text(encoding="utf-8") for library in LIBRARIES), SHIM]
    begin = html.index("</script>") + len("</script>")  # of the tag that fetches require.js
    inlined = "".join(f"<script>{script}</script>\n" for script in scripts)
    first = "<script>painted(() => true, 0).then((time) => { window.first = time; })</script>"
    file.write_text(f"<!doctype html><meta charset='utf-8'>{inlined}{html[begin:]}{first}", encoding="utf-8")
    return file.as_uri()


def find_library(package: str, path: str) -> Path:
    try:
        found = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        found = None
    if found is None:
        raise SystemExit(MISSING)
    return Path(next(iter(found.submodule_search_locations))) / path


def open_page(browser: Any, address: str, wait_until: str) -> Any:
    page = browser.new_context(viewport=VIEW).new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(TIMERS)
    page.goto(address, wait_until=wait_until)
    return page


def open_app(browser: Any, address: str) -> tuple[Any, float]:
    """The app with its first picture, and the milliseconds from asking for the page until it was painted."""
    page = open_page(browser, address, "commit")
    return page, page.evaluate("painted(viewer, 0)")


def watch_bertviz(browser: Any, address: str, clicks: int) -> Seen:
    """Two heads of the first layer in turn: where one opens, it does not cover the other."""
    page = open_page(browser, address, "load")
    seen = Seen(first=page.evaluate("painted(() => window.first, 0).then(() => first)"))
    corner = page.locator("#vis svg").bounding_box()
    across = [corner["x"] + (80 if at % 2 else 560) for at in range(clicks)]
    times = [click(page, "() => true", x, corner["y"] + 200) for x in across]
    if not page.locator(".detail").count():
        raise SystemExit("BertViz did not open the head that was clicked.")
    hovers = [hover(page, point) for point in page.evaluate(BERTVIZ_HOVERED)]
    page.context.close()
    seen.click, seen.hover, seen.slowest_hover = median(times), median(hovers), max(hovers)
    return seen


def watch_viewer(browser: Any, address: str, texts: list[str], clicks: int) -> Seen:
    """The first text is the one that is clicked and hovered on; the others are written before it, one by one."""
    page, first = open_app(browser, address)
    asked = listen(page)
    written = [page.evaluate("text => write(text)", text) for text in reversed(texts)]
    page.wait_for_timeout(1000)  # the selection is told and the table for screen readers written
    seen = Seen(first=first, text=median(written))
    asked.clear()
    seen.click, seen.again = median(open_heads(page, clicks)), median(open_heads(page, clicks))
    page.wait_for_timeout(1000)
    seen.asked = {"heads": sum("component_server" in url for url in asked), "switches": len(asked)}
    asked.clear()
    hovers = [hover(page, point) for point in page.evaluate(HOVERED)]
    seen.asked["hover"] = len(asked)
    page.context.close()
    seen.hover, seen.slowest_hover = median(hovers), max(hovers)
    return seen


def watch_long_text(browser: Any, address: str, text: str) -> Seen:
    """The longest task of the browser's main thread from a long text coming in until all is still."""
    page, _ = open_app(browser, address)
    page.wait_for_timeout(4000)  # Gradio is still setting up its page when the first picture is there
    begun = page.evaluate("performance.now()")
    seen = Seen(text=page.evaluate("text => write(text)", text))
    page.wait_for_timeout(1500)
    tasks = page.evaluate("begun => longTasks.filter(({ startTime }) => startTime >= begun)", begun)
    page.context.close()
    seen.longest_task = max((task["duration"] for task in tasks), default=0.0)
    return seen


def watch_typing(browser: Any, address: str, text: str, delay: int) -> tuple[int, bool]:
    """How many pictures were painted while a text was typed, and whether the last one is of the last text."""
    page, _ = open_app(browser, address)
    box = page.locator("#sentence textarea")
    box.fill("")
    page.wait_for_timeout(3000)  # Gradio is still setting up its page when the first picture is there
    page.evaluate(WATCH_PICTURES)
    box.press_sequentially(text, delay=delay)
    page.wait_for_timeout(3000)
    pictures = page.evaluate("pictures.size") - 1
    chips = page.locator(".viewer .chip:not(.special) .text").all_text_contents()
    page.context.close()
    return pictures, "".join(chips) == text.replace(" ", "")


def listen(page: Any) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    return asked


def open_heads(page: Any, clicks: int) -> list[float]:
    """Clicks that many heads along the diagonal of the grid; milliseconds from each click until its head is painted."""
    canvas = page.locator(".viewer .atlas canvas")
    canvas.evaluate("node => node.scrollIntoView({ block: 'center' })")
    box, times = canvas.bounding_box(), []
    for at in range(clicks):
        down = across = (at + 1.5) / 12
        before = page.evaluate("opened()")
        done = f"() => opened() !== '{before}'"
        times.append(click(page, done, box["x"] + across * box["width"], box["y"] + down * box["height"]))
    return times


def click(page: Any, done: str, x: float, y: float) -> float:
    page.evaluate(f"() => {{ window.timing = clicked({done}); }}")
    page.mouse.click(x, y)
    return page.evaluate("timing")


def hover(page: Any, point: list[float]) -> float:
    """Milliseconds of script that moving the pointer to a point costs, its painting included."""
    if not hasattr(page, "metrics_session"):
        page.metrics_session = page.context.new_cdp_session(page)
        page.metrics_session.send("Performance.enable")
    before = script_seconds(page)
    page.mouse.move(*point)
    page.evaluate(FRAME)
    return 1000 * (script_seconds(page) - before)


def script_seconds(page: Any) -> float:
    metrics = page.metrics_session.send("Performance.getMetrics")["metrics"]
    return next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration")
