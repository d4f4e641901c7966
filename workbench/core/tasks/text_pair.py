"""Two texts that belong together (claim and evidence, question and answer) in one question.

They stand below each other, each behind its heading, as `premise: {premise}` and `hypothesis:
{hypothesis}` are woven. A model that writes reads that as it is; an encoder reads the two as a pair.
"""

import re
from collections.abc import Mapping, Sequence

from workbench.core.errors import WorkbenchError

ROLE = "text_pair"
"""The role of the second text, where columns are named; both are woven into the question then."""
Headings = Sequence[str]
"""Of the first and of the second text; empty where a question is one text."""
_TEMPLATE = re.compile(r"([^{}\n]+): \{([^{}\n]+)\}\n([^{}\n]+): \{([^{}\n]+)\}")


def headings_of(source: str) -> tuple[str, ...]:
    """The headings of a template that weaves two columns so; none of any other source."""
    found = _TEMPLATE.fullmatch(source)
    return (found[1], found[3]) if found else ()


def columns_of(source: str) -> tuple[str, ...]:
    """The two columns of such a template; none of any other source."""
    found = _TEMPLATE.fullmatch(source)
    return (found[2], found[4]) if found else ()


def template(headings: Headings, columns: Sequence[str]) -> str:
    """The template of two columns under these headings."""
    return "\n".join(f"{name}: {{{own}}}" for name, own in zip(headings, columns, strict=True))


def joined_as(headings: Headings, one: str, other: str) -> str:
    """Two texts as one question."""
    return f"{headings[0]}: {one.strip()}\n{headings[1]}: {other.strip()}".strip()


def parted(headings: Headings, text: str) -> tuple[str, str]:
    """The two texts of a question; the whole and nothing where it has no such headings.

    At the first place where the second heading begins a line.
    """
    first, second = headings
    if not text.startswith(f"{first}:"):
        return text, ""
    one, found, other = f"{text}\n".partition(f"\n{second}:")
    if not found:
        return text, ""
    return one.removeprefix(f"{first}:").strip(), other.strip()


def woven_in(roles: Mapping[str, str], role: str, headings: Headings = ()) -> dict[str, str]:
    """The roles with a second text woven into the question's; as they are where there is none.

    Args:
        role: that of the question.
        headings: those that were learned; the columns' own names without.

    Raises:
        WorkbenchError: the second text has no first one, or one of them is no column.
    """
    if not roles.get(ROLE):
        return {name: source for name, source in roles.items() if name != ROLE}
    columns = (roles.get(role, ""), roles[ROLE])
    if not columns[0] or any(mark in name for name in columns for mark in "{}\n"):
        raise WorkbenchError(
            f"Two texts that belong together need a column each: name the first one as {role}, the "
            f"second one as {ROLE}."
        )
    rest = {name: source for name, source in roles.items() if name != ROLE}
    return {**rest, role: template(headings or columns, columns)}
