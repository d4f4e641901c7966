"""The making of examples tells how far it is, and can be broken off."""

import itertools
from typing import Any

import pytest

from tests.data.columns.test_mapping import made
from workbench.data.examples import examples
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare

PLAN = Plan("classification", {"text": "t", "label": "c"}, near_duplicates=True)


def table() -> Any:
    return made(t=[f"question number {i}" for i in range(90)], c=["a", "b", "c"] * 30)


def test_it_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "_TOLD_ROWS", 10)
    told: list[float] = []

    prepared = prepare(PLAN, table(), progress=told.append)

    assert told == sorted(told)
    assert told[0] == 0.0
    assert 0.9 <= told[-1] <= 1.0
    gaps = [later - earlier for earlier, later in itertools.pairwise(told)]
    assert max(gaps) < 0.25
    assert prepared.data.equals(prepare(PLAN, table()).data)


def test_it_can_be_broken_off_on_the_way() -> None:
    class Enough(Exception):
        pass

    def leave(share: float) -> None:
        if share > 0.5:
            raise Enough

    with pytest.raises(Enough):
        prepare(PLAN, table(), progress=leave)
