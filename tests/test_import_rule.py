"""The rule that holds the house: which room may import which rooms and which outside libraries; see docs/design.md.

Reads imports, runs none (but for the page without torch); knows no room's content. A new room needs a row here.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType

import pytest

ROOT = Path(__file__).resolve().parent.parent
TORCH = "torch transformers tokenizers safetensors huggingface_hub numpy"
BASE = "errors settings contracts"
TRAINING = f"{BASE} language_models"

# room: (rooms it may import, libraries it may import); the standard library is open to all
RULE = MappingProxyType({
    "__init__": ("", ""),
    "errors": ("", ""),
    "settings": ("", ""),
    "contracts": ("errors settings", "numpy"),
    "language_models": (BASE, TORCH),
    "pretraining": (TRAINING, f"{TORCH} tqdm sacrebleu"),
    "fine_tuning": (TRAINING, TORCH),
    "views": (BASE, "numpy plotly"),
    "views/bertviz_page.py": (BASE, "numpy bertviz torch"),  # BertViz asks for tensors
    "hosting": (BASE, "huggingface_hub"),
    "tabs": (f"{BASE} views", "gradio"),
    "page": (f"{BASE} views tabs", "gradio"),
})
NO_ROOM = ("utils", "common", "helpers", "shared", "core", "base")


def files_of(root: Path) -> list[Path]:
    return sorted((root / "playground").rglob("*.py"))


def room_of(file: Path, root: Path) -> str:
    return file.relative_to(root / "playground").with_suffix("").parts[0]


def imports_of(file: Path, root: Path) -> Iterator[str]:
    """Full names, wherever in the file they stand: at its top, in a function, relative, or as a call with a string."""
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(filter(None, (above, node.module)))
            yield from ([f"{module}.{alias.name}" for alias in node.names] if module == "playground" else [module])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            yield from (given.value for given in node.args[:1] if isinstance(given, ast.Constant))


def breaches(root: Path) -> list[str]:
    """Every import that the rule does not allow, in a sentence."""
    found = []
    for file in files_of(root):
        room, name = room_of(file, root), file.relative_to(root / "playground").as_posix()
        if room not in RULE:
            found.append(f"{name}: the room {room} has no row in the rule")
            continue
        rooms, libraries = (words.split() for words in RULE.get(name, RULE[room]))
        for imported in imports_of(file, root):
            first, *rest = imported.split(".")
            allowed = first in sys.stdlib_module_names or first in libraries
            if first == "playground":
                allowed = not rest or rest[0] == room or rest[0] in rooms
            if not allowed:
                found.append(f"{name}: {room} must not import {imported}")
    return found


def test_every_import_of_every_file_keeps_the_rule() -> None:
    assert len(files_of(ROOT)) > 10
    assert breaches(ROOT) == []


FORBIDDEN = [  # where, what it says, what is named in the breach
    ("errors.py", "import numpy", "errors must not import numpy"),
    ("errors.py", "from playground.settings import ROOT", "errors must not import playground.settings"),
    ("settings.py", "import gradio", "settings must not import gradio"),
    ("settings.py", "from playground.errors import BadInput", "settings must not import playground.errors"),
    ("contracts/a.py", "import torch", "contracts must not import torch"),
    ("contracts/a.py", "import gradio", "contracts must not import gradio"),
    ("contracts/a.py", "import transformers", "contracts must not import transformers"),
    ("contracts/a.py", "import tokenizers", "contracts must not import tokenizers"),
    ("contracts/a.py", "from playground import views", "contracts must not import playground.views"),
    ("contracts/a.py", "import playground.language_models", "contracts must not import playground.language_models"),
    ("language_models/a.py", "import gradio as gr", "language_models must not import gradio"),
    ("language_models/a.py", "from playground.views import x", "language_models must not import playground.views"),
    ("language_models/a.py", "import playground.pretraining", "language_models must not import playground.pretraining"),
    ("language_models/a.py", "import playground.fine_tuning", "language_models must not import playground.fine_tuning"),
    ("language_models/a.py", "import tqdm", "language_models must not import tqdm"),
    ("pretraining/a.py", "import gradio", "pretraining must not import gradio"),
    ("pretraining/a.py", "import playground.fine_tuning.x", "pretraining must not import playground.fine_tuning"),
    ("pretraining/a.py", "from playground.tabs import x", "pretraining must not import playground.tabs"),
    ("fine_tuning/a.py", "from gradio import Blocks", "fine_tuning must not import gradio"),
    ("fine_tuning/a.py", "import playground.pretraining", "fine_tuning must not import playground.pretraining"),
    ("views/a.py", "import torch", "views must not import torch"),
    ("views/a.py", "import gradio", "views must not import gradio"),
    ("views/a.py", "import playground.language_models", "views must not import playground.language_models"),
    ("views/a.py", "from playground.tabs import x", "views must not import playground.tabs"),
    ("views/bertviz_page.py", "import gradio", "views must not import gradio"),
    ("hosting/a.py", "import torch", "hosting must not import torch"),
    ("hosting/a.py", "import gradio", "hosting must not import gradio"),
    ("tabs/a.py", "import torch", "tabs must not import torch"),
    ("tabs/a.py", "from transformers import AutoModel", "tabs must not import transformers"),
    ("tabs/a.py", "import numpy", "tabs must not import numpy"),
    ("tabs/a.py", "import playground.language_models", "tabs must not import playground.language_models"),
    ("tabs/a.py", "import playground.fine_tuning", "tabs must not import playground.fine_tuning"),
    ("tabs/a.py", "import playground.page", "tabs must not import playground.page"),
    ("page.py", "import torch", "page must not import torch"),
    ("page.py", "import playground.language_models", "page must not import playground.language_models"),
    ("tabs/a.py", "def f():\n    import torch", "tabs must not import torch"),
    ("tabs/a.py", "import json, torch.nn", "tabs must not import torch.nn"),
    ("tabs/a.py", "from ..language_models import x", "tabs must not import playground.language_models"),
    ("tabs/a.py", "from .. import language_models", "tabs must not import playground.language_models"),
    ("tabs/a.py", "import importlib\nimportlib.import_module('torch')", "tabs must not import torch"),
    ("tabs/a.py", "__import__('torch')", "tabs must not import torch"),
    ("utils/a.py", "import json", "the room utils has no row"),
    ("helpers.py", "", "the room helpers has no row"),
]


def breaches_of(source: str, name: str, root: Path) -> list[str]:
    file = root / "playground" / name
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")
    return breaches(root)


@pytest.mark.parametrize(("name", "source", "says"), FORBIDDEN, ids=[" ".join(case[:2]) for case in FORBIDDEN])
def test_a_forbidden_import_is_seen_and_named(name: str, source: str, says: str, tmp_path: Path) -> None:
    (breach,) = breaches_of(source, name, tmp_path)
    assert breach.startswith(name) and says in breach


ALLOWED = [
    ("contracts/a.py", "import json, numpy\nfrom playground.errors import BadInput\nfrom . import words"),
    ("language_models/a.py", "import torch, transformers\nfrom playground.contracts.reading import Reading"),
    ("pretraining/a.py", "import torch, tqdm, sacrebleu\nfrom playground.language_models import x"),
    ("views/a.py", "import numpy, plotly.graph_objects\nimport playground.contracts.tokens"),
    ("views/bertviz_page.py", "import torch"),
    ("hosting/a.py", "import huggingface_hub"),
    ("tabs/a.py", "import gradio\nfrom playground.views import x\nfrom playground.tabs.viewer import y"),
    ("page.py", "import gradio\nfrom playground.tabs import x\nfrom .settings import Settings"),
]


@pytest.mark.parametrize(("name", "source"), ALLOWED, ids=[name for name, _ in ALLOWED])
def test_an_allowed_import_is_left_alone(name: str, source: str, tmp_path: Path) -> None:
    assert breaches_of(source, name, tmp_path) == []


def test_no_room_is_named_for_things_without_a_name() -> None:
    rooms = {path.stem for path in (ROOT / "playground").rglob("*") if path.is_dir() or path.suffix == ".py"}
    assert not rooms & set(NO_ROOM) and not set(RULE) & set(NO_ROOM)


def test_no_two_rooms_import_each_other_in_a_circle() -> None:
    TopologicalSorter({room: rooms.split() for room, (rooms, _) in RULE.items()}).prepare()  # raises CycleError


def run_without_torch(module: str) -> subprocess.CompletedProcess[str]:
    blocked = "import sys; sys.modules['torch'] = sys.modules['transformers'] = None; "
    environment = os.environ | {"PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "False"}
    command = [sys.executable, "-c", f"{blocked}import {module}"]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False)


def test_the_page_is_built_where_there_is_no_torch() -> None:
    done = run_without_torch("playground.page")
    assert done.returncode == 0, done.stderr


def test_without_torch_a_room_that_needs_it_fails_so_the_block_holds() -> None:
    assert "torch" in run_without_torch("playground.language_models.checkpoints").stderr
