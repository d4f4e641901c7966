"""What names are bound to in a function: its parameters, its calls' arguments, its values."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.helpers.shown_text.modules import Function, Module, bound, each

ADDS = {"append", "extend", "insert", "add", "update", "setdefault", "appendleft"}
UNKNOWN = ast.Name("?")


@dataclass
class Scope:
    """Where a name is looked up: a function of a module, its arguments' harmlessness if known."""

    module: Module
    function: Function | ast.Lambda | None = None
    known: dict[str, bool] = field(default_factory=dict)


def parameters(function: Function) -> dict[str, ast.expr | None]:
    args = function.args
    every = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    every += [one for one in (args.vararg, args.kwarg) if one]
    return {one.arg: one.annotation for one in every}


def arguments(function: Function, call: ast.Call) -> dict[str, ast.expr]:
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


@cache
def functions_within(tree: ast.AST) -> dict[str, Function]:
    """Name → the first function of that name in a module."""
    found: dict[str, Function] = {}
    for one in within(tree):
        if isinstance(one, Function):
            found.setdefault(one.name, one)
    return found


@cache
def within(node: ast.AST) -> tuple[ast.AST, ...]:
    """The node and all below it."""
    return tuple(ast.walk(node))


@cache
def bindings_of(node: ast.AST, name: str) -> tuple[ast.expr, ...]:
    """Everything that a local name is bound to."""
    return tuple(_bound(node, name))


def _bound(node: ast.AST, name: str) -> Iterator[ast.expr]:
    for one in within(node):
        pairs: list[tuple[ast.expr, ast.expr]] = []
        match one:
            case ast.Assign():
                pairs = [(target, one.value) for target in one.targets]
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr() if one.value:
                pairs = [(one.target, one.value)]
            case ast.For() | ast.comprehension():
                pairs = list(each(one.target, one.iter))
            case ast.withitem() if one.optional_vars:
                pairs = [(one.optional_vars, one.context_expr)]
            case ast.ExceptHandler(name=str(caught)) if caught == name:
                yield UNKNOWN
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=verb)) if (
                owner == name and verb in ADDS
            ):
                yield from (*one.args, *(word.value for word in one.keywords))
        for target, value in pairs:
            if isinstance(target, ast.Subscript | ast.Attribute):
                root = target.value
                if isinstance(root, ast.Name) and root.id == name:
                    yield value
            yield from (value for bound, value in bound(target, value) if bound == name)


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
