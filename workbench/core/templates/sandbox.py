"""Jinja for templates from the net: they reach nothing outside, and cannot work without end.

jinja's sandbox keeps a template away from the program. Here every turn of a loop, call, filter
and operation is counted as well, and what would make a large value is refused before it is made.
"""

import functools
import json
from collections.abc import Callable, Iterable, Iterator
from types import BuiltinMethodType
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import _PassArg

from workbench.core.templates.budget import TemplateLimit, budget
from workbench.core.templates.rules import (
    FILTERS,
    LISTED,
    ONE_BY_ONE,
    PLACE,
    before_dict,
    before_filter,
    before_method,
    before_operation,
    counted,
    entries,
)

_STEP, _HELD, _JOINED, _WRITTEN, _CUT = "_step", "_held", "_joined", "_written", "_cut"
_COMPARES = {"in", "eq", "equalto", "==", "ne", "!=", "lt", "lessthan", "<", "le", "<=", "gt",
             "greaterthan", ">", "ge", ">="}  # fmt: skip
_COUNTED = (str, bytes, int, float, list, tuple, dict, range, type)
Function = Callable[..., Any]


SCOPES = {"_loop_vars", "_block_vars"}
"""What jinja passes along with every call."""


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """The environment in which chat templates are compiled and rendered."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, finalize=_printed)
        filters = {**self.filters, "tojson": _tojson}
        self.filters = {
            k: _limited(k, f) if k in FILTERS else _refused(k) for k, f in filters.items()
        }
        self.filters |= {
            _STEP: _step,
            _HELD: _held,
            _JOINED: _joined,
            _WRITTEN: _printed,
            _CUT: _cut,
        }
        self.globals["lipsum"] = _lipsum

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        _instrument(source)
        source.set_environment(self)
        return super()._generate(source, *args, **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The operation, unless its result would be without end."""
        budget().step()
        before_operation(operator, left, right)
        result = super().call_binop(context, operator, left, right)
        return result if isinstance(result, list | tuple) else budget().check(result)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """The call, unless it is one of a method that has no rule, or would make too much."""
        budget().step()
        given = {k: v for k, v in kwargs.items() if k not in SCOPES}
        for method in (__obj, getattr(__obj, "__wrapped__", None)):  # str.format is wrapped
            owner = getattr(method, "__self__", None)
            if isinstance(owner, _COUNTED) or isinstance(method, BuiltinMethodType):
                args = tuple(map(entries, args))
                before_method(getattr(method, "__name__", ""), owner, args, given)
                break
            if isinstance(owner, LoopContext):  # loop.changed compares
                budget().made(sum(map(budget().holds, args)) / 8)
        return budget().check(super().call(__context, __obj, *args, **kwargs))


def _instrument(root: nodes.Node) -> None:
    """Put a counter into every loop, and around whatever makes a value without a call."""
    for child in list(root.iter_child_nodes()):
        _instrument(child)
    for name, value in list(root.iter_fields()):
        if isinstance(value, list):
            setattr(root, name, [_around(v, root) for v in value])
        elif isinstance(value, nodes.Node):
            setattr(root, name, _around(value, root))
    if isinstance(root, nodes.For):
        step = _filter(_STEP, nodes.Const(True))
        root.body.insert(0, nodes.ExprStmt(step, lineno=root.lineno))
        if root.test is not None:
            root.test = nodes.And(_filter(_STEP, nodes.Const(True)), root.test)


def _around(node: Any, parent: nodes.Node) -> Any:
    """What stands in the place of a node."""
    if isinstance(node, nodes.Concat):
        return _filter(_JOINED, nodes.List(node.nodes))
    if isinstance(node, nodes.TemplateData):
        return _filter(_WRITTEN, nodes.Const(node.data))
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice):
        return _filter(_CUT, node)
    compared = _compares(parent) and isinstance(node, nodes.Expr)
    made = isinstance(node, nodes.List | nodes.Dict) or (
        isinstance(node, nodes.Tuple) and node.ctx == "load"
    )
    return _filter(_HELD, node) if made or (compared and _may_be_large(node)) else node


def _compares(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Test):
        return node.name in _COMPARES
    return isinstance(node, nodes.Compare | nodes.Operand)


def _may_be_large(node: nodes.Expr) -> bool:
    return not isinstance(node, nodes.Const | nodes.Filter)


def _filter(name: str, node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno or 1)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


@pass_context
def _step(_context: Context, value: Any) -> Any:
    budget().step()
    return value


@pass_context
def _held(_context: Context, value: Any) -> Any:
    """A value that is compared, or a new list: no larger with all that is in it than allowed."""
    now = budget()
    now.step()
    if isinstance(value, dict):
        before_dict(len(value))
    if isinstance(value, str | list | tuple | set | dict):
        now.made(now.holds(value) / 8)
    return value


@pass_context
def _cut(_context: Context, value: Any) -> Any:
    """A part of a text or list, which is a copy."""
    now = budget()
    now.step()
    if isinstance(value, str):
        now.made(len(value))
    elif isinstance(value, list | tuple):
        now.made(PLACE * len(value))
    return value


@pass_context
def _joined(_context: Context, values: list[Any]) -> str:
    return "".join(map(_text, values))


@pass_context
def _printed(_context: Context, value: Any) -> str:
    return _text(value)


def _text(value: Any) -> str:
    now = budget()
    now.step()
    before_filter("string", value, (), {})
    text = str(value)
    now.made(len(text))
    return text


def _refused(name: str) -> Function:
    def refuse(*_args: Any, **_kwargs: Any) -> None:
        raise TemplateLimit(f"it uses the filter {name}, which no conversation needs")

    return refuse


def _lipsum(*_args: Any, **_kwargs: Any) -> None:
    raise TemplateLimit("it uses the function lipsum, which no conversation needs")


def _limited(name: str, function: Function) -> Function:
    """A filter that counts, and that refuses what would be too large."""
    passed = _PassArg.from_obj(function)

    @pass_context
    @functools.wraps(function, updated=())
    def call(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        now = budget()
        now.step()
        if name in ONE_BY_ONE and isinstance(value, Iterable):
            value = counted(value)
        value = entries(value) if name in LISTED else value
        before_filter(name, value, args, kwargs)
        first = {
            _PassArg.context: (context,),
            _PassArg.eval_context: (context.eval_ctx,),
            _PassArg.environment: (context.environment,),
        }.get(passed, ()) if passed else ()  # fmt: skip
        result = function(*first, value, *args, **kwargs)
        return counted(result) if isinstance(result, Iterator) else now.check(result)

    call.jinja_pass_arg = _PassArg.context  # type: ignore[attr-defined]
    return call
