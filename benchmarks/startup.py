"""How long until the page is served, against an empty Gradio app and against one that imports torch first.

    python -m benchmarks.startup [--runs 5]

Starts each in turn as its own process, in an order that rotates, and asks for the page until it comes. Prints one
table of medians with ratios, and one line of JSON. Knows the app only from outside.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_EMPTY = "import gradio as gr\nwith gr.Blocks() as page:\n    gr.Textbox()\npage.launch(quiet=True, ssr_mode=False)\n"
STARTS = {
    "empty Gradio app": ["-c", _EMPTY],
    "empty, torch and transformers first": ["-c", "import torch\nfrom transformers import AutoModel\n" + _EMPTY],
    "the Playground": ["app.py"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    seconds: dict[str, list[float]] = {name: [] for name in STARTS}
    ready: list[float] = []
    names = list(STARTS)
    for run in range(runs):
        for name in names[run % len(names) :] + names[: run % len(names)]:
            served, answered = measure_start(STARTS[name], wait_for_model=name == "the Playground")
            seconds[name].append(served)
            ready += [answered] if answered else []
    report({name: statistics.median(values) for name, values in seconds.items()}, statistics.median(ready or [0]))


def measure_start(arguments: list[str], wait_for_model: bool) -> tuple[float, float]:
    """Seconds from the start of the process to the page, and to the first reading through the API."""
    port = free_port()
    environment = os.environ | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}/"
        served = wait_until(begun, lambda: urllib.request.urlopen(address, timeout=5).status == 200, process)
        answered = wait_until(begun, lambda: reads(address), process) if wait_for_model else 0.0
    finally:
        process.terminate()
        process.wait(20)
    return served, answered


def wait_until(begun: float, done, process: subprocess.Popen, most: float = 120) -> float:
    while time.perf_counter() - begun < most:
        if process.poll() is not None:
            raise SystemExit("The app ended before it served anything.")
        try:
            if done():
                return time.perf_counter() - begun
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise SystemExit(f"Nothing was served within {most:.0f} s.")


def reads(address: str) -> bool:
    """Whether a model answers: the call waits in the server until torch is there."""
    body = json.dumps({"data": ["The cat sat.", first_model(address), "", -1, False]}).encode()
    request = urllib.request.Request(
        f"{address}gradio_api/run/read_attention", body, {"Content-Type": "application/json"}
    )
    return b"maps" in urllib.request.urlopen(request, timeout=60).read()


def first_model(address: str) -> str:
    request = urllib.request.Request(
        f"{address}gradio_api/run/models", b'{"data": []}', {"Content-Type": "application/json"}
    )
    return json.load(urllib.request.urlopen(request, timeout=60))["data"][0][0]["name"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def report(medians: dict[str, float], ready: float) -> None:
    empty = medians["empty Gradio app"]
    print(f"{'page served after':<38}{'seconds':>9}{'ratio':>8}")
    for name, value in medians.items():
        print(f"{name:<38}{value:>9.2f}{value / empty:>8.2f}")
    print(f"{'the Playground, first reading':<38}{ready:>9.2f}{ready / empty:>8.2f}")
    print(json.dumps({"seconds": medians, "first_reading": ready, "ratio": medians["the Playground"] / empty}))


if __name__ == "__main__":
    main()
