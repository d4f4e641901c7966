"""Roles, templates, and guesses."""

import pyarrow as pa
import pytest

from tests.helpers.shared_data import real
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import TASKS
from workbench.data.columns.guessing import candidates, guess_all_roles, guess_roles, guess_task
from workbench.data.columns.mapping import (
    check_roles,
    columns_in,
    find_given_away,
    is_template,
    texts,
)
from workbench.data.readers import Table, read_table
from workbench.projects.samples import FILE


def made(**columns: list[str | None]) -> Table:
    """A table in memory, its rows numbered as below a header."""
    data = pa.table({name: pa.array(cells, pa.large_string()) for name, cells in columns.items()})
    return Table("t.csv", data, pa.array(range(2, data.num_rows + 2), pa.int64()), "csv")


MAILS = made(subject=["Lost", None, ""], body=["Where is it?", "Help", None], kind=["a", "b", "a"])


def test_a_template_weaves_columns_together() -> None:
    source = "Subject: {subject}\n\n{body} {{sic}}"

    assert is_template(source, MAILS.columns)
    assert columns_in(source, MAILS.columns) == ["subject", "body"]
    assert texts(MAILS, source) == [
        "Subject: Lost\n\nWhere is it? {sic}",
        "Subject: \n\nHelp {sic}",
        None,
    ]


def test_a_column_whose_name_has_brackets_is_a_column() -> None:
    table = made(**{"{x}": ["one"], "x": ["two"]})

    assert texts(table, "{x}") == ["one"]


def test_columns_are_found_whatever_their_case() -> None:
    roles = check_roles(TASKS["classification"], {"text": " Body", "label": "KIND"}, MAILS)

    assert roles == {"text": "body", "label": "kind"}


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ({"text": "bodi", "label": "kind"}, "did you mean 'body'?"),
        ({"text": "zzz", "label": "kind"}, "it has subject, body, kind"),
        ({"text": "{bodi}", "label": "kind"}, "no column 'bodi'"),
        ({"text": "body"}, "No column is chosen for the label"),
        ({"text": "body", "label": "kind", "prompt": "body"}, "no role 'prompt'"),
    ],
)
def test_a_role_that_does_not_fit_is_said(roles: dict[str, str], words: str) -> None:
    with pytest.raises(WorkbenchError) as caught:
        check_roles(TASKS["classification"], roles, MAILS)

    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"), [("{body} {kind}", ["kind"]), ("kind", ["kind"]), ("{subject}", [])]
)
def test_an_answer_that_stands_in_the_question_is_found(text: str, found: list[str]) -> None:
    roles = {"text": text, "label": "kind"}

    assert find_given_away(TASKS["classification"], roles, MAILS.columns) == found


@pytest.mark.parametrize(
    ("path", "task", "roles"),
    [
        ("banking77/train.csv", "classification", {"text": "text", "label": "category"}),
        ("bitext_support/train.csv", "classification", {"text": "utterance", "label": "intent"}),
        ("medquad/medquad_3000.jsonl", "completion", {"prompt": "question", "response": "answer"}),
        ("meqsum/MeQSum.xlsx", "completion", {"prompt": "CHQ", "response": "Summary"}),
        ("sroie/receipts.jsonl", "extraction", {"text": "receipt_text", "response": "fields"}),
        (
            "uci_sentiment/yelp_labelled.txt",
            "classification",
            {"text": "Column 1", "label": "Column 2"},
        ),
        (
            "self_instruct/seed_tasks.jsonl",
            "completion",
            {"prompt": "{instruction}\n\n{instances.input}", "response": "instances.output"},
        ),
    ],
)
def test_real_tables_are_guessed_rightly(path: str, task: str, roles: dict[str, str]) -> None:
    table = read_table(real(path))

    assert guess_task(table).task == task
    assert guess_roles(table, task) == roles


def test_the_sample_e_mails_fit_two_tasks() -> None:
    table = read_table(FILE)

    assert guess_task(table).task == "completion"
    assert guess_roles(table, "completion") == {"prompt": "email", "response": "reply"}
    assert guess_roles(table, "classification") == {"text": "email", "label": "category"}


def test_conversations_are_recognised() -> None:
    turns = '[{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]'
    table = made(id=["1", "2"], conversations=[turns, turns])

    assert guess_task(table).task == "chat"
    assert guess_roles(table, "chat") == {"messages": "conversations"}


def test_documents_alone_are_language() -> None:
    table = made(text=[f"A whole paragraph about our product number {i}." for i in range(20)])

    assert guess_task(table).task == "language-modelling"
    assert guess_roles(table, "language-modelling") == {"text": "text"}


def test_all_columns_stay_to_choose_from() -> None:
    assert sorted(candidates(MAILS, "classification", "label")) == ["body", "kind", "subject"]


def test_a_role_that_nothing_fits_must_be_named() -> None:
    table = made(amount=["1", "2", "3"], size=["4", "5", "6"])

    with pytest.raises(WorkbenchError, match="say which one it is"):
        guess_all_roles(table, "completion")


def test_a_single_column_is_too_little_for_most_tasks() -> None:
    with pytest.raises(WorkbenchError, match="one column only, but 'Sort into categories' needs"):
        guess_all_roles(made(text=["a", "b"]), "classification")
