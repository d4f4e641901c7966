"""Plan: how a table becomes the examples of a version, and the file that it came from."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.core.fields.field import KEY as FIELDS
from workbench.core.fields.field import Fields, as_dicts, fields_in
from workbench.core.tasks.descriptions import KEY, OUT_OF_SCOPE, descriptions_in
from workbench.data.readers.table import ReadOptions, options_from
from workbench.data.splits import split_by
from workbench.data.splits.assign import DEFAULT_FRACTIONS, DEFAULT_SEED
from workbench.data.splits.split_by import SplitBy


@dataclass(frozen=True)
class Source:
    """A file of the user's that is kept: its content's sha256, and the name it had."""

    digest: str
    name: str


@dataclass(frozen=True)
class Plan:
    """How a table becomes examples; kept with the version, and applied to later files alike."""

    task: str
    roles: Mapping[str, str]
    """Role → column or template."""
    system: str = ""
    """Instruction for every row; a `system` column wins where it says something."""
    read: ReadOptions = field(default_factory=ReadOptions)
    test: Source | None = None
    test_read: ReadOptions = field(default_factory=ReadOptions)
    fractions: tuple[float, float, float] = DEFAULT_FRACTIONS
    seed: int = DEFAULT_SEED
    split_by: SplitBy = field(default_factory=SplitBy)
    """How the exam is drawn."""
    near_duplicates: bool = False
    """Whether questions that differ in punctuation and digits only stay on one side, too."""
    reasoning: bool = False
    """Whether reasoning before answers is learned, as <think> text."""
    descriptions: Mapping[str, str] = field(default_factory=dict)
    """Category → what belongs there, in a sentence; only for the task of categories."""
    out_of_scope: str = ""
    """The category of texts that belong to none of the others; empty where there is none."""

    fields: Fields = ()
    """Those that are pulled out, where a user said what they are; guessed without."""

    def as_mapping(self) -> dict[str, Any]:
        """Plain values for the version's row; its task and seed have columns of their own.

        What older versions did not know is left out where it is as it was for them.
        """
        newer: dict[str, Any] = {"split_by": self.split_by.as_dict()} if self.split_by else {}
        if self.near_duplicates:
            newer["near_duplicates"] = True
        if self.reasoning:
            newer["reasoning"] = True
        if self.descriptions:
            newer[KEY] = dict(self.descriptions)
        if self.out_of_scope:
            newer[OUT_OF_SCOPE] = self.out_of_scope
        if self.fields:
            newer[FIELDS] = as_dicts(self.fields)
        return {
            "roles": dict(self.roles),
            "system": self.system,
            "read": self.read.as_dict(),
            "test": dataclasses.asdict(self.test) if self.test else None,
            "test_read": self.test_read.as_dict(),
            "fractions": list(self.fractions),
            **newer,
        }


def plan_from(task: str, mapping: Mapping[str, Any], seed: int = DEFAULT_SEED) -> Plan:
    """The plan that `as_mapping` wrote."""
    train, validation, test = mapping.get("fractions") or DEFAULT_FRACTIONS
    return Plan(
        task,
        dict(mapping["roles"]),
        mapping.get("system") or "",
        options_from(mapping.get("read") or {}),
        Source(**mapping["test"]) if mapping.get("test") else None,
        options_from(mapping.get("test_read") or {}),
        (train, validation, test),
        seed,
        split_by.split_by_from(mapping.get("split_by")),
        bool(mapping.get("near_duplicates")),
        bool(mapping.get("reasoning")),
        descriptions_in(mapping),
        str(mapping.get(OUT_OF_SCOPE) or ""),
        fields_in(mapping),
    )
