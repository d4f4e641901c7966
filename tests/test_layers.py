"""The house keeps its layers: who may import whom, read from the imports themselves."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAVY = {"torch", "transformers", "peft", "bitsandbytes", "datasets", "accelerate", "sklearn"}
TRAINER = ("workbench.trainer", "workbench.serving")
TRAINER_MAY = {
    "workbench",
    "workbench.bundled",
    "workbench.chat_template",
    "workbench.checkup",
    "workbench.errors",
    "workbench.formats",
    "workbench.job_dir",
    "workbench.recipe",
    "workbench.tasks",
    "workbench.progress",
    "workbench.words",
}


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
def _imports(path: Path) -> set[str]:
    """Full names of what a file imports: `workbench.errors`, `storage.tables`."""
    names = set()
    for node in _statements(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _breaches(paths: list[Path], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in paths
        for name in sorted(_imports(path))
        if any(name == word or name.startswith(word + ".") for word in forbidden)
    ]


def _services() -> list[Path]:
    outside = {"ui", "trainer", "serving", "conversion", "checkup"}
    return [
        path
        for path in _modules("workbench")
        if path.relative_to(ROOT / "workbench").parts[0] not in outside
    ]


def test_pages_reach_storage_only_through_services() -> None:
    pages = [p for p in _modules("app.py", "pages", "workbench/ui") if p.name != "context.py"]
    breaches = _breaches(pages, ("storage", *HEAVY, *TRAINER))
    assert not [breach for breach in breaches if "imports storage.errors" not in breach]


def test_services_import_neither_streamlit_nor_torch() -> None:
    assert not _breaches(_services(), ("streamlit", "workbench.ui", *HEAVY, *TRAINER))


def test_trainer_and_server_know_neither_storage_nor_streamlit() -> None:
    assert not _breaches(
        _modules("workbench/trainer", "workbench/serving"), ("storage", "streamlit")
    )


def test_trainer_and_server_use_only_the_shared_contract() -> None:
    others = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _modules("workbench/trainer", "workbench/serving")
        for name in sorted(_imports(path))
        if name.startswith("workbench.")
        and not name.startswith(TRAINER)
        and not any(name == m or name.startswith(m + ".") for m in TRAINER_MAY - {"workbench"})
    ]
    assert not others


def test_conversion_knows_no_storage_and_of_the_trainer_only_its_shell() -> None:
    modules = _modules("workbench/conversion")
    assert not _breaches(modules, ("storage", "streamlit", "workbench.ui", *HEAVY))
    shell = "workbench.trainer.process"
    others = [breach for breach in _breaches(modules, TRAINER) if shell not in breach]
    assert not others


def test_checks_know_neither_storage_nor_streamlit_nor_torch() -> None:
    modules = _modules("workbench/checkup")
    assert modules
    assert not _breaches(modules, ("storage", "streamlit", "workbench.ui", *HEAVY, *TRAINER))


def test_storage_imports_only_itself() -> None:
    assert not _breaches(_modules("storage"), ("workbench", "streamlit", "pages", *HEAVY))


def test_no_script_lies_directly_in_pages() -> None:
    """Such a script would be served without the frame on a fresh server."""
    assert not list((ROOT / "pages").glob("*.py"))
