"""A model whose answers lean on examples: the same prompt when it learns, sits the exam and is served."""

import json
from pathlib import Path

import pytest

from tests.helpers.engine_jobs import PEFT_WARNS, events, run
from tests.helpers.writers import recipe, write_job
from workbench.core.recipe import Recipe
from workbench.engine.causal.marks import guard_of
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import prompt_of
from workbench.engine.serving.prompts import prompt_of as served_prompt
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.served import ServedModel
from workbench.models.trained import LEANED_ON

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]
QUESTION = "Where is my calendar, thanks?"


def test_a_model_that_leans_is_asked_alike_everywhere(
    tmp_path: Path, writer: Path, data: Path
) -> None:
    settings = recipe(lean_on_examples="yes", max_length=160, max_steps=2)
    job = write_job(tmp_path / "job", writer, data, recipe=settings)
    result = run(job)
    assert result["leaning"]["used"] is True
    base = BaseModelRef("writer", writer, "causal")
    model = load_causal(base, job.adapter, Recipe())
    prompt = prompt_of(model, {"row_id": 1, "prompt": QUESTION})
    assert prompt.count("<|im_start|>user") == 2
    assert "Your calendar: " in prompt
    assert prompt.index("Your calendar: ") < prompt.index(QUESTION)
    entry = ServedModel(
        id="run-1", family_name="causal", task="completion", base=base, adapter=job.adapter,
        leans_on=job.adapter, max_length=160,
    )  # fmt: skip
    asked = [{"role": "user", "content": QUESTION}]
    guard = guard_of(model.tokenizer)
    assert served_prompt(entry, asked, guard) == prompt
    assert served_prompt(entry.untrained(), asked, guard) == prompt
    told = model.wording.messages({"row_id": 1, "prompt": QUESTION, "split": "test"})
    assert [turn["role"] for turn in told] == ["user", "assistant", "user"]


def test_auto_tries_the_untrained_model_and_tells(tmp_path: Path, writer: Path, data: Path) -> None:
    settings = recipe(lean_on_examples="auto", max_length=160, max_steps=1)
    job = write_job(tmp_path / "job", writer, data, recipe=settings)
    told = run(job)["leaning"]
    assert told["without"] > 0
    assert told["leaned"] > 0
    assert told["used"] == (told["leaned"] < told["without"] - 0.02)
    assert (job.adapter / LEANED_ON).exists() == told["used"]
    assert told["sentence"] in json.dumps(events(job, "log"))
