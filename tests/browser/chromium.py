"""Finds a Chromium to test with, or installs Debian's where it may; knows nothing of the app."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)
INSTALL = "No Chromium was found: install one (Debian: apt-get install chromium) or set CHROMIUM to its path."


def find_chromium() -> str:
    """The path of a Chromium; where none is there and we may, Debian's package is installed first."""
    found = _look()
    if found is None and shutil.which("apt-get") and getattr(os, "geteuid", lambda: 1)() == 0:
        subprocess.run("apt-get update -q && apt-get install -y -q chromium", shell=True, check=False, timeout=900)
        found = _look()
    if found is None:
        raise RuntimeError(INSTALL)
    return found


def _look() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).is_file() else None
    found = [path for path in map(shutil.which, NAMES) if path]
    return next(iter([*found, *(place for place in PLACES if Path(place).is_file())]), None)
