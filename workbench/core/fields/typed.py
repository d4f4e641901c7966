"""Fields as a user types them, `NAME=KIND[:a|b|c]`, and what the examples say against that."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import (
    DATE,
    GROUP,
    NUMBER,
    ONE_OF,
    OTHER,
    SEPARATOR,
    TEXT,
    YES_NO,
    Field,
    Fields,
    changed,
    is_nothing,
    leaves,
    written,
)
from workbench.core.fields.guess import guessed, objects
from workbench.core.words import joined, shortened

LIST = "list"
_WORDS = {
    TEXT: "text texts string strings",
    NUMBER: "number numbers integer float amount amounts",
    DATE: "date dates",
    ONE_OF: "one-of oneof one-of-a-list one choice choices enum category categories",
    YES_NO: "yes-no yes-or-no boolean bool",
    OTHER: "other any json",
}
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words.split()}
HOW = (
    "text, number, date, one-of:a|b|c, yes-no, or list-of- before one of these (list-of-text, "
    "list-of-one-of:a|b|c)"
)
MOST_CHOICES, HELP_LIMIT, NAME_LIMIT = 200, 500, 80


def parsed(text: str) -> Field:
    """A field of `NAME=KIND[:a|b|c]`.

    Raises:
        WorkbenchError: it is not written so.
    """
    name, equals, told = text.partition("=")
    name = " ".join(name.split())
    if not equals or not name:
        raise WorkbenchError(f"--field takes NAME=KIND, but got '{text}': KIND is {HOW}.")
    kind, colon, choices = told.partition(":")
    known = _kind(kind, bool(colon))
    if known is None:
        raise WorkbenchError(f"'{kind}' is no kind of a field: '{name}' can be {HOW}.")
    own, is_list = known
    values = tuple(dict.fromkeys(filter(None, map(str.strip, choices.split("|")))))
    if colon:
        own = ONE_OF
    return checked(Field(name, own, is_list, choices=values, is_set=True))


def _kind(text: str, has_choices: bool) -> tuple[str, bool] | None:
    """The kind, and whether a list of it is meant; None where the words say none."""
    word = "-".join(text.casefold().replace("_", "-").replace("-", " ").split())
    is_list = word == LIST or word.startswith(f"{LIST}-")
    if is_list:
        word = word.removeprefix(LIST).removeprefix("-").removeprefix("of-")
    if is_list and word in ("", "these"):
        return (ONE_OF if has_choices else TEXT), True
    kind = _KINDS.get(word)
    return None if kind is None else (kind, is_list)


def checked(field: Field) -> Field:
    """The field, if it can be one.

    Raises:
        WorkbenchError: its name, its help or its values do not do.
    """
    if len(field.name) > NAME_LIMIT:
        raise WorkbenchError(
            f"The name of the field '{field.name[:40]}…' has {len(field.name)} characters: shorten "
            f"it to {NAME_LIMIT}."
        )
    if len(field.help) > HELP_LIMIT:
        raise WorkbenchError(
            f"The help of '{field.name}' has {len(field.help)} characters: shorten it to "
            f"{HELP_LIMIT}."
        )
    if len(field.choices) > MOST_CHOICES:
        raise WorkbenchError(
            f"'{field.name}' has {len(field.choices)} values to choose from: name at most "
            f"{MOST_CHOICES}, or make it a text."
        )
    return field


def with_told(
    answers: Sequence[str | None],
    told: Iterable[Field],
    helps: Mapping[str, str] | None = None,
    missing: Mapping[str, bool] | None = None,
    known: Fields = (),
) -> Fields:
    """The fields of answers, as a user said they are.

    Args:
        told: fields whose kind is said, by their titles ("total", "buyer · name").
        helps: title → what the field is, in a sentence.
        missing: title → whether it may be missing.
        known: what was said earlier.

    Raises:
        WorkbenchError: there is no field of that name, or the answers say otherwise.
    """
    fields = guessed(answers, known)
    values = _values(answers)
    for one in told:
        own = _found(fields, one.name)
        choices = one.choices
        if one.kind == ONE_OF:
            choices = _as_written(one, values.get(one.name, []))
        fields = changed(
            fields, one.name, kind=one.kind, is_list=one.is_list, choices=choices, is_set=True,
            fields=own.fields if one.kind == GROUP else (),
        )  # fmt: skip
    for title, text in (helps or {}).items():
        checked(replace(_found(fields, title), help=" ".join(text.split())))
        fields = changed(fields, title, help=" ".join(text.split()))
    for title, may in (missing or {}).items():
        _found(fields, title)
        fields = changed(fields, title, may_be_missing=may, is_set=True)
    check_answers(fields, answers)
    return fields


def _found(fields: Fields, title: str) -> Field:
    known = dict(leaves(fields)) | {field.name: field for field in fields}
    if title not in known:
        names = [f"'{name}'" for name in known][:12]
        raise WorkbenchError(
            f"The answers have no field '{title}': they have {joined(names) or 'none'}."
        )
    return known[title]


def _values(answers: Iterable[str | None]) -> dict[str, list[Any]]:
    """Title → what stands there, an answer each; nothing is left out."""
    found: dict[str, list[Any]] = {}

    def walk(value: Mapping[str, Any], before: str) -> None:
        for name, inner in value.items():
            found.setdefault(before + name, []).append(inner)
            if isinstance(inner, dict):
                walk(inner, before + name + SEPARATOR)

    for one in objects(answers):
        walk(one, "")
    return found


def _as_written(field: Field, values: Sequence[Any]) -> tuple[Any, ...]:
    """The values to choose from, as the answers write them (9 or "9"); without any all there are."""
    items = [i for v in values for i in (v if isinstance(v, list) else [v]) if not is_nothing(i)]
    seen = {written(item): item for item in items}
    if not field.choices:
        if len(seen) > MOST_CHOICES:
            raise WorkbenchError(
                f"'{field.name}' has {len(seen)} different values: name those of the list "
                f"({field.name}=one-of:a|b|c), or make it a text."
            )
        return tuple(seen.values())
    spelled = {item if isinstance(item, str) else key: item for key, item in seen.items()}
    return tuple(spelled.get(str(choice), choice) for choice in field.choices)


def check_answers(fields: Fields, answers: Sequence[str | None]) -> None:
    """Refuse what a user said of a field where an answer says otherwise.

    Raises:
        WorkbenchError: it names the field, the answer and what stands there.
    """
    for title, field in leaves(fields):
        if field.is_set:
            for number, answer in enumerate(answers, 1):
                _check(title, field, number, answer)


def _check(title: str, field: Field, number: int, answer: str | None) -> None:
    for value in _values([answer]).get(title, []):
        if is_nothing(value):
            continue
        shown = f"answer {number} has {shortened(written(value), 60)} there"
        if field.is_list != isinstance(value, list) and field.kind not in (OTHER, GROUP):
            said = "a list" if field.is_list else "no list"
            raise WorkbenchError(
                f"'{title}' is {said} as you say, but {shown}: change one of them."
            )
        items = value if isinstance(value, list) else [value]
        wrong = [i for i in items if field.kind == ONE_OF and written(i) not in _told(field)]
        if wrong:
            raise WorkbenchError(
                f"'{title}' is one of {joined([str(c) for c in field.choices][:12])} as you say, but "
                f"{shown}: add it to the list, or correct the example."
            )
        if field.kind != OTHER and any(isinstance(i, dict | list) for i in items):
            raise WorkbenchError(f"'{title}' is a {field.title} as you say, but {shown}.")


def _told(field: Field) -> set[str]:
    return {json.dumps(choice, ensure_ascii=False) for choice in field.choices}
