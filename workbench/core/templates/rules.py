"""Which methods and filters a chat template may use, and what each may make.

Most of them are one call into C, which nobody can stop once it has begun. So each has a rule that
reads the sizes of what it is given and refuses what would become too large, or take too long; a
method or filter without a rule is refused by name.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter
from typing import Any

from jinja2 import Undefined

from workbench.core.templates.budget import BITS, ENTRY, ITEM, TemplateLimit, budget

Rule = Callable[[Any, Sequence[Any], Mapping[str, Any]], None]
PLACE = 2
"""What an entry counts that is copied from list to list; templates gather turns that way."""
_CHAR = 80
"""What a letter counts that becomes a text of its own."""
_NUMBER = re.compile(r"\d+")
_FIELD = 320
"""The longest number that a field of a format writes by itself has so many digits."""
_GROWS, _QUOTED = 3, 12
"""So many letters may one become in another case; and in quotes, where it has no letter."""
_PLACES = 300
_DIGITS = 4000
_BLANKS = [chr(code) for code in range(0x3001) if chr(code).isspace()]
_LINE_ENDS = [sign for sign in _BLANKS if f"a{sign}a".splitlines()[1:]]
_STAR = re.compile(r"%[-+ #0-9.]*\*")
_FORMATTER = Formatter()


def before_method(name: str, owner: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Refuse a method of a text, a list or the like that may not be called so.

    Raises:
        TemplateLimit: it would be without end, or has no rule.
    """
    kind = str if isinstance(owner, str) else dict if isinstance(owner, dict) else tuple
    if isinstance(owner, type) or name not in METHODS[kind]:
        raise TemplateLimit(f"it uses the method {name}, which no conversation needs")
    METHODS[kind][name](owner, args, kwargs)


def before_filter(name: str, value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """As `before_method`, for one of the `FILTERS`."""
    FILTERS[name](value, args, kwargs)


def size_of(value: Any) -> int:
    """Characters and entries, with all that is in it."""
    return budget().holds(value)


def before_operation(operator: str, left: Any, right: Any) -> None:
    """Refuse a result without end."""
    if operator == "*":
        for value, times in ((left, right), (right, left)):
            if isinstance(value, str | bytes | list | tuple) and isinstance(times, int):
                budget().made(size_of(value) * max(times, 0) + ITEM)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        budget().room(len(left) + len(right))
    if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        budget().made(PLACE * (len(left) + len(right)))
    if operator == "%" and isinstance(left, str):
        before_format(left, right if isinstance(right, tuple) else (right,), {})
    whole = isinstance(left, int) and isinstance(right, int)
    if operator == "**" and whole and left.bit_length() * max(right, 1) > BITS:
        raise TemplateLimit("it makes a number without end")


def before_format(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Every field may be as wide as the widest in sight, and as long as a value in quotes."""
    if not isinstance(value, str):
        raise TemplateLimit("it fills in something that is not a text")
    fields = value.count("{") + value.count("%")
    budget().made(len(value) + fields * ITEM)
    if _STAR.search(value) or ("{" in value and any(map(_nested, _FORMATTER.parse(value)))):
        raise TemplateLimit("it takes the width of a text from a value")
    widest = max((int(number[:12]) for number in _NUMBER.findall(value)), default=0)
    quoted = _QUOTED if "!" in value or "%" in value else 1
    budget().room(fields * (widest + _FIELD + _longest(args, kwargs) * quoted) + len(value))


def _nested(field: tuple[str, str | None, str | None, str | None]) -> bool:
    return "{" in (field[2] or "")


def _each_given(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """What is given may be a way to a part of every entry, or stand in for a missing part."""
    budget().made(len(value) * _longest(args, kwargs))


def _looked_through(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    budget().made((size_of(value) + _longest(args, kwargs)) / 8)


def _free(_value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """What takes no longer for a larger value; what it is given may be compared with each entry."""
    _longest(args, kwargs)


def _copied(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any], times: int = 1) -> None:
    _looked_through(value, args, kwargs)
    budget().room(times * size_of(value))


def _in_another_case(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _copied(value, args, kwargs, _GROWS)


def _quoted(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _copied(value, args, kwargs, 1 if isinstance(value, str) else _QUOTED)


def _escaped(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _copied(value, args, kwargs, _QUOTED // 2)


def _in_words(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    budget().room(_CHAR * size_of(value))


def _split(value: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    sign = args[0] if args else kwargs.get("sep")
    most = args[1] if args[1:] else kwargs.get("maxsplit", -1)
    signs = [sign] if isinstance(sign, str) and sign else _BLANKS
    cuts = sum(map(value.count, signs))
    if isinstance(most, int) and most >= 0:
        cuts = min(cuts, most)
    budget().made(len(value) / 8)
    budget().room(len(value) + _CHAR * (cuts + 1))


def _in_lines(value: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    budget().made(len(value) / 8)
    budget().room(len(value) + _CHAR * _lines(value))


def _padded(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _copied(value, args, kwargs)
    budget().room(size_of(value) + _widest(args, kwargs))


def _tabs_expanded(value: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _copied(value, args, kwargs)
    budget().room(len(value) + value.count("\t") * max(_widest(args, kwargs), 8))


def _indented(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    lines = _lines(value) if isinstance(value, str) else size_of(value)
    budget().made(size_of(value) / 8)
    budget().room(size_of(value) + lines * (_CHAR + _widest(args, kwargs) + _longest(args, kwargs)))


def _shown_as_json(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    wide, size = _widest(args, kwargs), size_of(value)
    lines = size // ITEM + 1
    budget().made(size / 8)
    signs = _longest(args, kwargs)
    budget().room(_QUOTED // 2 * size + lines * (signs + wide * _depth(value)))


def _replaced(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    old = args[0] if args else kwargs.get("old")
    known = isinstance(value, str) and isinstance(old, str)
    count = value.count(old) if known else size_of(value) + 1
    _looked_through(value, args, kwargs)
    budget().room(size_of(value) + count * _longest(args, kwargs))


def _joined_by_method(value: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    parts = args[0] if args else ()
    if not isinstance(parts, str | list | tuple | dict):
        raise TemplateLimit("it joins something that is not a list")
    budget().room(_in_places(parts) + size_of(parts) + len(parts) * len(value))


def _joined(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _each_given(value, args, kwargs)
    budget().room(_in_places(value) + size_of(value) + len(value) * _longest(args, kwargs))


def _listed(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """What takes every entry into a new list, and may put it in order by a part of each."""
    _each_given(value, args, kwargs)
    budget().made(max(_in_places(value), size_of(value)) / 4)
    budget().room(_in_places(value))


def _grouped(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _each_given(value, args, kwargs)
    budget().made(4 * _in_places(value) + size_of(value))


def _added_up(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    _each_given(value, args, kwargs)
    budget().made(_in_places(value))
    if any(isinstance(item, list | tuple | str) for item in value):
        budget().made(len(value) * size_of(value))


def _cut(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    """Into rows of so many, or so many rows; what is missing is filled in."""
    budget().made(_in_places(value) + ITEM * _widest(args, kwargs))


def _rounded(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    if _widest(args, kwargs) > _PLACES:
        raise TemplateLimit("it makes a number without end")


def _to_number(value: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
    if isinstance(value, str) and len(value) > _DIGITS:
        raise TemplateLimit("it makes a number without end")


def before_dict(size: int) -> None:
    """Keys may be made so that each is compared with every other."""
    budget().made(size * size / 8 + ENTRY * size)


def _longest(args: Sequence[Any], kwargs: Mapping[str, Any]) -> int:
    return max(map(size_of, [*args, *kwargs.values()]), default=0)


def _widest(args: Sequence[Any], kwargs: Mapping[str, Any]) -> float:
    numbers = [abs(n) for n in [*args, *kwargs.values()] if isinstance(n, int | float)]
    return min(max(numbers, default=0), 1e12)


def _lines(text: str) -> int:
    return sum(map(text.count, _LINE_ENDS)) + 1


def _in_places(value: Any) -> int:
    """What a list of these entries takes; the letters of a text are texts of their own then."""
    return len(value) * (_CHAR if isinstance(value, str) else ITEM)


def _depth(value: Any) -> int:
    """How many lists and dictionaries lie in one another; never more than `json` can write."""
    found, level = 0, [value]
    while found < 1000:
        level = [one for one in level if isinstance(one, dict | list | tuple)]
        if not level:
            break
        found += 1
        inside: list[Any] = []
        for one in level:
            inside += one.values() if isinstance(one, dict) else one
        level = inside
    return found


def _all(rule: Rule, names: str) -> dict[str, Rule]:
    return dict.fromkeys(names.split(), rule)


METHODS: dict[type, dict[str, Rule]] = {
    str: {
        **_all(_in_another_case, "capitalize casefold lower swapcase title upper"),
        **_all(_copied, "lstrip rstrip strip removeprefix removesuffix partition rpartition"),
        **_all(_looked_through, "count endswith find index rfind rindex startswith isalnum isalpha "
               "isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace "
               "istitle isupper"),
        **_all(_padded, "center ljust rjust zfill"),
        **_all(_split, "split rsplit"),
        "expandtabs": _tabs_expanded,
        "splitlines": _in_lines,
        "replace": _replaced,
        "join": _joined_by_method,
        "format": before_format,
    },
    dict: _all(_free, "get items keys values") | _all(_listed, "copy"),
    tuple: _all(_looked_through, "count index") | _all(_listed, "copy")
    | _all(_free, "is_integer bit_length"),
}  # fmt: skip
"""By what they belong to; tuple stands for lists and numbers, too."""

FILTERS: dict[str, Rule] = {
    **_all(_free, "abs attr count d default first items last length map reject rejectattr safe "
           "select selectattr unique"),
    **_all(_in_another_case, "capitalize lower upper"),
    **_all(_copied, "trim truncate"),
    **_all(_quoted, "string"),
    **_all(_escaped, "e escape forceescape"),
    **_all(_in_words, "title wordcount"),
    **_all(_listed, "dictsort list max min reverse sort"),
    **_all(_cut, "batch slice"),
    **_all(_to_number, "float int"),
    "center": _padded,
    "format": before_format,
    "groupby": _grouped,
    "indent": _indented,
    "join": _joined,
    "replace": _replaced,
    "round": _rounded,
    "sum": _added_up,
    "tojson": _shown_as_json,
}  # fmt: skip

LISTED = {"batch", "groupby", "join", "list", "max", "min", "reverse", "slice", "sort", "sum"}
"""Filters that read all of what they are given before they answer; whose entries are counted."""
ONE_BY_ONE = {"map", "reject", "rejectattr", "select", "selectattr", "unique"}
"""Filters that read on as their answer is read."""


def entries(value: Any) -> Any:
    """What can be listed as something with a length; its entries are counted on the way."""
    if isinstance(value, str | list | tuple | dict | range | Undefined):
        return value
    return list(counted(value)) if isinstance(value, Iterable) else value


def counted(values: Iterable[Any]) -> Iterable[Any]:
    """The values one by one, each a step."""
    now = budget()
    for value in values:
        now.step()
        if isinstance(value, str):
            now.made(len(value))
        yield value
