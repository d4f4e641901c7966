"""What stands behind the limit of an encoder is learned from where texts are read window by window."""

from pathlib import Path

import pytest

from tests.helpers.encoders import LABELS, SUBJECTS, make_encoder, make_job, recipe, split_data
from tests.helpers.engine_jobs import PEFT_WARNS, events, predictions, run
from workbench.core.long_texts.joins import JOINS
from workbench.engine.encoder.joins.choosing import SAID
from workbench.models.trained import read_trained

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]

FILLING = "thanks, nobody answers and I am waiting, please look once more. " * 4


def texts() -> list[tuple[str, str]]:
    """Sixty texts of about a hundred tokens; what they are about is told at their ends alone."""
    return [
        (f"{FILLING}{FILLING[: 7 * (n % 5)]} my {SUBJECTS[n % 3]} {SUBJECTS[n % 3]}", LABELS[n % 3])
        for n in range(60)
    ]


@pytest.mark.parametrize("objective", ["classes", "contrastive"])
def test_windows_learn_what_the_beginning_does_not_tell(objective: str, tmp_path: Path) -> None:
    base = make_encoder(tmp_path / "base")
    data = split_data(tmp_path / "data.parquet", texts())
    settings = recipe(
        num_train_epochs=2, max_steps=12, objective=objective, held_out_turns=1, max_length=40
    )
    job = make_job(tmp_path / "job", base, data, recipe=settings)
    result = run(job)
    assert result["status"] == "succeeded", result["reason"]
    assert result["scores"]["test"]["tuned"]["accuracy"] > 0.8
    told = result["long_texts"]
    assert (told["way"], told["rows"], told["of"], told["counted"]) == ("windows", 60, 60, True)
    assert told["row_ids"] == list(range(1, 61))
    assert any("windows" in event["message"] for event in events(job, "log"))
    assert all(read.startswith("read in ") for read in predictions(result)["read"])
    kept = read_trained(job.adapter)
    assert (kept.long_texts, kept.window_join in JOINS) == ("windows", True)
    said = [e["message"] for e in events(job, "log") if e["message"].startswith("A long text is")]
    assert len(said) == 1  # how windows are joined was chosen by rows held out
    assert SAID[kept.window_join] in said[0]


def test_the_beginning_alone_is_a_guess_and_is_said(tmp_path: Path) -> None:
    base = make_encoder(tmp_path / "base")
    data = split_data(tmp_path / "data.parquet", texts())
    settings = recipe(num_train_epochs=1, max_length=40, long_texts="head")
    result = run(make_job(tmp_path / "job", base, data, recipe=settings))
    assert result["scores"]["test"]["tuned"]["accuracy"] < 0.8
    assert "only the beginning is read" in result["long_texts"]["sentences"][0]
    assert all("40 of" in read for read in predictions(result)["read"])
