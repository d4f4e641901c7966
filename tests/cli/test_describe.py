"""`describe`: categories from the command line."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from workbench.cli import main

DELIVERY = "Delivery=Where a parcel is."
REFUND = "Refund=Money back for a thing."
BASIC = ["describe", "--project", "Mails", "--json"]


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found: dict[str, object] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


@pytest.mark.usefixtures("store")
def test_categories_are_described_by_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*BASIC, "--category", DELIVERY, "--category", REFUND]) == 0
    said = _said(capsys)
    assert said["descriptions"] == {
        "Delivery": "Where a parcel is.",
        "Refund": "Money back for a thing.",
    }
    assert (said["version"], said["rows"]) == (1, 0)


@pytest.mark.usefixtures("store")
def test_a_table_describes_them_and_a_second_one_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "topics.csv"
    path.write_text("Category,Description\nDelivery,Parcels.\nRefund,Money.\n", "utf-8")
    assert main([*BASIC, str(path)]) == 0
    path.write_text("category,description\nDelivery,Parcels.\nRefund,Money back.\n", "utf-8")
    assert main([*BASIC, str(path)]) == 0
    assert _said(capsys)["version"] == 2


def test_other_columns_are_named(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "topics.csv"
    path.write_text("name,text\nDelivery,Parcels.\nRefund,Money.\n", "utf-8")
    assert main([*BASIC, str(path)]) == 2
    assert "no columns category and description" in capsys.readouterr().err
