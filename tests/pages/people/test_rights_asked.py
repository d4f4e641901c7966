"""What the pages ask of the database, as somebody with an account opens them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from storage.acting import Acting
from storage.database import Store
from storage.looking import look
from tests.helpers import accounts, companies
from tests.helpers.companies import OWNS
from tests.pages.opened import open_page
from workbench.ui import frame

_REPEATS = 8
"""Of the same question in one view: what it costs to ask is most of what a page costs."""


def test_a_page_hardly_asks_the_same_thing_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = companies.fill(store, tmp_path, monkeypatch)[0]
    accounts.act_as(monkeypatch, Acting(OWNS, "Olga"))
    monkeypatch.setattr(look, "FRESH_S", 60.0)  # however slow the machine is
    asked: Counter[tuple[str, str]] = Counter()

    def note(_c: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            asked[statement, str(values)] += 1

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for title, (path, _) in frame.PAGES.items():
            at = open_page(path, project=world.numbers["project_id"])
            asked.clear()
            at.run()
            repeats = sum(times - 1 for times in asked.values())
            assert repeats <= _REPEATS, (title, [one for one in asked.items() if one[1] > 1])
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
