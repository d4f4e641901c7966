"""Which functions reach the home or its secrets without being told for whom: read out of the code."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = ("workbench", "storage", "pages")
PAGES = ("pages.", "workbench.ui.", "workbench.cli.")
"""Who asks services for people."""
SINKS = {
    f"storage.files.{name}"
    for name in ("home", "folder", "job_folder", "object_path", "put", "put_file", "Incoming")
} | {f"storage.guard.secret.{name}" for name in ("keep", "read", "place", "ends", "forget")}
"""What leads to files and secrets of the installation."""


@dataclass
class Part:
    """A function, or a class with its methods."""

    names: frozenset[str]
    """Full names of what it names."""
    first: str = ""
    """Its first parameter."""
    is_function: bool = True


@dataclass
class Code:
    """All of it."""

    parts: dict[str, Part] = field(default_factory=dict)

    def reach(self) -> set[str]:
        """The parts from which one comes to a sink without passing one that is told for whom."""
        found = set(SINKS)
        while True:
            more = {
                name
                for name, part in self.parts.items()
                if name not in found and not self.is_told(part) and part.names & found
            }
            if not more:
                return found - SINKS
            found |= more

    def is_told(self, part: Part) -> bool:
        """Whether a store or a session, which know for whom they ask, comes first."""
        return part.first in ("store", "session")


def read_code() -> Code:
    """The parts of all modules."""
    code = Code()
    for room in READ:
        for path in sorted((ROOT / room).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(
                ".__init__"
            )
            if not module.startswith("storage.migrations"):
                code.parts |= dict(_parts(module, ast.parse(path.read_text("utf-8"))))
    return code


def _parts(module: str, tree: ast.Module) -> Iterator[tuple[str, Part]]:
    known = _imported(tree) | {
        node.name: f"{module}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    loose: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield (
                f"{module}.{node.name}",
                Part(
                    frozenset(_named(node, known)), _first(node), not isinstance(node, ast.ClassDef)
                ),
            )
        else:
            loose.update(_named(node, known))
    yield module, Part(frozenset(loose), is_function=False)


def _imported(tree: ast.Module) -> dict[str, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name] = alias.name
    return found


def _named(node: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute):
            names, inner = [part.attr], part.value
            while isinstance(inner, ast.Attribute):
                names.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name) and inner.id in known:
                yield ".".join([known[inner.id], *reversed(names)])
        elif isinstance(part, ast.Name) and part.id in known:
            yield known[part.id]


def _first(node: ast.AST) -> str:
    if isinstance(node, ast.ClassDef):
        return ""
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    return next((one.arg for one in [*node.args.posonlyargs, *node.args.args]), "")


def asked_by_pages(code: Code) -> set[str]:
    """Functions of the services that pages, routes and commands name."""
    named = {name for of, part in code.parts.items() if of.startswith(PAGES) for name in part.names}
    return {
        name
        for name in named
        if name in code.parts
        and name.startswith("workbench.")
        and not name.startswith(PAGES)
        and code.parts[name].is_function
    }
