"""Likeness in meaning: nearer where both say the same in other words."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from workbench.engine.evaluation import likeness
from workbench.engine.evaluation.likeness import mark_likeness
from workbench.engine.evaluation.systems import Evaluation, write_evaluation
from workbench.jobs.process.stop import Stop
from workbench.models.bundled import READER, is_ready

WANTED = ["Your parcel will arrive on Monday.", "The refund takes five days."]


class Nobody(Stop):
    """Never asks to stop."""

    def __init__(self) -> None:
        """Without signals."""

    def check(self) -> None:
        """Go on."""


def exam() -> Evaluation:
    sat = Evaluation([{"row_id": 1}, {"row_id": 2}], ["Where?", "When?"], WANTED)
    sat.answers = {"base": ["I like cheese."] * 2, "tuned": ["It comes on Monday.", WANTED[1]]}
    return sat


@pytest.fixture
def _reader() -> None:
    if not is_ready(READER):
        pytest.skip("the bundled models are not installed (make setup)")


@pytest.mark.usefixtures("_reader")
def test_what_says_the_same_lies_nearer(tmp_path: Path) -> None:
    sat = exam()
    mark_likeness(sat, "completion", Nobody())
    assert sat.likeness["tuned"][1] == pytest.approx(1.0, abs=1e-3)
    assert sat.likeness["base"][0] < 0.3 < sat.likeness["tuned"][0] < 0.99
    kept = pq.read_table(write_evaluation(tmp_path, sat, None)["predictions"]).to_pydict()
    assert kept["likeness_tuned"] == pytest.approx(sat.likeness["tuned"])


@pytest.mark.usefixtures("_reader")
def test_the_end_of_a_long_answer_counts() -> None:
    sat = exam()
    long = "The parcel left our house on Friday and is on its way to you. " * 30
    sat.expected[0] = f"{long}It weighs two kilograms and holds three books."
    sat.answers = {"base": [f"{long}I like cheese and wine.", ""], "tuned": [sat.expected[0], ""]}
    mark_likeness(sat, "completion", Nobody())
    assert sat.likeness["tuned"][0] == pytest.approx(1.0, abs=1e-3)
    assert sat.likeness["base"][0] < 0.999


def test_other_tasks_and_machines_without_the_encoder_tell_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sat = exam()
    mark_likeness(sat, "extraction", Nobody())
    monkeypatch.setattr(likeness, "is_ready", lambda _name: False)
    mark_likeness(sat, "completion", Nobody())
    monkeypatch.setattr(likeness, "is_ready", lambda _name: True)
    monkeypatch.setattr(likeness, "bundled_path", lambda _name: tmp_path)
    mark_likeness(sat, "completion", Nobody())
    assert sat.likeness == {}
    assert (
        "likeness_tuned"
        not in pq.read_table(write_evaluation(tmp_path, sat, None)["predictions"]).to_pydict()
    )
