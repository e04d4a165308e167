"""What ruff cannot hold: sizes of files and functions, docstrings that say their limits, no state in modules.

Reads the sources and runs none of them; must not know what any file is for.
"""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 300, 60
PLACES = ("playground", "assets", "tests", "benchmarks")
LIMITS = re.compile(r"not know|knows|holds no|must not", re.IGNORECASE)
HOST = re.compile(r"https?:\\?/\\?/[^\s\"')]+|[\"'(]//[\w.-]+")
A_NAME_NOT_A_PLACE = "http://www.w3.org/"  # how SVG and XHTML are named; nothing is fetched from there
GROWS = ("list", "dict", "set", "bytearray", "defaultdict", "OrderedDict", "Counter", "deque", "WeakValueDictionary")


def sources(*endings: str, places: tuple[str, ...] = PLACES) -> list[Path]:
    found = [path for place in places for path in (ROOT / place).rglob("*") if path.suffix in endings]
    return sorted([*found, ROOT / "app.py"] if ".py" in endings and "tests" in places else found)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules_of_the_app() -> list[Path]:
    return sources(".py", places=("playground",))


def long_functions(source: str) -> list[str]:
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    sizes = [(node.name, node.end_lineno - node.lineno + 1) for node in nodes]
    return [f"{name} has {size} lines" for name, size in sizes if size > LINES_OF_A_FUNCTION]


def says_its_limits(source: str) -> bool:
    """The first sentence says what the module is for; what follows must say what it does not know."""
    _, _, rest = (ast.get_docstring(ast.parse(source)) or "").partition("\n")
    return bool(LIMITS.search(rest))


def states_of_module(source: str) -> list[str]:
    """Names assigned, outside any function or class, to something that can grow; and every `global`."""
    module = ast.parse(source)
    found = [f"global {name}" for node in ast.walk(module) if isinstance(node, ast.Global) for name in node.names]
    waiting = list(module.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value and _can_grow(node.value):
            found.append(ast.unparse(node)[:60])
        waiting += [inner for inner in ast.iter_child_nodes(node) if isinstance(inner, (ast.stmt, ast.excepthandler))]
    return found


def _can_grow(value: ast.expr) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    called = isinstance(value, ast.Call) and ast.unparse(value.func).split(".")[-1] in GROWS
    return isinstance(value, displays) or called


def other_hosts(text: str) -> list[str]:
    return [found for found in HOST.findall(text) if not found.startswith(A_NAME_NOT_A_PLACE)]


@pytest.mark.parametrize("path", sources(".py", ".js", ".css"), ids=named)
def test_a_file_fits_on_a_few_screens(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES_OF_A_FILE


@pytest.mark.parametrize("path", sources(".py"), ids=named)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    assert long_functions(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", modules_of_the_app(), ids=named)
def test_a_module_says_what_it_is_for_and_what_it_must_not_know(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(source))
    assert path.name == "__init__.py" or says_its_limits(source)


@pytest.mark.parametrize("path", modules_of_the_app(), ids=named)
def test_a_module_keeps_no_state(path: Path) -> None:
    assert states_of_module(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", sources(".js", ".css", ".html", ".svg", places=("assets",)), ids=named)
def test_an_asset_asks_nothing_of_another_host(path: Path) -> None:
    assert other_hosts(path.read_text(encoding="utf-8")) == []


def test_the_places_that_are_measured_are_there() -> None:
    assert len(modules_of_the_app()) > 10 and len(sources(".js", ".css", places=("assets",))) >= 2


def test_a_function_one_line_too_long_is_seen() -> None:
    fits = "async def f():\n" + "    pass\n" * (LINES_OF_A_FUNCTION - 1)
    assert long_functions(fits) == []
    assert long_functions(fits + "    pass\n") == ["f has 61 lines"]


@pytest.mark.parametrize(
    ("source", "enough"),
    [
        ('"""Does it.\n\nMust not know torch."""', True),
        ('"""Does it.\n\nKnows the standard library only."""', True),
        ('"""Does it.\n\nVery well."""', False),
        ('"""Does it."""', False),
        ('"""Must not know torch."""', False),
        ("x = 1", False),
    ],
)
def test_a_docstring_without_its_limits_is_seen(source: str, enough: bool) -> None:
    assert says_its_limits(source) is enough


STATES = ["a = []", "a = {}", "a: dict = {}", "a = {1}", "a = list()", "a = set()", "a = [b for b in c]",
          "import x\na = x.defaultdict(int)", "if b:\n    a = []", "try:\n    a = {}\nexcept OSError:\n    pass",
          "def f():\n    global a\n    a = 1"]  # fmt: skip
FIXED = ["a = ()", "a = (1, 2)", "a = frozenset({1})", "a = tuple([1])", "a = MappingProxyType({1: 2})", "a: int",
         "def f():\n    a = []", "class A:\n    def f(self):\n        self.a = {}", "a = sorted(b)[0]"]  # fmt: skip


@pytest.mark.parametrize("source", STATES)
def test_state_in_a_module_is_seen(source: str) -> None:
    assert len(states_of_module(source)) == 1


@pytest.mark.parametrize("source", FIXED)
def test_what_cannot_grow_or_is_not_the_modules_is_no_state(source: str) -> None:
    assert states_of_module(source) == []


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("import x from 'https://cdn.example/d3.js'", ["https://cdn.example/d3.js"]),
        ("@import url(//fonts.example/a.css)", ["(//fonts.example"]),
        ("src: url(\"http://fonts.example/a.woff\")", ["http://fonts.example/a.woff"]),
        ('<svg xmlns="http://www.w3.org/2000/svg">', []),
        ("a = 1 // a remark", []),
        ("src: url(a.woff)", []),
    ],
)
def test_another_host_is_seen(text: str, hosts: list[str]) -> None:
    assert other_hosts(text) == hosts
