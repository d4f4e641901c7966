"""A kind of job is named in one place: the ClassVar of its spec. Elsewhere `TrainSpec.kind` is said.

The words mean other things as well (a split, a command, a page), so not the words are looked for
but the places where only a kind can stand: compared with a kind, passed as one, the key of a table
of kinds, the `kind` of a spec. A constant that holds such a word counts as the word.
"""

import ast
import functools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.jobs import kinds
from workbench.jobs.process import specs
from workbench.jobs.process.specs import Spec

ROOT = Path(__file__).resolve().parent.parent
NAMES = frozenset(kinds.KINDS)
SPECS = ROOT / "workbench" / "jobs" / "process" / "specs"
KIND_WORDS = {"kind", "kinds", "job_kind", "job_kinds"}
"""What a keyword, a variable, an attribute or a key is called that holds a kind (of whatever)."""
JOB_WORDS = {"job_kind", "job_kinds"}
"""What a parameter is called that takes kinds of jobs only, so that its place counts, too."""

Constants = dict[str, set[str]]
Places = dict[str, set[int]]


@functools.cache
def _trees() -> dict[Path, ast.Module]:
    folders = (ROOT / "storage", ROOT / "workbench", ROOT / "pages")
    paths = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return {path: ast.parse(path.read_text("utf-8")) for path in [*paths, ROOT / "app.py"]}


def _constants(trees: list[ast.Module]) -> Constants:
    """Name of a module's constant → the kinds that it holds, in any module."""
    found: Constants = defaultdict(set)
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    for name, value in _pairs(target, node.value):
                        found[name] |= set(_literals(value))
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for inner, part in zip(target.elts, value.elts, strict=False):
            yield from _pairs(inner, part)
    elif isinstance(target, ast.Name):
        yield target.id, value


def _places(trees: list[ast.Module]) -> Places:
    """Function → where among its arguments kinds of jobs stand."""
    found: Places = defaultdict(set)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg != "self"]
                found[node.name] |= {i for i, name in enumerate(names) if name in JOB_WORDS}
    return found


def _literals(node: ast.expr | None) -> Iterator[str]:
    """The names of kinds that an expression spells out."""
    if isinstance(node, ast.Constant) and node.value in NAMES:
        yield str(node.value)
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for inner in node.elts:
            yield from _literals(inner)


class _Search:
    """Finds kinds of jobs that are spelled out, in one module."""

    def __init__(self, constants: Constants, places: Places) -> None:
        self._constants, self._places = constants, places

    def lines(self, tree: ast.Module) -> list[int]:
        """The lines of the module in which one is."""
        return sorted(
            {node.lineno for root in ast.walk(tree) for node in self._suspects(root) if node.lineno}
        )

    def _suspects(self, node: ast.AST) -> Iterator[ast.expr]:
        for value in _where_kinds_stand(node, self._places):
            if any(_literals(value)) or self._constants.get(_last_name(value)):
                yield value


def _where_kinds_stand(node: ast.AST, places: Places) -> Iterator[ast.expr]:
    match node:
        case ast.Compare():
            yield from _compared([node.left, *node.comparators])
        case ast.Match() if _holds_kind(node.subject):
            for inner in (part for case in node.cases for part in ast.walk(case.pattern)):
                if isinstance(inner, ast.MatchValue):
                    yield inner.value
        case ast.Call():
            yield from _passed(node, places)
        case ast.Dict():
            yield from _of_dict(node)
        case ast.Assign() if any(_last_name(target) in KIND_WORDS for target in node.targets):
            yield node.value
        case ast.AnnAssign() if _last_name(node.target) in KIND_WORDS and node.value:
            yield node.value
        case ast.arguments():
            yield from _defaults(node)


def _compared(sides: list[ast.expr]) -> Iterator[ast.expr]:
    if any(_holds_kind(side) for side in sides):
        yield from sides


def _passed(call: ast.Call, places: Places) -> Iterator[ast.expr]:
    if isinstance(call.func, ast.Attribute) and _holds_kind(call.func.value):
        yield from call.args  # Job.kind.in_(…)
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KIND_WORDS)
    mine = places.get(_last_name(call.func), set())
    yield from (value for place, value in enumerate(call.args) if place in mine)


def _of_dict(table: ast.Dict) -> Iterator[ast.expr]:
    """The `kind` of a spec, and the keys of a table of kinds."""
    for key, value in zip(table.keys, table.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "kind":
            yield value
    keys = [key for key in table.keys if key is not None]
    if keys and all(any(_literals(key)) for key in keys):
        yield from keys


def _defaults(arguments: ast.arguments) -> Iterator[ast.expr]:
    places = [*arguments.posonlyargs, *arguments.args]
    behind = places[len(places) - len(arguments.defaults) :]
    named = [*zip(behind, arguments.defaults, strict=True)]
    named += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    yield from (value for argument, value in named if argument.arg in KIND_WORDS)


def _holds_kind(node: ast.expr) -> bool:
    """Whether an expression is called a kind: `job.kind`, `kind`, `spec["kind"]`, `spec.get("kind")`."""
    match node:
        case ast.Subscript(slice=ast.Constant(value="kind")):
            return True
        case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value="kind"), *_]):
            return True
    return _last_name(node) in KIND_WORDS


def _last_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
    return ""


def _found(source: str) -> list[int]:
    tree = ast.parse(source)
    return _Search(_constants([tree]), _places([tree])).lines(tree)


def test_no_kind_of_job_is_spelled_out_but_by_its_spec() -> None:
    trees = _trees()
    search = _Search(_constants([*trees.values()]), _places([*trees.values()]))
    spelled = [
        f"{path.relative_to(ROOT)}:{line}"
        for path, tree in trees.items()
        if path.parent != SPECS
        for line in search.lines(tree)
    ]
    assert not spelled, "\n".join(spelled)


@pytest.mark.parametrize(
    "source",
    [
        'job.kind == "train"',
        '"train" != Job.kind',
        'job.kind in ("train", "check")',
        'spec["kind"] == "serve"',
        'spec.get("kind") == "serve"',
        'Job.kind.in_(["train"])',
        'add(session, kind="import")',
        'def add(session, job_kind): ...\nadd(session, "import")',
        'def of(kinds=("check",)): ...',
        'def of(*, kind="check"): ...',
        'match job.kind:\n    case "mend" if done: ...',
        'match job.kind:\n    case "mend" | "export": ...',
        'spec = {"kind": "convert", "name": name}',
        'ICONS = {"train": 1, "evaluate": 2}',
        'MEND = "mend"\njob.kind == MEND',
        'MEND, HEAL = "mend", "heal"\nof_project(session, kinds=(MEND,))\njob.kind == changes.MEND',
        'class Spec:\n    kind: ClassVar[str] = "train"',
    ],
)
def test_a_kind_that_is_spelled_out_is_found(source: str) -> None:
    assert _found(source)


@pytest.mark.parametrize(
    "source",
    [
        "job.kind == TrainSpec.kind",
        'splits["train"] > 3',
        'split == "train"',
        '{"train": 8, "validation": 1, "test": 1}',
        'command(commands, "train", _train)',
        'st.button("Look", key="check")',
        'model.kind == "encoder"',
        'FOLDER = "export"\nfolder / FOLDER',
    ],
)
def test_the_words_may_mean_other_things(source: str) -> None:
    assert not _found(source)


def test_every_spec_of_a_job_has_its_row() -> None:
    told = {
        value
        for value in vars(specs).values()
        if isinstance(value, type) and issubclass(value, Spec) and "kind" in vars(value)
    }
    assert {kind.spec for kind in kinds.KINDS.values()} == told
    assert len(kinds.KINDS) == len(told)
    assert set(kinds.LANES) == {kind.lane for kind in kinds.KINDS.values()}


def test_what_does_a_kind_of_job_is_there() -> None:
    for kind in kinds.KINDS.values():
        folder = ROOT.joinpath(*kind.program.split("."))
        assert (folder / "__main__.py").is_file(), kind.name
