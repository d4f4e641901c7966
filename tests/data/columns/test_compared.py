"""Columns of a better and a worse answer."""

import json
from pathlib import Path
from typing import Any

import pytest

from workbench.core.errors import WorkbenchError
from workbench.data.columns.guessing import guess_all_roles, guess_task
from workbench.data.examples.plan import Plan
from workbench.data.examples.prepare import prepare
from workbench.data.readers import Table, read_table

TASK = "preferences"


def table_of(tmp_path: Path, rows: list[dict[str, Any]]) -> Table:
    path = tmp_path / "pairs.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return read_table(path)


def said(*texts: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[n % 2], "content": t} for n, t in enumerate(texts)]


def spoken(*texts: str) -> str:
    return "".join(f"\n\n{('Human', 'Assistant')[n % 2]}: {t}" for n, t in enumerate(texts))


FORMS: dict[str, tuple[Any, dict[str, str]]] = {
    "texts": (
        lambda n: {"prompt": f"Where is {n}?", "chosen": f"Here, {n}.", "rejected": f"Dunno {n}"},
        {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
    ),
    "ultrafeedback": (
        lambda n: {
            "prompt": f"Where is {n}?", "prompt_id": f"{n:032x}", "score_chosen": 7.5,
            "chosen": said(f"Where is {n}?", f"Here, {n}."), "messages": said(f"Where is {n}?", "x"),
            "rejected": said(f"Where is {n}?", f"Dunno {n}"), "score_rejected": n / 10,
        },
        {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
    ),
    "hh": (
        lambda n: {
            "chosen": spoken(f"Where is {n}?", f"Here, {n}."),
            "rejected": spoken(f"Where is {n}?", f"Dunno {n}"),
        },
        {"prompt": "chosen", "chosen": "chosen", "rejected": "rejected"},
    ),
    "trl": (
        lambda n: {
            "prompt": said(f"Where is {n}?"), "chosen": said("", f"Here, {n}.")[1:],
            "rejected": said("", f"Dunno {n}")[1:],
        },
        {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
    ),
    "openai": (
        lambda n: {
            "input": {"messages": said(f"Where is {n}?")},
            "preferred_output": said("", f"Here, {n}.")[1:],
            "non_preferred_output": said("", f"Dunno {n}")[1:],
        },
        {
            "prompt": "input.messages", "chosen": "preferred_output",
            "rejected": "non_preferred_output",
        },
    ),
    "words": (
        lambda n: {"Question": f"Where is {n}?", "good answer": f"Here, {n}.", "bad answer": f"D{n}"},
        {"prompt": "Question", "chosen": "good answer", "rejected": "bad answer"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_pairs_are_known_by_their_columns(tmp_path: Path, form: str) -> None:
    row, roles = FORMS[form]
    table = table_of(tmp_path, [row(n) for n in range(20)])
    guess = guess_task(table)
    assert guess.task == TASK or "learns afterwards" in guess.reason
    assert (guess.task == TASK) == (form in ("texts", "words"))
    found = guess_all_roles(table, TASK)
    assert found == roles
    made = prepare(Plan(TASK, found), table)
    assert made.data["prompt"].to_pylist()[3] == "Where is 3?"
    assert made.data["chosen"].to_pylist()[3] == "Here, 3."
    assert len(made) == 20
    assert "given_away" not in made.report


def test_answers_judged_one_by_one_become_pairs_where_a_question_has_both(tmp_path: Path) -> None:
    rows = [
        {"prompt": f"Where is {n // 2}?", "completion": f"Said {n}.", "label": n % 2 == 0}
        for n in range(30)
    ]
    table = table_of(tmp_path, [*rows, {"prompt": "Alone?", "completion": "Yes.", "label": True}])
    assert guess_task(table).task != TASK, "most of such files have one answer a question"
    roles = guess_all_roles(table, TASK)
    assert roles["chosen"] == roles["rejected"] == "completion"
    made = prepare(Plan(TASK, roles), table)
    assert (len(made), made.dropped) == (15, 16)
    assert made.data["chosen"].to_pylist()[0] == "Said 0."
    assert made.data["rejected"].to_pylist()[0] == "Said 1."
    told = " ".join(made.report["dropped"])
    assert "stands beside the other one" in told
    assert "nothing can be compared" in told


def test_a_file_without_a_worse_answer_is_told_what_is_missing(tmp_path: Path) -> None:
    table = table_of(tmp_path, [{"prompt": f"Q {n}?", "response": f"A {n}"} for n in range(12)])
    with pytest.raises(
        WorkbenchError, match=r"only 2 columns, but .* needs prompt, chosen and rejected"
    ):
        guess_all_roles(table, TASK)


def test_too_few_pairs_are_refused(tmp_path: Path) -> None:
    rows = [{"prompt": f"Q {n}?", "chosen": "same", "rejected": "same"} for n in range(12)]
    rows += [{"prompt": f"Q {n}?", "chosen": "yes", "rejected": "no"} for n in range(3)]
    table = table_of(tmp_path, rows)
    roles = {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"}
    with pytest.raises(WorkbenchError, match=r"3 usable rows.*same as the worse one"):
        prepare(Plan(TASK, roles), table)
