"""Several categories a text, page by page: asked of the file, saved, examined, tried out, corrected."""

import json
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers import exams
from tests.helpers.made import add_model
from tests.pages.opened import open_page, texts
from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import NONE
from workbench.data import datasets
from workbench.evaluation.scoring.text_scores import text_scores
from workbench.projects import projects
from workbench.use import conversations
from workbench.use.client import Sorting

SETS = [["late"], ["price"], ["late", "price"], []] * 15
EXPECTED = ["late", "late; price", "price", NONE] * 10
TUNED = ["late", "late", "late; price", NONE] * 10


pytestmark = pytest.mark.usefixtures("nothing_remembered")


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Ferry")


def _file() -> bytes:
    rows = [{"text": f"Ferry {n} was bad.", "tags": tags} for n, tags in enumerate(SETS)]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _trained(store: Store, project_id: int, folder: Path) -> tuple[int, int]:
    """A run whose model lies in a folder of its own, and its exam."""
    path = folder / "ferry.jsonl"
    path.write_bytes(_file())
    saved = datasets.save_version(store, project_id=project_id, path=path, task=MULTI_LABEL.name)
    model_id = add_model(store, name="tiny encoder", kind="encoder")
    run_id = exams._add_run(
        store, project_id, saved.version_id, model_id, folder, "encoder", "succeeded", "Run 1",
        MULTI_LABEL.name,
    )  # fmt: skip
    columns = {"baseline": ["late"] * 40, "base": ["late"] * 40, "probability": [0.7] * 40}
    table = exams.answers(EXPECTED, TUNED, **columns)
    scores = {
        who: text_scores(MULTI_LABEL.name, EXPECTED, table[who].tolist())
        for who in ("baseline", "base", "tuned")
    }
    return run_id, exams.add_exam(store, run_id, table, scores)


def test_a_file_with_several_categories_becomes_examples_with_all_of_them(
    store: Store, project_id: int
) -> None:
    at = open_page("pages/data/data.py", project=project_id)
    at.get("file_uploader")[0].set_value([("ferry.jsonl", _file(), "")]).run()
    assert at.radio[0].options[0].startswith("All of them: the model learns to find every")
    at.radio[0].set_value("several-or-none").run()
    assert not at.exception, at.exception
    assert [radio.value for radio in at.radio][:2] == ["several-or-none", "multi_label"]
    assert "is an exam question once" not in texts(at)
    at.button(key="data-save").click().run(timeout=30)
    assert not at.exception, at.exception
    (version,) = datasets.list_versions(store, project_id)
    assert version.task == MULTI_LABEL.name
    assert version.rows == 60
    assert version.report["labels"] == {"late": 30, "price": 30}
    examples = pd.read_parquet(version.path)
    assert set(examples["label"]) == {"late", "price", "late; price", NONE}


def _opened(project_id: int, tab: str) -> AppTest:
    at = open_page("pages/evaluate/evaluate.py", project=project_id)
    at.session_state["exam-details"] = tab
    at.run()
    assert not at.exception, at.exception
    return at


def test_the_exam_tells_what_became_of_each_category(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    at = _opened(project_id, "By category")
    assert "of the categories right (micro-F1)" in texts(at)
    table = next(frame.value for frame in at.dataframe if "too_many" in frame.value)
    lines = table.set_index("category")
    counted = ["right", "missed", "too_many", "neither"]
    assert lines.loc["late", counted].tolist() == [20, 0, 10, 10]
    assert lines.loc["price", counted].tolist() == [10, 10, 0, 20]
    assert lines.loc["price", "recall"] == 50.0
    assert "to" in lines.loc["price", "recall_interval"]
    assert "Mix-ups" not in [tab.label for tab in at.tabs]


def test_a_row_shows_what_was_found_missed_and_too_many(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    script = """
import pandas as pd
from workbench.core.tasks import MULTI_LABEL
from workbench.ui.evaluation.rows import exam_row
row = pd.Series({"row_id": 3, "input": "Bad.", "expected": "late; price", "tuned": "crew; late",
                 "right_tuned": False, "found_tuned": 1})
exam_row._texts(MULTI_LABEL, row)
"""
    at = AppTest.from_string(script).run()
    assert not at.exception, at.exception
    said = texts(at)
    assert ":green[✓ late]" in said
    assert ":red[− price]" in said
    assert "+ crew]" in said
    assert "1 of 2 found" in said


def test_the_playground_tells_all_that_hold_and_those_just_below(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = """
from types import SimpleNamespace
from workbench.ui.use import sorting
import tests.pages.test_several_categories as here
sorting.results([here.TURN], here.ANSWERER)
"""
    conversation, _ = conversations.start_conversation(store, project_id, None, "Bad.", {})
    found = Sorting(
        [("late", 0.9), ("price", 0.6), ("crew", 0.3)], None, None, "late; price",
        (("late", 0.5), ("price", 0.4), ("crew", 0.5)),
    )  # fmt: skip
    details = {
        "probabilities": [list(one) for one in found.labels],
        "thresholds": [list(one) for one in found.thresholds],
    }
    conversations.add_answer(store, conversation, "run-1", found.best, details)
    (turn,) = conversations.turns(store, conversation)
    globals()["TURN"] = turn
    globals()["ANSWERER"] = _answerer()
    at = AppTest.from_string(script)
    at.query_params["project"] = str(project_id)
    at.run()
    assert not at.exception, at.exception
    said = texts(at)
    assert "late] 90.0 % sure" in said
    assert "price] 60.0 % sure" in said
    assert "Next, but not given: crew (30.0 %)" in said
    (right,) = at.multiselect
    assert right.value == ["late", "price"]
    right.set_value(["crew"]).run()
    at.button(key=f"save-{turn.answers[0].id}").click().run()
    assert not at.exception, at.exception
    (turn,) = conversations.turns(store, conversation)
    assert turn.answers[0].correction == "crew"


def _answerer() -> object:
    from workbench.models.families import ENCODER
    from workbench.use.playground import Answerer

    labels = ("crew", "late", "price")
    return Answerer("run-1", "Run 1", ENCODER, MULTI_LABEL.name, 1, "tiny", labels, "")


def test_answers_in_a_file_have_the_set_and_a_column_a_category(tmp_path: Path) -> None:
    from workbench.data.export.answer_columns import answer_columns

    path = tmp_path / "answers.parquet"
    pd.DataFrame({"row_id": [2, 3], "output": ["late; price", NONE]}).to_parquet(path)
    found = answer_columns([path], MULTI_LABEL.name, title="tags (answer)", fields=("late", "crew"))
    assert {own.title: list(own.values.values()) for own in found} == {
        "tags (answer)": ["late; price", NONE],
        "late (answer)": ["yes", "no"],
        "crew (answer)": ["no", "no"],
    }


@pytest.mark.parametrize(
    "page",
    [
        "pages/data/data.py",
        "pages/data/explore.py",
        "pages/data/checkup.py",
        "pages/model/model.py",
        "pages/train/train.py",
        "pages/evaluate/evaluate.py",
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


@pytest.mark.parametrize("tab", ["Question by question", "How sure", "By group"])
def test_every_tab_of_the_exam_opens(
    tab: str, store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    at = _opened(project_id, tab)
    assert "micro-F1" in texts(at)


def test_a_rows_categories_are_chosen_from_all_there_are(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    _trained(store, project_id, tmp_path)
    (version,) = datasets.list_versions(store, project_id)
    globals()["VERSION"] = version
    script = """
import streamlit as st
import tests.pages.test_several_categories as here
from workbench.ui.explore import row_form
st.session_state["told"] = row_form.input_of(here.VERSION, "label", "late; price", 3)()
"""
    at = AppTest.from_string(script).run()
    assert not at.exception, at.exception
    assert at.multiselect[0].value == ["late", "price"]
    at.multiselect[0].set_value(["price"]).run()
    assert at.session_state["told"] == "price"
    at.multiselect[0].set_value([]).run()
    assert at.session_state["told"] == NONE
    from workbench.data import pending_edits, search
    from workbench.data.search import Query

    found, total = search.search(
        version, pending_edits.pending(store, version), Query(label="late"), 50
    )
    assert total == 30
    assert set(found["label"].to_pylist()) == {"late", "late; price"}
