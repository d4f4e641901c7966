"""Numbers as answers, page by page: taken from a file, learned, examined, tried out, corrected."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers import exams
from tests.helpers.made import add_model
from tests.pages.opened import open_page, texts
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import REGRESSION
from workbench.data import datasets
from workbench.data.export.answer_columns import answer_columns
from workbench.evaluation.release import must_pass
from workbench.evaluation.report.facts import gather
from workbench.evaluation.report.write import written
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.projects import projects
from workbench.use import conversations
from workbench.use.client import Number

STARS = [n % 5 + 1 for n in range(60)]
EXPECTED = [float(n % 5 + 1) for n in range(40)]
TUNED = [f"{value * 0.6 + 1.4 + (n % 3) / 10:g}" for n, value in enumerate(EXPECTED)]


pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Inn")


def _file() -> bytes:
    rows = [f'"The {n}. night here was as we had hoped.",{star}' for n, star in enumerate(STARS)]
    return "\n".join(["review,stars", *rows, '"The last night was odd.",none given']).encode()


def _trained(store: Store, project_id: int, folder: Path) -> int:
    """A run whose model lies in a folder of its own, with its exam."""
    path = folder / "inn.csv"
    path.write_bytes(_file())
    saved = datasets.save_version(store, project_id=project_id, path=path, task=REGRESSION.name)
    model_id = add_model(store, name="tiny encoder", kind="encoder")
    run_id = exams._add_run(
        store, project_id, saved.version_id, model_id, folder, "encoder", "succeeded", "Run 1",
        REGRESSION.name,
    )  # fmt: skip
    wanted = [f"{value:g}" for value in EXPECTED]
    ends = {"low": [float(t) - 1 for t in TUNED], "high": [float(t) + 1 for t in TUNED]}
    table = exams.answers(wanted, TUNED, baseline=["3"] * 40, base=["2"] * 40, median=["3"] * 40)
    scores = {
        who: text_scores(REGRESSION.name, wanted, table[who].astype(str).tolist())
        for who in ("median", "baseline", "base", "tuned")
    }
    exams.add_exam(store, run_id, table.assign(**ends), scores)
    return run_id


def test_a_file_with_stars_becomes_examples_with_numbers(store: Store, project_id: int) -> None:
    at = open_page("pages/data/data.py", project=project_id)
    at.get("file_uploader")[0].set_value([("inn.csv", _file(), "")]).run()
    assert not at.exception, at.exception
    captions = " ".join(at.radio[0].proto.captions)
    assert "where it counts how far apart they lie, choose 'Estimate a number'" in captions
    at.radio[0].set_value(REGRESSION.name).run()
    assert not at.exception, at.exception
    assert "answer that is no number (row 62)" in texts(at)
    at.button(key="data-save").click().run(timeout=30)
    assert not at.exception, at.exception
    (version,) = datasets.list_versions(store, project_id)
    assert (version.task, version.rows) == (REGRESSION.name, 60)
    assert version.report["numbers"]["is_score"]


def _opened(project_id: int, tab: str) -> AppTest:
    at = open_page("pages/evaluate/evaluate.py", project=project_id)
    at.session_state["exam-details"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def test_the_exam_tells_how_far_off_and_by_size(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    at = _opened(project_id, "By size")
    said = texts(at)
    assert "Use the trained model." in said
    assert "on average (mean absolute error)" in said
    assert "better than the simple baseline (1.20)" in said
    assert "at most 1 off" in said
    assert "Small numbers come out too high and large ones too low" in said
    table = next(frame.value for frame in at.dataframe if "bias" in frame.value)
    assert table["number"].tolist()[0] == "1"
    assert table["bias"].tolist()[0].startswith("+")
    tabs = [tab.label for tab in at.tabs]
    assert "By size" in tabs
    assert not {"By category", "Mix-ups", "How sure"} & {*tabs}


def test_rows_stand_the_farthest_off_first(store: Store, project_id: int, tmp_path: Path) -> None:
    _trained(store, project_id, tmp_path)
    at = _opened(project_id, "Question by question")
    table = next(frame.value for frame in at.dataframe if "off" in frame.value)
    assert table["off"].is_monotonic_decreasing
    said = texts(at)
    assert "it says between" in said
    assert "Marked is what" not in said


@pytest.mark.parametrize(
    "page",
    [
        "pages/data/data.py",
        "pages/data/explore.py",
        "pages/data/checkup.py",
        "pages/model/model.py",
        "pages/train/train.py",
        "pages/use/answer_file.py",
        "pages/use/take_elsewhere.py",
        "pages/use/for_programs.py",
    ],
)
def test_every_page_opens_for_such_a_project(
    page: str, store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    at = open_page(page, project=project_id)
    assert not at.exception, at.exception


def test_the_groups_and_the_report_tell_distances(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    run_id = _trained(store, project_id, tmp_path)
    _opened(project_id, "By group")
    report = written(gather(store, run_id))
    said = repr(report)
    assert "among the farthest: off by" in said
    assert "It has seen numbers from 1 to 5" in said
    assert "Off by on average" in said
    assert "one of your categories" not in said


def test_the_playground_tells_the_number_its_step_and_the_range(
    store: Store, project_id: int
) -> None:
    script = """
from workbench.ui.use import sorting
import tests.pages.test_numbers_as_answers as here
sorting.results([here.TURN], here.ANSWERER)
"""
    conversation, _ = conversations.start_conversation(store, project_id, None, "Good.", {})
    number = vars(Number(5.0, 4.25, 5.0, 5.0, 6.5))
    conversations.add_answer(store, conversation, "run-1", "5", {"number": number})
    (turn,) = conversations.turns(store, conversation)
    globals()["TURN"] = turn
    globals()["ANSWERER"] = _answerer()
    at = AppTest.from_string(script)
    at.query_params["project"] = str(project_id)
    at.run()
    assert not at.exception, at.exception
    said = texts(at)
    assert "5 (exactly 5)] between 4.25 and 5, nine times of ten" in said
    assert "Its own estimate was 6.5, beyond all numbers that it has seen" in said
    (right,) = at.text_input
    right.set_value("four").run()
    assert "four is no number" in texts(at)
    right.set_value("3,5").run()
    assert not at.exception, at.exception
    (turn,) = conversations.turns(store, conversation)
    assert turn.answers[0].correction == "3.5"


def _answerer() -> object:
    from workbench.models.families import ENCODER
    from workbench.use.playground import Answerer

    return Answerer("run-1", "Run 1", ENCODER, REGRESSION.name, 1, "tiny", (), "")


def test_answers_in_a_file_are_numbers_with_their_range(tmp_path: Path) -> None:
    path = tmp_path / "answers.parquet"
    pd.DataFrame(
        {
            "row_id": [2, 3],
            "output": ["3.66", "5"],
            "low": [2.9, 4.25],
            "high": [4.4, 5.0],
            "rounded": [4.0, 5.0],
            "outside": [None, 6.5],
        }
    ).to_parquet(path)
    found = answer_columns([path], REGRESSION.name, title="stars (answer)")
    assert {own.title: own.values for own in found} == {
        "stars (answer)": {2: 3.66, 3: 5.0},
        "From": {2: 2.9, 3: 4.25},
        "To": {2: 4.4, 3: 5.0},
        "Rounded": {2: 4.0, 3: 5.0},
        "Its own estimate": {3: 6.5},
    }
    programs = answer_columns([path], REGRESSION.name, for_programs=True)
    assert [own.title for own in programs] == ["answer", "from", "to", "rounded", "outside"]


def test_what_must_come_out_right_has_to_be_a_number(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    run_id = _trained(store, project_id, tmp_path)
    with pytest.raises(WorkbenchError, match="'four' is no number"):
        must_pass.add(store, run_id, "How was it?", "four")
    must_pass.add(store, run_id, "How was it?", "4,5")
    (kept,) = must_pass.list_examples(store, project_id, REGRESSION.name)
    assert kept.expected == "4.5"
