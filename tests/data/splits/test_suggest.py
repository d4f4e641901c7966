"""Columns that say which rows belong together, and what is advised because of them."""

import datetime as dt
import random

import pyarrow as pa
import pytest

from workbench.core.tasks import TASKS
from workbench.data.readers import Table
from workbench.data.splits import sample
from workbench.data.splits.column_nouns import noun_of
from workbench.data.splits.suggest import recommend, split_columns

ROLES = {"text": "text", "label": "label"}
CLASSIFICATION = TASKS["classification"]
NOUNS = "parcel invoice card refund login basket voucher address colour ink paper pen stamp"
WORDS = NOUNS.split()


def _table(**columns: list[str | None]) -> Table:
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    numbers = pa.array(range(2, data.num_rows + 2), pa.int64())
    return Table("mails.csv", data, numbers, "csv")


def _mails(rows: int = 240, *, leak: bool = False, **more: list[str | None]) -> Table:
    """Mails of sixty customers, each of whom (with `leak`) writes about one thing of theirs."""
    draw = random.Random(5)
    stories = {c: draw.sample(WORDS, 6) for c in range(60)}
    texts: list[str | None] = []
    for i in range(rows):
        told = stories[i % 60] if leak else draw.sample(WORDS, 6)
        texts.append(" ".join([*draw.sample(told, 5), f"number{i}"]))
    labels: list[str | None] = [f"kind {draw.randrange(3)}" for _ in range(rows)]
    return _table(text=texts, label=labels, **more)


def _customers(rows: int = 240) -> list[str | None]:
    return [f"K-{4000 + i % 60}" for i in range(rows)]


def test_the_advice_reports_a_leak_by_customer() -> None:
    advice = recommend(_mails(leak=True, kunden_nr=_customers()), ROLES, CLASSIFICATION)

    assert (advice.kind, advice.column, advice.is_clear) == ("group", "kunden_nr", True)
    assert advice.reason == (
        "The same customer has 4.0 rows on average: with a random split the exam would ask "
        "what the model has seen nearly word for word."
    )


def test_customers_whose_mails_do_not_resemble_are_said_to_be_known() -> None:
    advice = recommend(_mails(email=_customers()), ROLES, CLASSIFICATION)

    assert advice.split_by.column == "email"
    assert advice.reason.endswith("would ask about customers that the model knows already.")


def test_customers_who_write_again_only_after_many_others_are_found_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sample, "LOOKED_AT", 60)  # each of sixty customers stands there once
    advice = recommend(_mails(leak=True, kunden_nr=_customers()), ROLES, CLASSIFICATION)

    assert (advice.kind, advice.column, advice.is_clear) == ("group", "kunden_nr", True)
    assert "The same customer has 4.0 rows on average" in advice.reason


def test_a_category_that_is_woven_of_columns_changes_no_advice() -> None:
    roles = {"text": "text", "label": "{label} again"}
    advice = recommend(_mails(leak=True, thing=_customers(), day=_days()), roles, CLASSIFICATION)
    assert advice.is_clear is False


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("kunden_nr", "customer"),
        ("Kundennummer", "customer"),
        ("customerId", "customer"),
        ("From", "customer"),
        ("full name", "customer"),
        ("E-Mail", "customer"),
        ("customer email", "customer"),
        ("Ticketnummer", "ticket"),
        ("case_id", "ticket"),
        ("thread", "conversation"),
        ("conversation_id", "conversation"),
        ("Bestellnummer", "order"),
        ("order no", "order"),
        ("Cliente", "customer"),
        ("document_name", "document"),
        ("customer_mood", ""),
        ("order status", ""),
        ("product_name", ""),
        ("contact reason", ""),
        ("x", ""),
    ],
)
def test_usual_names_say_what_a_value_stands_for(name: str, noun: str) -> None:
    assert noun_of(name, {"a1": 2, "b2": 3}) == noun


def test_addresses_are_customers_whatever_the_column_is_called() -> None:
    assert noun_of("x", {"anna@example.org": 2, "Bo <bo@example.org>": 1}) == "customer"


@pytest.mark.parametrize(
    "cells",
    [
        [f"K-{i}" for i in range(240)],
        [f"K-{i % 9}" for i in range(240)],
        ["K-1" if i % 3 == 0 else f"K-{i % 60}" for i in range(240)],
        [f"K-{i % 60}" if i % 3 == 0 else None for i in range(240)],
    ],
    ids=["all different", "too few", "one with a third of the rows", "mostly empty"],
)
def test_a_column_that_does_not_group_is_not_offered(cells: list[str | None]) -> None:
    table = _mails(customer=cells)
    assert split_columns(table, ROLES, CLASSIFICATION) == []
    assert recommend(table, ROLES, CLASSIFICATION).kind == "random"


def test_label_text_marks_and_what_sorts_alike_are_not_offered() -> None:
    mails = _mails()
    topics: list[str | None] = [f"{label} of it" for label in mails.cells("label")]
    fine: list[str | None] = [f"{label}-{i % 5}" for i, label in enumerate(mails.cells("label"))]
    marks: list[str | None] = [str(i % 20) for i in range(240)]
    table = _mails(topic=topics, bucket=fine, score=marks)
    assert split_columns(table, ROLES, CLASSIFICATION) == []


def test_a_nameless_column_is_offered_but_not_recommended() -> None:
    table = _mails(product=[f"P{i % 40}" for i in range(240)])

    (found,) = split_columns(table, ROLES, CLASSIFICATION)

    assert (found.name, found.noun, found.is_clear) == ("product", "", False)
    assert recommend(table, ROLES, CLASSIFICATION).kind == "random"


def _days(rows: int = 240) -> list[str | None]:
    first = dt.date(2024, 1, 3)
    return [f"{first + dt.timedelta(days=i // 2):%d.%m.%Y}" for i in range(rows)]


def test_dates_are_offered_and_chosen_only_where_the_categories_change() -> None:
    quiet = recommend(_mails(created=_days()), ROLES, CLASSIFICATION)
    assert (quiet.kind, quiet.column, quiet.is_clear) == ("time", "created", False)
    assert "from 3 January 2024 to 1 May 2024" in quiet.reason
    rows = 600
    table = _table(
        text=[f"mail {i}" for i in range(rows)],
        label=["new" if i > 530 else f"kind {i % 3}" for i in range(rows)],
        created=_days(rows),
    )
    changed = recommend(table, ROLES, CLASSIFICATION)
    assert (changed.kind, changed.is_clear) == ("time", True)
    assert "other categories than those before" in changed.reason


@pytest.mark.parametrize(
    "cells",
    [
        ["2024-03-05"] * 240,
        [f"2024-03-{i % 8 + 1:02}" for i in range(240)],
        ["soon" if i % 2 else day for i, day in enumerate(_days())],
        [f"{20 + i % 50}" for i in range(240)],
    ],
    ids=["one day", "a week", "half unreadable", "ages"],
)
def test_what_spans_no_time_is_not_offered(cells: list[str | None]) -> None:
    found = split_columns(_mails(day=cells), ROLES, CLASSIFICATION)
    assert [column for column in found if column.kind == "time"] == []


def test_of_customers_and_their_tickets_the_customers_are_advised() -> None:
    tickets: list[str | None] = [f"T{(i % 60) * 10 + i // 120}" for i in range(240)]
    table = _mails(leak=True, ticket_id=tickets, customer=_customers(), created=_days())

    found = split_columns(table, ROLES, CLASSIFICATION)

    assert [column.name for column in found] == ["customer", "ticket_id", "created"]
    assert found[0].title == "By customer (customer)"
    assert found[2].title == "By time (created)"


def test_other_tasks_are_advised_alike() -> None:
    table = _mails(leak=True, thread=_customers())
    roles = {"prompt": "Mail: {text}", "response": "label"}
    assert recommend(table, roles, TASKS["completion"]).column == "thread"


def test_what_the_answer_is_made_of_groups_nothing() -> None:
    company = {"fields.company": _customers(), "fields": [f'{{"i": {i}}}' for i in range(240)]}
    table = _mails(leak=True, **company)
    extraction = TASKS["extraction"]
    whole = {"prompt": "text", "response": "fields"}
    woven = {"prompt": "text", "response": "Company: {fields.company}"}

    assert not recommend(table, whole, extraction).column
    assert not recommend(table, woven, extraction).column
    assert recommend(table, {"prompt": "text", "response": "label"}, extraction).column


def test_months_and_written_dates_of_a_sorted_sheet_are_times() -> None:
    days = [dt.date(2022, 1, 1) + dt.timedelta(n // 2) for n in range(1600)]
    months: list[str | None] = [f"{day:%b %y}" for day in days]
    written: list[str | None] = [f"{day:%d.%m.%Y}" for day in days]

    found = split_columns(_mails(1600, monat=months, am=written), ROLES, CLASSIFICATION)

    assert {column.name: column.kind for column in found} == {"monat": "time", "am": "time"}


def test_amounts_that_come_again_are_no_groups() -> None:
    amounts: list[str | None] = [f"1,{i % 60:03}.50 €" for i in range(240)]

    assert split_columns(_mails(amount=amounts), ROLES, CLASSIFICATION) == []
