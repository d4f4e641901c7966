"""A chat template rendered with holes in place of the turns, to tell what it makes of any turns.

A template that only writes turns, joins them with other text and strips their ends makes the same
of every conversation of the same roles. What a hole stands for is not known, so a template that asks
for it is found out (`Asked`), but for questions whose answer is as good as always no, such as whether
a turn has `</think>` in it: those are noted, and whoever fills the holes asks them again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jinja2
from jinja2 import nodes, pass_context
from jinja2.filters import FILTERS
from jinja2.runtime import Context
from jinja2.utils import Namespace, _PassArg

from workbench.core.chats.system_turns import folded, has_system
from workbench.core.templates.budget import budget, limited
from workbench.core.templates.chat_template import WITHOUT_THOUGHTS, ChatTemplate
from workbench.core.templates.sandbox import SCOPES, TemplateSandbox

OPEN, CLOSE = "\ue010", "\ue011"
"""Around a hole's number; private use, as the probe of `core.messages`."""

Step = tuple[str, str | None]
"""A method of str that strips, and of which characters."""


class Asked(BaseException):
    """The template wants to know what a turn says. No `Exception`: jinja's tests catch those."""


@dataclass(frozen=True)
class Source:
    """What fills a hole: the content of a turn, stripped in some steps."""

    turn: int
    steps: tuple[Step, ...] = ()

    def text(self, contents: Sequence[str]) -> str:
        """Of the contents of all turns, this one's."""
        found = contents[self.turn]
        for method, characters in self.steps:
            found = getattr(found, method)(characters)
        return found


@dataclass(frozen=True)
class Doubt:
    """A question that was answered with no: the method of str, what it was asked, and which hole."""

    method: str
    asked: str | tuple[str, ...]
    hole: int


@dataclass
class Trace:
    """The holes of one conversation, and what the template asked about them."""

    holes: list[Source] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    def hole(self, source: Source) -> "Hole":
        """The text that stands for a source; one and the same text each time."""
        if source not in self.holes:
            self.holes.append(source)
        number = self.holes.index(source)
        return Hole.of(f"{OPEN}{number}{CLOSE}", self, number)

    def joined(self, pieces: Iterable[Any]) -> "Hole":
        """Texts and holes as one text, about which nothing can be asked."""
        return Hole.of("".join(str(piece) for piece in pieces), self)


class Hole(str):
    """A text that is not known; as a str it is its mark, `OPEN NUMBER CLOSE`."""

    trace: Trace
    number: int | None

    @classmethod
    def of(cls, mark: str, trace: Trace, number: int | None = None) -> "Hole":
        """With this mark; without a number it holds more than a source's text."""
        made = cls(mark)
        made.trace, made.number = trace, number
        return made

    def __add__(self, other: str) -> "Hole":
        return self.trace.joined([self, other])

    def __radd__(self, other: str) -> "Hole":
        return self.trace.joined([other, self])

    def __bool__(self) -> bool:
        return True  # no hole is filled with nothing

    def __contains__(self, key: object) -> bool:
        return self._no("__contains__", key)

    def __eq__(self, other: object) -> bool:
        return self._no("__eq__", other) if isinstance(other, str) else False

    def __ne__(self, other: object) -> bool:
        return not self == other

    def _no(self, method: str, asked: Any) -> bool:
        known = asked if isinstance(asked, tuple) else (asked,)
        if self.number is None or any(not isinstance(a, str) or OPEN in str(a) for a in known):
            raise Asked
        self.trace.doubts.append(Doubt(method, asked, self.number))
        return False

    def _stripped(self, method: str, characters: Any = None) -> "Hole":
        if self.number is None or isinstance(characters, Hole):
            raise Asked
        source = self.trace.holes[self.number]
        return self.trace.hole(Source(source.turn, (*source.steps, (method, characters))))


def _asked(*_: Any, **__: Any) -> Any:
    raise Asked


def _no(method: str) -> Callable[..., bool]:
    return lambda hole, asked: hole._no(method, asked)


def _stripped(method: str) -> Callable[..., Hole]:
    return lambda hole, characters=None: hole._stripped(method, characters)


_ANSWERED = {"__add__", "__contains__", "__eq__", "__ne__", "__new__", "__init__", "__str__",
             "__class__", "__getattribute__", "__setattr__", "__init_subclass__", "__dir__",
             "__subclasshook__", "__reduce__", "__reduce_ex__", "__getstate__", "__doc__",
             "__repr__", "__delattr__", "__sizeof__"}  # fmt: skip
for _name in set(dir(str)) - _ANSWERED:
    setattr(Hole, _name, _asked)
for _name in ("startswith", "endswith"):
    setattr(Hole, _name, _no(_name))
for _name in ("strip", "lstrip", "rstrip"):
    setattr(Hole, _name, _stripped(_name))


class HoleSandbox(TemplateSandbox):
    """Compiles templates so that nothing is made of a hole, or asked about it, unseen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.finalize = _printed
        shallow = {k: _shallow(FILTERS[k]) for k in _SHALLOW}
        self.filters = {k: _closed_filter(f) for k, f in self.filters.items()} | shallow
        self.filters |= {
            "trim": _trim,
            "_held": _as_is,
            "_cut": _as_is,
            "_joined": _joined,
            _UNKNOWN: _unknown,
        }
        known: dict[str, Any] = dict(self.tests)
        self.tests.update({k: _closed(f) for k, f in known.items() if k not in _TESTS})

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        if any(source.find_all(_CAPTURES)):
            raise Asked  # what a block writes into a variable is a str without its holes
        for compare in list(source.find_all(nodes.Compare)):
            _watch_in(compare)
        return super()._generate(source, *args, **options)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Texts and holes can be joined."""
        if not (_is_open(left) or _is_open(right)):
            return super().call_binop(context, operator, left, right)
        if operator != "+" or not (isinstance(left, str) and isinstance(right, str)):
            raise Asked
        return left + right

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Holes answer for themselves; nobody else is given one."""
        given = {k: v for k, v in kwargs.items() if k not in SCOPES}
        owner = getattr(getattr(__obj, "__wrapped__", __obj), "__self__", None)
        if isinstance(owner, Hole):
            return __obj(*args, **given)
        if _is_open([*args, *given.values()]):
            raise Asked
        if isinstance(owner, dict) and __obj.__name__ in _LOOKS:
            return __obj(*args, **given)
        return _whole(super().call(__context, __obj, *args, **kwargs))


_UNKNOWN = "_unknown"
_CAPTURES = (nodes.AssignBlock, nodes.Macro, nodes.CallBlock, nodes.FilterBlock)
_SHALLOW = {"length", "count", "first", "last", "default", "d", "items", "list", "selectattr",
            "rejectattr"}  # fmt: skip
"""Filters that look at no text, or that leave it to the tests."""
_LOOKS = {"get", "items", "keys", "values"}
_TESTS = {"defined", "undefined", "none", "string", "mapping", "number", "boolean", "integer",
          "float", "true", "false", "callable", "eq", "equalto", "==", "ne", "!="}  # fmt: skip
"""Tests that ask for a value's type, or that the hole itself answers."""


def _watch_in(compare: nodes.Compare) -> None:
    """`hole in "text"` is asked of the text, which would tell nobody."""
    if not any(operand.op in ("in", "notin") for operand in compare.ops):
        return
    compare.expr = _watched(compare.expr)
    for operand in compare.ops[:-1]:
        operand.expr = _watched(operand.expr)


def _watched(node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, _UNKNOWN, [], [], None, None, lineno=node.lineno or 1)


def _is_open(value: Any) -> bool:
    """Whether a hole is in a value, however deep."""
    if isinstance(value, str):
        return isinstance(value, Hole) or OPEN in value
    if isinstance(value, Namespace):
        return True  # what is in it is not looked for
    if isinstance(value, Mapping):
        return any(map(_is_open, value.values()))
    return isinstance(value, list | tuple | set) and any(map(_is_open, value))


def _whole(value: Any) -> Any:
    """A result, in which a hole is a hole."""
    if isinstance(value, str) and not isinstance(value, Hole) and OPEN in value:
        raise Asked
    return value


def _closed(function: Callable[..., Any]) -> Callable[..., Any]:
    pass_on = getattr(function, "jinja_pass_arg", None)

    def test(*args: Any, **kwargs: Any) -> Any:
        if _is_open([*args, *kwargs.values()]):
            raise Asked
        return function(*args, **kwargs)

    if pass_on is not None:
        test.jinja_pass_arg = pass_on  # type: ignore[attr-defined]
    return test


def _closed_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    def call(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        if _is_open([value, *args, *kwargs.values()]):
            raise Asked
        return function(context, value, *args, **kwargs)

    return call


def _shallow(function: Callable[..., Any]) -> Callable[..., Any]:
    passed = _PassArg.from_obj(function)

    @pass_context
    def call(context: Context, value: Any, *args: Any, **kwargs: Any) -> Any:
        budget().step()
        if isinstance(value, str) and _is_open(value) and function is not FILTERS["default"]:
            raise Asked
        first: dict[Any, tuple[Any, ...]] = {
            _PassArg.context: (context,),
            _PassArg.environment: (context.environment,),
        }
        return _whole(function(*first.get(passed, ()), value, *args, **kwargs))

    return call


@pass_context
def _printed(_context: Context, value: Any) -> str:
    budget().step()
    if not isinstance(value, str) and _is_open(value):
        raise Asked
    return str(value)


@pass_context
def _trim(_context: Context, value: Any, characters: str | None = None) -> Any:
    return value.strip(characters) if isinstance(value, str) else _asked()


@pass_context
def _as_is(_context: Context, value: Any) -> Any:
    return value


@pass_context
def _unknown(_context: Context, value: Any) -> Any:
    return _asked() if _is_open(value) else value


@pass_context
def _joined(_context: Context, values: list[Any]) -> Any:
    holes = [value for value in values if isinstance(value, Hole)]
    return holes[0].trace.joined(values) if holes else "".join(map(str, values))


@dataclass(frozen=True)
class HoleTemplate(ChatTemplate):
    """A chat template that is rendered with holes."""

    def render(
        self, messages: Sequence[Mapping[str, str]], *, add_generation_prompt: bool = False
    ) -> str:
        """As `ChatTemplate.render`; the holes' marks stand in the text.

        Raises:
            Asked: it is not the same for all turns.
        """
        try:
            return self._with_holes(self.seen(messages), add_generation_prompt)
        except jinja2.TemplateError:
            if has_system(messages):
                return self.render(folded(messages), add_generation_prompt=add_generation_prompt)
            raise Asked from None
        except Exception:
            raise Asked from None

    def _with_holes(
        self, messages: Sequence[Mapping[str, str]], add_generation_prompt: bool
    ) -> str:
        with limited(messages):
            return self.compiled(HoleSandbox).render(
                messages=[dict(message) for message in messages],
                tools=None,
                documents=None,
                add_generation_prompt=add_generation_prompt,
                **WITHOUT_THOUGHTS,
                **self.tokens,
            )
