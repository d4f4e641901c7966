"""The Evaluate page: whether a model is worth it, and who else answered the same questions."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import Job
from tests.helpers.exams import (
    CATEGORIES,
    Trained,
    accuracies,
    add_exam,
    add_trained,
    answers,
    exam_of_categories,
)
from tests.helpers.prompting import finish_trial, writer_of
from tests.pages.opened import open_page, texts
from workbench.core.tasks import rungs
from workbench.data.versions import get_version, read_examples
from workbench.evaluation import evaluations
from workbench.evaluation.prompting import trials
from workbench.system import drafts

PAGE = "pages/evaluate/evaluate.py"
ALT = "Bar chart: Right answers. "


@pytest.fixture
def climbed(store: Store, tmp_path: Path) -> Trained:
    """A run whose exam all rungs have taken."""
    trained = add_trained(store, tmp_path)
    table = exam_of_categories(right=90, base=60, baseline=70)
    nearest = table["baseline"].tolist()
    table = table.assign(frequent=["Delivery"] * 100, nearest=nearest[1:] + nearest[:1])
    scores: dict[str, Any] = accuracies(table)
    for who, seconds in (("frequent", 1e-8), ("nearest", 0.004)):
        right = float((table[who] == table["expected"]).mean())
        scores[who] = {"accuracy": right, "seconds": seconds}
    scores["tuned"]["seconds"] = 0.36
    add_exam(store, trained.run_id, table, scores)
    return trained


def _opened(project_id: int) -> AppTest:
    """The page with the numbers behind the bars."""
    at = open_page(PAGE, project=project_id)
    at.session_state["worth-numbers"] = True
    at.run()
    assert not at.exception
    return at


def _table(at: AppTest) -> dict[str, list[str]]:
    """Title of a line → its cells; those of the head under ""."""
    table = at.table[0].value
    lines = {str(name): [str(cell) for cell in row] for name, row in table.T.items()}
    return {"": list(table.columns), **lines}


def _alt(at: AppTest) -> str:
    """What the chart says to whoever cannot see it."""
    (chart,) = at.get("vega_lite_chart")
    return str(chart.proto.alt)


def test_the_ladder_stands_under_the_verdict_with_the_one_to_use(
    store: Store, climbed: Trained
) -> None:
    at = open_page(PAGE, project=climbed.project_id)
    assert at.subheader[0].value == "Is it worth it?"
    assert _alt(at) == (
        f"{ALT}Most frequent answer 40.0 %, Simple baseline 70.0 %, Nearest example 69.0 %, "
        "Before training 60.0 %, ✓ After training 90.0 %."
    )
    table = _table(_opened(climbed.project_id))
    assert table[""] == ["Accuracy", "Gain by training", "More than chance?", "An answer takes"]
    assert table["Most frequent answer"] == [
        "40.0\u00a0% (30.9 to 49.8)",
        "\\+50.0 (+40.4 to +59.6)",
        "yes",
        "\\< 0.1 ms",
    ]
    assert table["**✓** After training"] == [
        "90.0\u00a0% (82.6 to 94.5)",
        "–",
        "–",
        "360 ms",
    ]


def test_who_says_what_an_hour_costs_is_told_what_answers_cost(
    store: Store, climbed: Trained
) -> None:
    at = _opened(climbed.project_id)
    at.number_input(key=f"price-{climbed.project_id}").set_value(2.0).run()
    assert not at.exception
    assert _table(at)[""][-1] == "1,000 answers cost"
    assert _table(at)["**✓** After training"][-1] == "0.20"
    assert drafts.get_draft(store, climbed.project_id, "price") == {"hour": 2.0}
    again = _opened(climbed.project_id)
    assert _table(again)["Most frequent answer"][-1] == "\\< 0.01"


def test_rows_stay_readable_with_many_answers(store: Store, climbed: Trained) -> None:
    at = open_page(PAGE, project=climbed.project_id)
    (exam,) = evaluations.list_evaluations(store, climbed.run_id)
    who = at.pills(key=f"rows-who-{exam.id}")
    assert who.options == ["Most frequent answer", "Simple baseline", "Nearest example"]

    def shown() -> list[str]:
        return [str(name) for name in at.dataframe[0].value.columns if name in exam.scores]

    assert shown() == ["tuned", "base", "baseline"]
    who.set_value(["nearest"]).run()
    assert shown() == ["tuned", "base", "nearest"]
    assert "**Nearest example**" in texts(at)
    assert "**Simple baseline** :small" not in texts(at)


def test_an_old_exam_can_be_compared_with_more(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="completion", kind="causal")
    wanted = [f"Parcel {i} is on its way." for i in range(40)]
    table = answers(wanted, wanted, base=["I do not know."] * 40)
    add_exam(store, trained.run_id, table, {"base": {"chrf": 8.0}, "tuned": {"chrf": 100.0}})
    at = open_page(PAGE, project=trained.project_id)
    assert "**Use the trained model." in at.success[0].value
    at.button(key="more-rungs").click().run()
    assert not at.exception
    with store.read() as session:
        job = session.query(Job).filter_by(kind="evaluate").one()
    assert job.spec["rungs"] == list(rungs.ALL)


def test_a_simple_way_that_is_as_good_is_recommended(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path)
    table = answers(CATEGORIES * 20, CATEGORIES * 20, baseline=CATEGORIES * 20)
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    assert at.info[0].value.startswith("**The simple baseline is as good: use that. On 2,000")
    assert "✓ Simple baseline 100.0 %" in _alt(at)


def test_documents_have_the_model_before_and_after(store: Store, tmp_path: Path) -> None:
    trained = add_trained(store, tmp_path, task="language-modelling", kind="causal")
    table = answers(["and left."], ["and stayed."], base=["zzz"], inputs=["She came"])
    add_exam(store, trained.run_id, table, {"base": {"loss": 3.31}, "tuned": {"loss": 2.74}})
    at = open_page(PAGE, project=trained.project_id)
    assert "Before training 3.31, After training 2.74." in _alt(at)
    table = _table(_opened(trained.project_id))
    assert table["Before training"] == ["3.31", "\\+0.57", "not known"]
    assert not [button for button in at.button if button.key == "more-rungs"]


def test_an_instruction_that_is_kept_later_stands_among_the_bars(
    store: Store, tmp_path: Path
) -> None:
    """The bars are kept in memory, and must not outlive what they compare."""
    trained = add_trained(store, tmp_path, kind="causal", rows=600)
    version = get_version(store, trained.version_id)
    exam = read_examples(version, filters=[("split", "=", "test")]).to_pandas()
    table = answers(exam["label"], exam["label"], inputs=exam["text"].tolist())
    add_exam(store, trained.run_id, table, accuracies(table))
    at = open_page(PAGE, project=trained.project_id)
    assert "With your instruction" not in _alt(at)
    trials.start_trial(store, version.id, writer_of(store), "Sort it.", is_exam=True)
    finish_trial(store, tmp_path, 0.5)
    at.run()
    assert not at.exception
    assert "With your instruction" in _alt(at)
