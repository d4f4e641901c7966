"""What pages hand to Streamlit as Markdown, and whether it is harmless: read from the source.

Harmless is what is made of literals, numbers, `plain(…)`, and of the results, arguments and
constants of the project's own functions that are harmless in turn (followed through every call in
pages/ and workbench/). An attribute is harmless only where every class with an attribute of that
name says that it is a number or a Literal. Everything else must pass through `plain`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ALL, _LABEL = (0, 1, 2), (0,)
SINKS: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(("markdown", "caption", "success", "info", "warning", "error"), _LABEL),
    **dict.fromkeys(("title", "header", "subheader", "toast", "badge", "expander"), _LABEL),
    **dict.fromkeys(("popover", "dialog", "spinner", "status", "tabs", "button", "toggle"), _LABEL),
    **dict.fromkeys(("form_submit_button", "download_button", "link_button", "checkbox"), _LABEL),
    **dict.fromkeys(("text_input", "text_area", "number_input", "slider", "chat_input"), _LABEL),
    **dict.fromkeys(("selectbox", "multiselect", "file_uploader", "select_slider"), _LABEL),
    **dict.fromkeys(("radio", "pills", "segmented_control", "menu_button"), (0, 1)),
    **dict.fromkeys(("TextColumn", "NumberColumn", "ProgressColumn", "CheckboxColumn"), ()),
    **dict.fromkeys(("SelectboxColumn", "ButtonColumn", "page_link", "Page", "feedback"), ()),
    "metric": _ALL,
    "progress": (1,),
    "write": _ALL,
    "table": _LABEL,
}
"""Streamlit's call → its positional arguments that it takes for Markdown."""
CHOICES = {"radio", "pills", "segmented_control", "menu_button"}
KEYWORDS = {"label", "body", "help", "text", "caption", "captions", "delta", "title", "icon"}
NUMBERS = {"int", "float", "bool", "None", "OwnWords"}
DATE_PARTS = {"day", "month", "year", "hour", "minute"}
MAKES_NUMBERS = {"len", "int", "float", "round", "sum", "abs", "range", "bool", "divmod"}
SAFE = {"plain", "plain_line", "plain_lines", "code"}
PASSES = {"str", "list", "tuple", "dict", "set", "sorted", "reversed", "enumerate", "zip", "min"}
PASSES |= {"max", "iter", "next", "cast"}
METHODS = {"join", "replace", "strip", "lstrip", "rstrip", "lower", "upper", "capitalize", "items"}
METHODS |= {"values", "keys", "get", "format", "split", "removesuffix", "removeprefix", "pop"}
METHODS |= {"from_dict"}
ADDS = {"append", "extend", "insert", "add", "update", "setdefault", "appendleft"}
_NUMBER_SPEC = re.compile(r"[,%defgn]")
_UNKNOWN = ast.Name("?")
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
                for one, value in _bound(target, node.value):
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


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names of a target with what each is bound to; of an unpacked value, all of it."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from _bound(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        fits = len(parts) == len(target.elts)
        for number, part in enumerate(target.elts):
            yield from _bound(part, parts[number] if fits else value)


def _each(target: ast.expr, series: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
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
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for one in node.body:
                if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                    kinds.setdefault(one.target.id, set()).add(_is_number(one.annotation))
                elif isinstance(one, Function) and one.decorator_list:
                    kinds.setdefault(one.name, set()).add(_is_number(one.returns))
    return frozenset(name for name, found in kinds.items() if found == {True})


def _is_number(annotation: ast.expr | None) -> bool:
    if annotation is None:
        return False
    text = ast.unparse(annotation).removeprefix("Mapped[").removesuffix("]")
    return text.startswith("Literal[") or all(part.strip() in NUMBERS for part in text.split("|"))


@dataclass
class Scope:
    """Where a name is looked up: a function of a module, its arguments' harmlessness if known."""

    module: Module
    function: Function | ast.Lambda | None = None
    known: dict[str, bool] = field(default_factory=dict)


class Judge:
    """Says whether an expression is harmless."""

    def __init__(self, sources: list[Path]) -> None:
        self.modules = [module for path in sources if (module := load(dotted(path)))]
        self.busy: set[tuple[int, int, str]] = set()
        self.calls = self._calls()

    def _calls(self) -> dict[int, list[tuple[ast.Call, Scope]]]:
        """Function → where it is called, also as `st.fragment(function)(…)`."""
        found: dict[int, list[tuple[ast.Call, Scope]]] = {}
        for module in self.modules:
            for call, scope in calls_of(module):
                named = [call.func]
                if isinstance(call.func, ast.Call):
                    named += call.func.args
                for one in named:
                    if (target := self.function(one, scope)) is not None:
                        found.setdefault(id(target[0]), []).append((call, scope))
        return found

    def function(self, node: ast.expr, scope: Scope) -> tuple[Function, Module] | None:
        """The project's function that a name stands for."""
        if isinstance(node, ast.Name):
            for inner in ast.walk(scope.module.tree):
                if isinstance(inner, Function) and inner.name == node.id:
                    return inner, scope.module
            home, name = scope.module.imports.get(node.id, ("", None))
            module = load(home) if name else None
            if module and name in module.functions:
                return module.functions[name], module
            if module and name in module.imports:
                return self.function(ast.Name(name), Scope(module))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = self.module(node.value.id, scope)
            if module and node.attr in module.functions:
                return module.functions[node.attr], module
            if module and node.attr in module.imports:
                return self.function(ast.Name(node.attr), Scope(module))
        return None

    def module(self, name: str, scope: Scope) -> Module | None:
        home, part = scope.module.imports.get(name, ("", None))
        return load(f"{home}.{part}" if part else home)

    def harmless(self, node: ast.expr | None, scope: Scope) -> bool:
        """Nothing in it can be somebody else's text."""
        match node:
            case (
                None
                | ast.Constant()
                | ast.Compare()
                | ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=str(_))]))
            ) if not isinstance(node, ast.FormattedValue) or _NUMBER_SPEC.search(
                ast.unparse(node.format_spec)[2:]
            ):
                return True
            case ast.FormattedValue():
                return node.conversion == -1 and self.harmless(node.value, scope)
            case ast.JoinedStr() | ast.BoolOp():
                return all(self.harmless(part, scope) for part in node.values)
            case ast.IfExp():
                return self.harmless(node.body, scope) and self.harmless(node.orelse, scope)
            case ast.BinOp():
                return self.harmless(node.left, scope) and self.harmless(node.right, scope)
            case ast.UnaryOp():
                return True
            case ast.List() | ast.Tuple() | ast.Set():
                return all(self.harmless(part, scope) for part in node.elts)
            case ast.Dict():
                parts = [*(key for key in node.keys if key), *node.values]
                return all(self.harmless(part, scope) for part in parts)
            case ast.DictComp():
                return self.harmless(node.key, scope) and self.harmless(node.value, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp():
                return self.harmless(node.elt, scope)
            case ast.Starred() | ast.NamedExpr() | ast.Subscript():
                return self.harmless(node.value, scope)
            case ast.Lambda():
                return self.harmless(node.body, scope)
            case ast.Name():
                return self._name(node.id, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
        return False

    def chosen(self, call: ast.Call, shows: ast.expr, scope: Scope) -> bool:
        """Whether `format_func` is harmless for the options that the call offers."""
        given = {one.arg: one.value for one in call.keywords}
        options = given.get("options", call.args[1] if len(call.args) > 1 else None)
        safe = options is not None and self.harmless(options, scope)
        if isinstance(shows, ast.Lambda):
            known = {one.arg: safe for one in shows.args.args}
            return self.harmless(shows.body, Scope(scope.module, scope.function, known))
        if (found := self.function(shows, scope)) is not None:
            fake = ast.Call(shows, [ast.Constant(0) if safe else _UNKNOWN], [])
            return self._result(*found, fake, scope)
        return self.harmless(shows, scope)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> bool:
        if isinstance(node.value, ast.Name) and (module := self.module(node.value.id, scope)):
            return self._name(node.attr, Scope(module))
        return node.attr in numeric_attributes() | DATE_PARTS or self.harmless(node.value, scope)

    def _call(self, node: ast.Call, scope: Scope) -> bool:
        args = [*node.args, *(one.value for one in node.keywords)]
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in SAFE or name in MAKES_NUMBERS:
            return True
        if name in PASSES:
            return all(self.harmless(part, scope) for part in args)
        if (target := self.function(node.func, scope)) is not None:
            return self._result(*target, node, scope)
        if name[:1].isupper():  # an object of literals
            return all(self.harmless(part, scope) for part in args)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            looked_up = 1 if node.func.attr in ("get", "pop") else 0  # a key is not shown
            return all(self.harmless(part, scope) for part in [node.func.value, *args[looked_up:]])
        return False

    def _result(self, function: Function, module: Module, call: ast.Call, scope: Scope) -> bool:
        known = {
            name: self.harmless(value, scope) for name, value in _arguments(function, call).items()
        }
        key = (id(function), hash(frozenset(known.items())), "result")
        if key in self.busy:
            return True
        self.busy.add(key)
        inside = Scope(module, function, known)
        nodes = list(own_nodes(function))
        values = [
            one.value for one in nodes if isinstance(one, ast.Return | ast.Yield | ast.YieldFrom)
        ]
        found = _is_number(function.returns) or (
            bool(values) and all(self.harmless(value, inside) for value in values)
        )
        self.busy.discard(key)
        return found

    def _name(self, name: str, scope: Scope) -> bool:
        if name in scope.known:
            return scope.known[name]
        if scope.function is not None:
            if isinstance(scope.function, Function) and name in _parameters(scope.function):
                return self._parameter(name, scope)
            values = list(_values(scope.function, name))
            if values:
                return self._values(name, values, scope)
        if name in scope.module.constants:
            return self._values(name, scope.module.constants[name], Scope(scope.module))
        if scope.function is None and (values := list(_values(scope.module.tree, name))):
            return self._values(name, values, scope)
        if self.function(ast.Name(name), scope) is not None:
            return True  # a function is no text
        home, part = scope.module.imports.get(name, ("", None))
        if home and home.split(".")[0] not in ("workbench", "storage", "pages"):
            return True  # a library is no text
        module = load(home) if part else None
        return bool(module and part and self._name(part, Scope(module)))

    def _values(self, name: str, values: list[ast.expr], scope: Scope) -> bool:
        key = (id(scope.function or scope.module), hash(frozenset(scope.known.items())), name)
        if key in self.busy:
            return True
        self.busy.add(key)
        found = all(self.harmless(value, scope) for value in values)
        self.busy.discard(key)
        return found

    def _parameter(self, name: str, scope: Scope) -> bool:
        """A parameter: what every caller gives."""
        function = scope.function
        assert isinstance(function, Function)
        if _is_number(_parameters(function)[name]):
            return True
        calls = self.calls.get(id(function), [])
        key = (id(function), 0, f"parameter {name}")
        if key in self.busy:
            return True
        self.busy.add(key)
        found = bool(calls) and all(
            self.harmless(_arguments(function, call).get(name, _UNKNOWN), where)
            for call, where in calls
        )
        self.busy.discard(key)
        return found and all(self.harmless(value, scope) for value in _values(function, name))


def _parameters(function: Function) -> dict[str, ast.expr | None]:
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every += [one for one in (args.vararg, args.kwarg) if one]
    return {one.arg: one.annotation for one in every}


def _arguments(function: Function, call: ast.Call) -> dict[str, ast.expr]:
    """Parameter → what this call gives for it, or its default."""
    args = function.args
    places = [one.arg for one in (*args.posonlyargs, *args.args)]
    given = dict(zip(reversed(places), reversed(args.defaults), strict=False))
    given |= {
        one.arg: value
        for one, value in zip(args.kwonlyargs, args.kw_defaults, strict=True)
        if value is not None
    }
    given |= dict(zip(places, call.args, strict=False))
    if args.vararg and len(call.args) > len(places):
        given[args.vararg.arg] = ast.Tuple(call.args[len(places) :], ast.Load())
    return given | {one.arg: one.value for one in call.keywords if one.arg}


def _values(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """Everything that a local name is bound to."""
    for one in ast.walk(node):
        pairs: list[tuple[ast.expr, ast.expr]] = []
        match one:
            case ast.Assign():
                pairs = [(target, one.value) for target in one.targets]
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr() if one.value:
                pairs = [(one.target, one.value)]
            case ast.For() | ast.comprehension():
                pairs = list(_each(one.target, one.iter))
            case ast.withitem() if one.optional_vars:
                pairs = [(one.optional_vars, one.context_expr)]
            case ast.ExceptHandler(name=str(caught)) if caught == name:
                yield _UNKNOWN
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=verb)) if (
                owner == name and verb in ADDS
            ):
                yield from (*one.args, *(word.value for word in one.keywords))
        for target, value in pairs:
            if isinstance(target, ast.Subscript | ast.Attribute):
                root = target.value
                if isinstance(root, ast.Name) and root.id == name:
                    yield value
            yield from (value for bound, value in _bound(target, value) if bound == name)


def own_nodes(function: Function) -> Iterator[ast.AST]:
    """What is in the function, without the functions within it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def calls_of(module: Module) -> Iterator[tuple[ast.Call, Scope]]:
    """Every call of a module, with the function in which it stands."""

    def walk(node: ast.AST, scope: Scope) -> Iterator[tuple[ast.Call, Scope]]:
        inner = Scope(module, node) if isinstance(node, Function) else scope
        if isinstance(node, ast.Call):
            yield node, inner
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    yield from walk(module.tree, Scope(module))


def shown(call: ast.Call, scope: Scope, judge: Judge) -> Iterator[tuple[str, ast.expr]]:
    """What this call hands to Streamlit as Markdown, by the argument's name or place."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in SINKS:
        return
    receiver = call.func.value
    if isinstance(receiver, ast.Name) and (
        receiver.id == "_log" or judge.module(receiver.id, scope) is not None
    ):
        return
    name = call.func.attr
    keywords = {one.arg: one.value for one in call.keywords if one.arg}
    for place in SINKS[name]:
        formatted = place == 1 and name in CHOICES and "format_func" in keywords
        if place < len(call.args) and not formatted:
            yield str(place), call.args[place]
    wanted = KEYWORDS | ({"format_func"} if name in CHOICES else set())
    yield from ((word, value) for word, value in keywords.items() if word in wanted)


def unproved(sources: list[Path] | None = None) -> list[tuple[Path, ast.expr]]:
    """Places in pages/ and workbench/ui/ where somebody else's text may be shown as Markdown."""
    judge = Judge(sources or files("pages", "workbench/ui"))
    return [
        (module.path, value)
        for module in judge.modules
        for call, scope in calls_of(module)
        for word, value in shown(call, scope, judge)
        if not (
            judge.chosen(call, value, scope)
            if word == "format_func"
            else judge.harmless(value, scope)
        )
    ]
