"""A model that is only told what to do is kept and examined as a trained one, and asked as it was tried."""

from pathlib import Path

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from tests.helpers.writers import make_writer, recipe, replies, split_replies, write_job
from workbench.core.recipe import Recipe
from workbench.engine.causal.engine import prompted
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import prompt_of
from workbench.jobs.process.specs import BaseModelRef, PromptSpec
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
INSTRUCTION = "Answer in one line."


@pytest.mark.parametrize("shown", [0, 3])
def test_it_sits_the_exam_and_is_asked_as_it_was_tried(shown: int, tmp_path: Path) -> None:
    writer = make_writer(tmp_path / "writer")
    data = split_replies(tmp_path / "data.parquet")
    settings = recipe(max_length=256, eval_max_new_tokens=4)
    job = write_job(
        tmp_path / "job", writer, data, recipe=settings, system=INSTRUCTION, shows=shown
    )
    result = run(job)
    assert result["status"] == "succeeded", result["reason"]
    assert result["steps"] == 0
    exam = result["scores"]["test"]
    assert "tuned" in exam
    assert not exam.get("base")
    assert len(predictions(result)["tuned"]) == 4
    assert any("Nothing is learned" in event["message"] for event in events(job, "log"))
    kept = read_trained(job.adapter)
    assert (kept.shows, kept.system) == (shown, INSTRUCTION)
    base = BaseModelRef("writer", writer, "causal")
    tried = PromptSpec(
        task="completion", data=data, learned_from=data, system=INSTRUCTION, base=base,
        recipe=Recipe().changed(**settings), shown=shown,
    )  # fmt: skip
    plain = load_causal(base, None, tried.recipe, task=tried.task, system=tried.system)
    told = load_causal(base, job.adapter, tried.recipe)
    for row in replies(24)[20:]:
        asked = prompt_of(told, row)
        assert asked == prompt_of(prompted(plain, tried), row)
        assert asked.count("Your ") == shown
