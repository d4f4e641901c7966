"""The untrained model, shown the nearest example before each question, sits the exam as well."""

from pathlib import Path

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from tests.helpers.writers import recipe, replies, write_job, write_rows
from workbench.core.recipe import Recipe
from workbench.core.tasks.rungs import ALL
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import prompt_of, shown_from, systems
from workbench.engine.generative.leaning.leaning import Leaning
from workbench.jobs.process.specs import BaseModelRef

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
QUESTION = "Where is my calendar, thanks?"


def test_it_answers_between_before_and_after_training(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(lean_on_examples="no", max_length=160, max_steps=1)
    trained = write_job(tmp_path / "job", writer, data, recipe=settings)
    first = run(trained)
    assert set(first["scores"]["test"]) == {"base", "tuned", "baseline", "frequent", "nearest"}
    assert set(first["answer_seconds"]) == {"base", "tuned", "frequent", "nearest"}

    base = BaseModelRef("writer", writer, "causal")
    model = load_causal(base, trained.adapter, Recipe())
    leaning = shown_from(data, model)
    assert leaning is not None
    names = [one.name for one in systems(base, trained.adapter, Recipe(), 8, data)]
    assert names == ["base", "examples", "tuned"]
    assert "calendar: " not in prompt_of(model, {"row_id": 1, "prompt": QUESTION})

    exam = write_rows(tmp_path / "exam.parquet", replies(24)[20:], ["test"] * 4)
    again = write_job(
        tmp_path / "again", writer, exam, kind="evaluate", adapter=str(trained.adapter),
        recipe=settings, rungs=list(ALL),
    )  # fmt: skip
    scored = run(again)
    known = {name: scored["scores"][name] for name in first["scores"]["test"]}
    assert known == first["scores"]["test"], "the others answer as they did"
    assert set(scored["scores"]["examples"]) == {"exact_match", "chrf", "rouge_l", "invented"}
    assert scored["answer_seconds"]["examples"] > 0
    table = predictions(scored)
    assert len(table["examples"]) == 4
    assert table["examples"] != table["base"], "what it is shown matters"
    last = [one for one in events(again, "progress") if one.get("total_steps")][-1]
    assert last["step"] == last["total_steps"]


def test_a_model_that_leans_on_examples_is_not_shown_another(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(lean_on_examples="yes", max_length=160, max_steps=1)
    job = write_job(tmp_path / "job", writer, data, recipe=settings)
    run(job)
    model = load_causal(BaseModelRef("writer", writer, "causal"), job.adapter, Recipe())
    assert shown_from(data, model) is None


@pytest.mark.parametrize(
    ("task", "row", "shown"),
    [
        ("classification", {"text": "late {}", "label": "lost"}, "Which category does this text"),
        ("extraction", {"text": "total {}", "response": '{"total": 5}'}, "Answer with JSON only"),
    ],
)
def test_an_example_is_worded_as_the_question_is(
    tmp_path: Path, task: str, row: dict[str, str], shown: str
) -> None:
    rows = [{name: text.replace("{}", str(i)) for name, text in row.items()} for i in range(12)]
    data = write_rows(tmp_path / "data.parquet", rows, ["train"] * 12)
    leaning = Leaning.to_show(data, task, 400)
    assert leaning is not None
    told = leaning.before([{"role": "user", "content": "5"}], rows[5]["text"], learned=False)
    assert [turn["role"] for turn in told] == ["user", "assistant", "user"]
    assert shown in told[0]["content"]
    assert told[0]["content"].endswith(rows[5]["text"])


def test_conversations_and_documents_have_no_single_example(tmp_path: Path) -> None:
    for task in ("chat", "language-modelling"):
        assert Leaning.to_show(tmp_path / "never read", task, 400) is None
