"""The project's sources as trees: their functions and constants, and what their names stand for."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NUMBERS = {"int", "float", "bool", "None", "OwnWords"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A source file: its functions, its constants, and what its names stand for."""

    path: Path
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, list[ast.expr]] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)


@cache
def load(name: str) -> Module | None:
    """The module by its dotted name, if it is the project's."""
    path = Path(f"{name}.py") if name.startswith("/") else ROOT / f"{name.replace('.', '/')}.py"
    if not path.is_file():
        return None
    module = Module(path, ast.parse(path.read_text("utf-8")))
    for node in module.tree.body:
        if isinstance(node, Function):
            module.functions[node.name] = node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                for one, value in bound(target, node.value):
                    module.constants.setdefault(one, []).append(value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign) and isinstance(node.target, ast.Name):
            if node.value:
                module.constants.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module.imports[alias.asname or alias.name] = (node.module, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                module.imports[alias.asname or alias.name] = (alias.name, None)
    return module


def bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names of a target with what each is bound to; of an unpacked value, all of it."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from bound(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        fits = len(parts) == len(target.elts)
        for number, part in enumerate(target.elts):
            yield from bound(part, parts[number] if fits else value)


def each(target: ast.expr, series: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """A loop's target with what it runs over; of a literal table each name with its column."""
    rows = series.elts if isinstance(series, ast.Tuple | ast.List) else []
    tables = [row.elts for row in rows if isinstance(row, ast.Tuple)]
    if isinstance(target, ast.Tuple) and tables and len(tables) == len(rows):
        for name, *column in zip(target.elts, *tables, strict=True):
            yield name, ast.Tuple(column, ast.Load())
    else:
        yield target, series


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def source(node: ast.expr) -> str:
    return ast.unparse(node)[:100]


def dotted(path: Path) -> str:
    """The module's name; of a file elsewhere its path, which `load` takes as well."""
    if not path.is_relative_to(ROOT):
        return str(path.with_suffix(""))
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def numeric_attributes() -> frozenset[str]:
    """Names that are numbers (or one of some words) in every class that has them."""
    kinds: dict[str, set[bool]] = {}
    for path in files("workbench", "storage"):
        for node in _classes(ast.parse(path.read_text("utf-8")).body):
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                    kinds.setdefault(one.target.id, set()).add(is_number(one.annotation))
                elif isinstance(one, Function) and one.decorator_list:
                    kinds.setdefault(one.name, set()).add(is_number(one.returns))
    return frozenset(name for name, found in kinds.items() if found == {True})


def _classes(body: list[ast.stmt]) -> Iterator[ast.ClassDef]:
    """The classes among statements and within them."""
    for one in body:
        if isinstance(one, ast.ClassDef):
            yield one
        yield from _classes(getattr(one, "body", []))


def is_number(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    text = ast.unparse(annotation).removeprefix("Mapped[").removesuffix("]")
    return text.startswith("Literal[") or all(part.strip() in NUMBERS for part in text.split("|"))
