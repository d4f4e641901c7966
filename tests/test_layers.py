"""The house keeps its floors: who may import whom, read from the imports themselves.

`docs/architecture.md` draws the floors; a folder may import what stands on its own floor or
below, and nothing imports in a circle.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {
    "torch", "transformers", "peft", "bitsandbytes", "datasets", "accelerate", "onnx", "onnxruntime",
    "xllamacpp", "llguidance",
}  # fmt: skip

FLOORS: list[set[str]] = [
    {"core", "storage"},
    {"jobs"},
    {"models"},
    {"system"},
    {"training"},
    {"data"},
    {"use", "projects", "evaluation"},
    {"ui", "cli", "engine"},
    {"pages", "scripts", "app.py", "__main__.py"},
]
"""From the ground up."""

PURE = (
    "workbench/core",
    "workbench/jobs/process",
    *(
        f"workbench/data/{name}"
        for name in (
            "asking",
            "readers",
            "columns",
            "splits",
            "examples",
            "edits",
            "checkup",
            "export",
            "answered",
            "bulk",
        )
    ),
    "workbench/evaluation/scoring",
    "workbench/evaluation/habits",
    "workbench/evaluation/judge/",
)
"""No storage, no streamlit, no torch: what any process may load."""

ENGINE_MAY = (
    *PURE,
    "workbench/models/bundled",
    "workbench/models/trained",
    "workbench/models/served",
    "workbench/models/chat_forms",
    "workbench/models/families",
    "workbench/models/formats",
    "workbench/models/gguf_header",
    "workbench/models/online/session",
    "workbench/models/online/answers",
    "workbench/models/online/__init__",
    "workbench/models/model_types",
    "workbench/models/templates",
    "workbench/models/layer_facts",
    "workbench/models/exports",
    "workbench/engine",
)
MOST_MODULES = 20
MOST_ENTRIES = 14


@functools.cache
def _modules(*folders: str) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in ([ROOT / folder] if folder.endswith(".py") else (ROOT / folder).rglob("*.py"))
    )


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements, however deep; to look into expressions, too, would take most of the time."""
    for part in ("body", "orelse", "handlers", "finalbody", "cases"):
        for inner in getattr(node, part, ()):
            yield inner
            yield from _statements(inner)


@functools.cache
def _imports(path: Path) -> frozenset[str]:
    """Full names of what a file imports, wherever it does: `workbench.core.errors.WorkbenchError`."""
    names: set[str] = set()
    for node in _statements(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@functools.cache
def _file_of(name: str) -> Path | None:
    """The file of this house that a dotted name means, be it a module or a thing in it."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        path = ROOT.joinpath(*parts[:end])
        if path.with_suffix(".py").is_file():
            return path.with_suffix(".py")
        if (path / "__init__.py").is_file():
            return path / "__init__.py"
    return None


@functools.cache
def _uses(path: Path) -> frozenset[Path]:
    """The files of this house that a file imports; a package counts for what it says itself."""
    found = {_file_of(name) for name in _imports(path)}
    named = {file for file in found if file is not None and file != path}
    return frozenset(file for file in named if not _only_on_the_way(file, path))


def _only_on_the_way(file: Path, importer: Path) -> bool:
    """`from package import module` names the package, too, without using anything of it."""
    if file.name != "__init__.py":
        return False
    package = ".".join(file.parent.relative_to(ROOT).parts)
    return not any(
        name.rpartition(".")[0] == package and _file_of(name) == file for name in _imports(importer)
    )


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "workbench" and len(parts) > 1 else parts[0]


def _floor(path: Path) -> int | None:
    return next((floor for floor, rooms in enumerate(FLOORS) if _room(path) in rooms), None)


def _house() -> list[Path]:
    return [*_modules("storage", "workbench", "pages", "scripts"), ROOT / "app.py"]


def _foreign(folders: tuple[str, ...], words: set[str]) -> list[str]:
    return [
        f"{_name(path)} imports {name}"
        for path in _modules(*folders)
        for name in sorted(_imports(path))
        if name.split(".")[0] in words
    ]


def test_every_room_stands_on_a_floor() -> None:
    homeless = {_room(path) for path in _house() if _floor(path) is None}
    assert homeless <= {"__init__.py"}


def test_no_import_runs_upwards() -> None:
    """Nor from room to room of one floor, but that pages, scripts and ui may use their own."""
    upwards = [
        f"{_name(path)} imports {_name(used)}"
        for path in _house()
        for used in sorted(_uses(path))
        if (mine := _floor(path)) is not None
        and (other := _floor(used)) is not None
        and _room(path) != _room(used)
        and other >= mine
    ]
    assert not upwards, "\n".join(upwards)


def test_nothing_imports_in_a_circle() -> None:
    circles = [
        " → ".join(map(_name, circle)) for circle in _circles({p: _uses(p) for p in _house()})
    ]
    assert not circles, "\n".join(circles)


def _circles(graph: dict[Path, frozenset[Path]]) -> list[list[Path]]:
    """One circle for each knot of things that reach each other (Tarjan 1972)."""
    number: dict[Path, int] = {}
    low: dict[Path, int] = {}
    stack: list[Path] = []
    knots: list[list[Path]] = []

    def visit(at: Path) -> None:
        number[at] = low[at] = len(number)
        stack.append(at)
        for other in sorted(graph.get(at, ())):
            if other not in number:
                visit(other)
                low[at] = min(low[at], low[other])
            elif other in stack:
                low[at] = min(low[at], number[other])
        if low[at] == number[at]:
            knot = stack[stack.index(at) :]
            del stack[stack.index(at) :]
            if len(knot) > 1:
                knots.append(knot)

    for path in sorted(graph):
        if path not in number:
            visit(path)
    return knots


def test_pure_rooms_know_neither_storage_nor_streamlit_nor_torch() -> None:
    assert not _foreign(PURE, {"storage", "streamlit", *HEAVY})


def test_pure_rooms_import_only_pure_rooms() -> None:
    others = [
        f"{_name(path)} imports {_name(used)}"
        for path in _modules(*PURE)
        for used in sorted(_uses(path))
        if not _name(used).startswith(PURE) and _name(used) != "workbench/__init__.py"
    ]
    assert not others, "\n".join(others)


def test_torch_lives_in_the_engine_alone() -> None:
    rooms = tuple(
        f"workbench/{path.name}"
        for path in (ROOT / "workbench").iterdir()
        if path.is_dir() and path.name not in {"engine", "__pycache__"}
    )
    assert not _foreign((*rooms, "storage", "pages", "app.py"), HEAVY)


def test_the_engine_uses_only_what_is_pure() -> None:
    assert not _foreign(("workbench/engine",), {"storage", "streamlit"})
    others = [
        f"{_name(path)} imports {_name(used)}"
        for path in _modules("workbench/engine")
        for used in sorted(_uses(path))
        if not _name(used).startswith(ENGINE_MAY)
    ]
    assert not others, "\n".join(others)


def test_nobody_but_scripts_imports_the_engine() -> None:
    users = [
        f"{_name(path)} imports {_name(used)}"
        for path in _house()
        for used in sorted(_uses(path))
        if _room(used) == "engine" and _room(path) not in {"engine", "scripts"}
    ]
    assert not users, "\n".join(users)


def test_pages_reach_storage_only_through_services() -> None:
    breaches = [
        f"{_name(path)} imports {name}"
        for path in _modules("app.py", "pages", "workbench/ui")
        for name in sorted(_imports(path))
        if name.startswith("storage") and not name.startswith(("storage.errors", "storage.acting"))
    ]
    assert [b for b in breaches if not b.startswith("workbench/ui/context.py")] == []


def test_only_readers_processes_read_the_files_of_users() -> None:
    """The web's process and the command line's ask one (`data/files/reader.py`)."""
    asking = ("app.py", "pages", *(f"workbench/{room}" for room in _ASKING))
    services = sorted((ROOT / "workbench" / "data").glob("*.py"))
    breaches = [
        f"{_name(path)} imports {name}"
        for path in [*_modules(*asking), *services]
        for name in sorted(_imports(path))
        if name in _READ or (name.startswith(_READERS) and name not in _WORDS)
    ]
    assert not breaches, "\n".join(breaches)


_ASKING = ("ui", "cli", "use", "evaluation", "projects", "system", "data/files")
_READ = {f"workbench.data.readers.{name}" for name in ("read_table", "kind_of", "kinds.kind_of")}
_READERS = tuple(
    f"workbench.data.{name}"
    for name in (
        "bulk.reader",
        "bulk.weight",
        "bulk.read_file",
        *(f"readers.{part}" for part in ("archives", "documents", "messages", "plain", "signs")),
        "readers.cell_formats",
        "readers.tables",
    )
)
_WORDS = {
    f"workbench.data.readers.tables.{name}"
    for name in ("delimited", "delimited.TITLES", "quotes", "quotes.TITLES")
}
"""What the separators and quotes of a text table are called."""


def test_services_know_no_streamlit() -> None:
    rooms = tuple(
        f"workbench/{path.name}"
        for path in (ROOT / "workbench").iterdir()
        if path.is_dir() and path.name not in {"ui", "__pycache__"}
    )
    assert not _foreign((*rooms, "storage"), {"streamlit"})


def test_storage_imports_only_itself() -> None:
    assert not _foreign(("storage",), {"workbench", "streamlit", "pages", *HEAVY})


def test_no_script_lies_directly_in_pages() -> None:
    """Such a script would be served without the frame on a fresh server."""
    assert not list((ROOT / "pages").glob("*.py"))


def test_no_folder_is_crowded() -> None:
    entries = [p for p in (ROOT / "workbench").iterdir() if not p.name.startswith("__py")]
    assert len(entries) <= MOST_ENTRIES
    folders = {path.parent for path in _house()}
    counts = {f: len([p for p in f.glob("*.py") if p.name != "__init__.py"]) for f in folders}
    assert not {_name(f): n for f, n in counts.items() if n > MOST_MODULES}


def test_the_architecture_page_names_every_folder() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    folders = {p.parent for p in _modules("workbench") if p.parent != ROOT / "workbench"}
    missing = [_name(f) for f in sorted(folders) if f"{f.name}/" not in page]
    assert not missing


def test_every_test_stands_where_its_module_stands() -> None:
    """`tests/data/splits/test_draw_by_time.py` tests `workbench/data/splits/draw.py`, or a folder."""
    astray = []
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        parts = path.relative_to(ROOT / "tests").parts[:-1]
        if not parts or parts[0] in {
            "browser",
            "deployment",
            "pages",
            "faults",
            "helpers",
            "fakes",
            "corpus",
        }:
            continue
        folder = ROOT.joinpath(
            *([] if parts[0] in {"storage", "scripts"} else ["workbench"]), *parts
        )
        if folder.with_suffix(".py").is_file():
            continue  # a folder of tests for one module
        words = path.stem.removeprefix("test_").split("_")
        names = {"_".join(words[:end]) for end in range(1, len(words) + 1)}
        if not any((folder / f"{n}.py").is_file() or (folder / n).is_dir() for n in names):
            astray.append(_name(path))
    assert not astray


def test_every_module_says_what_it_is() -> None:
    """In words of its own: a package that holds nothing has nothing to say."""
    silent = [
        _name(path)
        for path in _modules("workbench", "storage", "pages")
        if (text := path.read_text("utf-8"))
        and len((ast.get_docstring(ast.parse(text)) or "").split()) < 3
    ]
    assert not silent
