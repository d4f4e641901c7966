"""What an import tells of examples: the quick checks, with what was left out of the table."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.data.columns.test_mapping import made
from tests.helpers.check_tables import sorting
from workbench.core.tasks import TASKS
from workbench.core.tasks.task import Task
from workbench.data.checkup import run
from workbench.data.checkup.import_report import judge
from workbench.data.checkup.rows import Rows
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare

PLAN = Plan("classification", {"text": "t", "label": "c"}, near_duplicates=True)
TEXTS = [f"this is text {'abcdefghij'[i // 10]}{'abcdefghij'[i % 10]}" for i in range(100)]
LABELS = ["a", "b"] * 50


def _findings(
    texts: Sequence[str], labels: Sequence[str], exam: Any = None, plan: Plan = PLAN
) -> list[dict[str, str]]:
    table = made(t=[*texts], c=[*labels])
    findings: list[dict[str, str]] = judge(prepare(plan, table, exam)).report["findings"]
    return findings


def _sentences(*findings: dict[str, str]) -> str:
    return "\n".join(f"{f['title']}. {f['text']} {f['effect']}" for f in findings)


def test_good_examples_are_called_good() -> None:
    (found,) = _findings(TEXTS, LABELS)
    assert found["level"] == "good"
    assert found["text"].startswith(f"Nothing odd was found in {len(TEXTS)} examples. Looked for: ")


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_what_is_called_good_says_what_was_looked_for(task: Task) -> None:
    """Each check of the import is named, and none that it leaves out."""
    at_import = [check for check in run.checks_of(task) if check.at_import]
    assert run.sought_at_import(task) == [check.sought for check in at_import]
    assert all(check.sought for check in at_import)


def test_the_weightiest_comes_first_with_its_level_and_its_effect() -> None:
    found = _findings([*TEXTS, "This is text aa!", "", "this is text ab"], [*LABELS, "b", "a", "b"])
    assert [(f["kind"], f["level"]) for f in found] == [
        ("contradictions", "warning"),
        ("left_out", "warning"),
        ("left_out_copies", "notice"),
    ]
    words = _sentences(*found)
    assert "Row 2 ('this is text aa') has 'a', but row 102 ('This is text aa!') has 'b'." in words
    assert "Save first; then 'Check up and mend' can mend it." in words
    assert "1 row was left out. The reason: empty 't' (row 103)." in words
    assert "1 row said exactly the same as an earlier one. It was left out (row 104)." in words


def test_training_rows_that_stand_in_the_exam_file_are_told() -> None:
    exam = made(t=[TEXTS[0], "a new text", "THIS is text ab"], c=["a", "b", "b"])
    words = _sentences(*_findings(TEXTS, LABELS, exam))
    assert (
        "1 training row also stood in your exam file. It was left out of training (row 2)." in words
    )
    assert "1 exam question stands among the other examples, too" in words
    assert "asks nearly the same as row 3 ('this is text ab')" in words


def test_a_column_that_gives_the_answer_away_is_named() -> None:
    plan = Plan("classification", {"text": "{t} {c}", "label": "c"})
    first = _findings(TEXTS, LABELS, plan=plan)[0]
    assert first["level"] == "warning"
    assert first["title"] == "'c' is the answer and also stands in what comes in"
    assert "would only learn to copy it" in first["effect"]


def test_questions_with_several_answers_are_counted_but_are_fine() -> None:
    plan = Plan("completion", {"prompt": "t", "response": "c"})
    (finding,) = _findings([*TEXTS, TEXTS[0]], [f"answer {i}" for i in range(101)], plan=plan)
    assert finding["level"] == "notice"
    assert finding["title"] == "1 question comes more than once with different answers"
    assert (
        "Such as rows 2, 102 ('this is text aa'). All of them are used, on the same side of"
        in (finding["text"])
    )


def test_an_import_has_no_time_for_what_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rows, "alike", property(lambda rows: pytest.fail("it was looked for")))
    rows = sorting(("Is my <b>parcel</b> here?", "Delivery"), ("asdf", "Return"))
    assert {finding.kind for finding in run.run_at_import(rows)} == {"few", "small_categories"}
