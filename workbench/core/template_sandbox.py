"""Jinja for templates from the net: they reach nothing outside, and cannot work without end.

jinja's sandbox keeps a template away from the program. Here every turn of a loop, call, filter
and operation is counted as well, and what would make a large value is refused before it is made.
"""

import functools
import json
import re
from collections.abc import Callable
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import _PassArg

from workbench.core.template_budget import BITS, ITEM, TemplateLimit, budget, weight

_DROPPED = {"pprint", "random", "striptags", "urlize", "wordwrap", "xmlattr", "filesizeformat"}
"""Filters that no conversation needs and that cannot be limited well."""
_STEP, _HELD, _JOINED, _WRITTEN = "_step", "_held", "_joined", "_written"
_NUMBER = re.compile(r"\d+")
Function = Callable[..., Any]


class TemplateSandbox(ImmutableSandboxedEnvironment):
    """The environment in which chat templates are compiled and rendered."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "%", "**"])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, finalize=_printed)
        filters = {**self.filters, "tojson": _tojson}
        self.filters = {k: _limited(k, f) for k, f in filters.items() if k not in _DROPPED}
        self.filters |= {_STEP: _step, _HELD: _held, _JOINED: _joined, _WRITTEN: _printed}
        self.globals.pop("lipsum")

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        _instrument(source)
        source.set_environment(self)
        return super()._generate(source, *args, **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The operation, unless its result would be without end."""
        budget().step()
        _before_operation(operator, left, right)
        return budget().check(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """The call, unless it is one of a method that would make too much."""
        budget().step()
        method = getattr(__obj, "__wrapped__", __obj)  # the sandbox wraps str.format
        owner, name = getattr(method, "__self__", None), getattr(method, "__name__", "")
        if isinstance(owner, str | bytes | int | float | list | dict):
            _before(name, owner, args, kwargs)
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
    compared = isinstance(parent, nodes.Compare | nodes.Operand) and isinstance(node, nodes.Expr)
    made = isinstance(node, nodes.List | nodes.Dict) or (
        isinstance(node, nodes.Tuple) and node.ctx == "load"
    )
    return _filter(_HELD, node) if made or (compared and _may_be_large(node)) else node


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
    if isinstance(value, list | tuple | set | dict) and weight(value, now.most) > now.most:
        raise TemplateLimit("it makes too much text")
    return value


@pass_context
def _joined(_context: Context, values: list[Any]) -> str:
    return "".join(str(_checked(value)) for value in values)


@pass_context
def _printed(_context: Context, value: Any) -> str:
    return str(_checked(value))


def _checked(value: Any) -> Any:
    now = budget()
    now.step()
    return now.check(value)


def _limited(name: str, function: Function) -> Function:
    """A filter that counts, and that refuses what would be too large."""
    passed = _PassArg.from_obj(function)

    @pass_context
    @functools.wraps(function, updated=())
    def call(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        now = budget()
        now.step()
        if name in _OWN_LENGTH and not isinstance(value, str | list | tuple | dict):
            value = list(value)
        _before(name, value, args, kwargs)
        first = {
            _PassArg.context: (context,),
            _PassArg.eval_context: (context.eval_ctx,),
            _PassArg.environment: (context.environment,),
        }.get(passed, ()) if passed else ()  # fmt: skip
        return now.check(function(*first, value, *args, **kwargs))

    call.jinja_pass_arg = _PassArg.context  # type: ignore[attr-defined]
    return call


_OWN_LENGTH = {"join", "sum", "batch", "slice"}
_FORMATS = {"format", "format_map", "%"}
_PADS = {"center", "ljust", "rjust", "zfill", "indent", "tojson", "expandtabs", "batch", "slice",
         "truncate", "round", "to_bytes"}  # fmt: skip


def _before(name: str, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Refuse a method or filter whose result would be without end.

    Reads sizes alone: of the value, of what is put between or in its place, and widths.
    """
    now = budget()
    given = [*args, *kwargs.values()]
    size = weight(value, now.most)
    if name in _SHALLOW:
        return
    wide = max((abs(n) for n in given if isinstance(n, int | float)), default=0)
    long = max((weight(text, now.most) for text in given), default=0)
    parts = len(value) + 1 if hasattr(value, "__len__") else 1
    if name in _FORMATS:
        _before_format(value, args if name != "format_map" else (kwargs, *args), wide, long)
    elif name in _PADS:
        now.made(size + (parts + size // ITEM) * min(wide, 1e12) * (name != "round"))
        now.made(parts * long)
    elif name in ("join", "replace", "urlencode", "translate"):
        joined = weight(args[0], now.most) if name == "join" and args else 0
        count = value.count(str(args[0])) if _counts(name, value, args) else parts
        now.made(size + joined + count * long)
    elif name == "sum" and any(isinstance(item, list | tuple | str) for item in value):
        now.made(parts * size)
    else:
        now.made(size / ITEM)


_SHALLOW = {"length", "count", "first", "last", "default", "d", "items", "get", "keys", "values",
            "selectattr", "rejectattr", "select", "reject", "map", "int", "float",
            "abs"}  # fmt: skip


def _counts(name: str, value: Any, args: tuple[Any, ...]) -> bool:
    return name == "replace" and isinstance(value, str) and bool(args)


def _before_format(value: Any, args: Any, wide: float, long: int) -> None:
    """Every field may be as wide as the largest number in sight, and as long as a value."""
    text = str(value) if isinstance(value, str | bytes) else ""
    widest = max((int(n[:12]) for n in _NUMBER.findall(text)), default=0)
    fields = text.count("{") + text.count("%")
    inner = max((int(n[:12]) for a in args for n in _NUMBER.findall(str(a)[:4000])), default=0)
    star = inner if "*" in text or re.search(r"\{[^}]*\{", text) else 0
    budget().made(len(text) + fields * (max(widest, star, min(wide, 1e12) if star else 0) + long))


def _before_operation(operator: str, left: Any, right: Any) -> None:
    now = budget()
    if operator == "*":
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str | bytes | list | tuple) and isinstance(times, int):
                now.made(weight(value, now.most) * max(times, 0) + ITEM)
    if operator == "+" and isinstance(left, str | list | tuple):
        now.made(len(left))
    if operator == "%" and isinstance(left, str | bytes):
        args = right if isinstance(right, tuple) else (right,)
        _before_format(left, args, 0, weight(right, now.most))
    if operator in ("*", "**") and isinstance(left, int) and isinstance(right, int):
        bits = left.bit_length() * max(right, 1) if operator == "**" else 0
        if bits > BITS:
            raise TemplateLimit("it makes a number without end")
