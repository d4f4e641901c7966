"""Fields from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.cli import main

TABLE = "note,who,total,how\n" + "".join(
    f"Person {n} pays {n}.50 by {['cash', 'card'][n % 2]} today,Person {n},{n}.50,"
    f"{['cash', 'card'][n % 2] if n % 5 else ''}\n"
    for n in range(60)
)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "orders.csv"
    path.write_text(TABLE, "utf-8")
    return str(path)


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    "columns",
    [["--fields", "who,total,how"],
     ["--map", "field=who", "--map", "field=TOTAL", "--map", "field=how"]],
)  # fmt: skip
def test_columns_become_fields(
    table: str, columns: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", table, "--project", "P", "--map", "text=note", *columns, "--json"]) == 0
    said = _said(capsys)
    assert said["task"] == "extraction"
    assert [(f["name"], f["kind"]) for f in said["fields"]] == [
        ("who", "text"), ("total", "number"), ("how", "one of a list")
    ]  # fmt: skip
    assert [f["may_be_missing"] for f in said["fields"]] == [False, False, True]


@pytest.mark.usefixtures("store")
def test_the_text_is_found_beside_the_fields(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", table, "--project", "P", "--fields", "who,total,how", "--json"]) == 0
    assert _said(capsys)["roles"]["text"] == "note"


@pytest.mark.usefixtures("store")
def test_fields_are_typed_shown_and_changed(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    basic = ["import", table, "--project", "P", "--map", "text=note", "--fields", "who,total,how"]
    own = ["--field", "how=one-of:cash|card|check", "--field-help", "who=Who pays."]
    assert main([*basic, *own, "--never-missing", "who"]) == 0
    assert "how: one of a list (cash, card, check), may be missing" in capsys.readouterr().out
    assert main(["fields", "1", "--json"]) == 0
    assert {f["name"]: f["help"] for f in _said(capsys)["fields"]}["who"] == "Who pays."
    assert main(["fields", "1", "--field", "total=text", "--json"]) == 0
    said = _said(capsys)
    assert (said["version"], said["fields"][1]["kind"]) == (2, "text")
    assert said["fields"][2]["choices"] == ["cash", "card", "check"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--fields", "who,nope"], "no column 'nope'"),
        (["--fields", "who", "--field", "who=colour"], "no kind of a field"),
        (["--fields", "who", "--field", "total=text"], "no field 'total'"),
        (["--fields", "who", "--map", "field=total"], "say the same"),
        (["--fields", "who", "--task", "classification"], "pulls out no fields"),
        (["--fields", "who", "--field-help", "who"], "NAME=SENTENCE"),
    ],
)
def test_what_does_not_do_is_said(
    table: str, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", table, "--project", "P", "--map", "text=note", *options]) == 2
    assert said in capsys.readouterr().err
