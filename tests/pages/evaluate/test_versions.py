"""The Evaluate page: which version is live, what changed, what must come out right."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.exams import accuracies, add_exam, add_trained, answer_queued, exam_of_categories
from tests.pages.opened import open_page, texts
from workbench.evaluation.release import must_pass, releases
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import TrainedModel, write_trained
from workbench.training import runs

PAGE = "pages/evaluate/evaluate.py"


@pytest.fixture
def two(store: Store, tmp_path: Path) -> list[int]:
    """The project, a good version and a worse one."""
    ids: list[int] = []
    for name, right in (("Good *one*", 95), ("Worse", 70)):
        place = tmp_path / str(right)
        place.mkdir()
        trained = add_trained(store, place, project_id=ids[0] if ids else None, name=name)
        table = exam_of_categories(right, 40, 50)
        add_exam(store, trained.run_id, table, accuracies(table))
        ids += [trained.run_id] if ids else [trained.project_id, trained.run_id]
    return ids


def _open(two: list[int], run_id: int, tab: str = "") -> AppTest:
    at = open_page(PAGE, project=two[0], run=run_id)
    if tab:
        at.session_state["versions"] = tab
        at.run()
        assert not at.exception, at.exception
    return at


def _table(at: AppTest, column: str) -> list[list[object]]:
    (table,) = [found.value for found in at.dataframe if column in found.value]
    return table.to_numpy().tolist()  # type: ignore[no-any-return]


def test_a_version_goes_live_comes_back_and_all_is_on_record(store: Store, two: list[int]) -> None:
    at = _open(two, two[1])
    assert "No version is live yet" in texts(at)
    at.button(key="make-live").click().run()
    assert ":green[:material/check_circle:] **Score** (passed): Use the trained model." in texts(at)
    at.text_input(key="approver").set_value("")
    at.button(key="live-yes").click().run()
    assert "Somebody has to approve it" in at.error[0].value
    at.text_input(key="approver").set_value("Ann Lee")
    at.text_area(key="live-note").set_value("For the *desk*").run()
    at.button(key="live-yes").click().run()
    assert not at.exception
    assert r"**Good \*one\*** is live since" in texts(at)
    assert "approved by Ann Lee" in texts(at)
    assert r"For the \*desk\*" in texts(at)
    assert not [button for button in at.button if button.key in ("make-live", "go-back")]

    at = _open(two, two[2])
    at.button(key="make-live").click().run()
    assert ":red[:material/cancel:] **Score** (refused)" in texts(at)
    assert at.button(key="live-yes").label == "Make it live all the same"
    at.button(key="live-yes").click().run()
    assert "It does not go live" in at.error[-1].value
    at.text_area(key="live-reason").set_value("The other leaks names")
    at.button(key="live-yes").click().run()
    assert "Against the gate: The other leaks names" in texts(at)

    assert at.button(key="go-back").label == r"Back to Good \*one\*"
    at.button(key="go-back").click().run()
    assert at.text_input(key="approver-back").value == "Ann Lee"
    at.button(key="back-yes").click().run()
    assert r"**Good \*one\*** is live since" in texts(at)
    at.session_state["versions"] = "What was live when"
    at.run()
    rows = _table(at, "Approved by")
    assert [row[0] for row in rows] == ["Good *one*", "Worse", "Good *one*"]
    assert [row[4] for row in rows] == ["Back to this one", "–", "For the *desk*"]
    assert [row[5] for row in rows] == ["passed", "overruled: The other leaks names", "passed"]

    at.button(key="take-off").click().run()
    at.button(key="off-yes").click().run()
    assert "No version is live yet" in texts(at)
    assert releases.live(store, two[0]) is None


def test_a_version_is_held_against_the_live_one(store: Store, two: list[int]) -> None:
    releases.make_live(store, two[1], approver="Ann")
    at = _open(two, two[2], "Better and worse")
    assert "On the same 100 exam questions: 70.0 % right answers, 'Good \\*one\\*' 95.0 %" in texts(
        at
    )
    assert [(m.label, m.value) for m in at.metric][:3] == [
        ("Right now", "0"),
        ("No longer right", "25"),
        ("As before", "75"),
    ]
    assert len(_table(at, "old")) == 25
    groups = {row[1]: row for row in _table(at, "Grouped by")}
    assert groups["Product question"][2:] == [20, "75.0 %", "0.0 %", "-75.0", 0, 15, "yes"]


def test_must_pass_examples_are_added_asked_and_removed(
    store: Store, two: list[int], tmp_path: Path
) -> None:
    at = _open(two, two[1], "What it must get right")
    at.text_area(key="must-question").set_value("Money *back*?")
    at.selectbox(key="must-expected-category").set_value("Refund")
    at.button(key="must-add-it").click().run()
    assert not at.exception
    assert _table(at, "Expected") == [
        ["not asked yet", "Money *back*?", "is exactly", "Refund", "–"]
    ]
    at.button(key="ask-examples").click().run()
    assert "**Must-pass examples for Good \\*one\\***" in texts(at)
    answer_queued(store, tmp_path, kind="must-pass", output="Refund")
    at.run()
    assert _table(at, "Expected")[0][0] == "✓ right"

    at.segmented_control(key="must-how").set_value("Take a row of the exam").run()
    at.number_input(key="must-row").set_value(101)
    at.button(key="must-add-it").click().run()
    assert [row[0] for row in _table(at, "Expected")] == ["✓ right", "✗ wrong"]
    at.button(key="make-live").click().run()
    assert "1 of 2 must-pass examples came out wrong" in texts(at)
    at.button(key="live-no").click().run()

    example = must_pass.list_examples(store, two[0])[1]
    at.selectbox(key="must-remove").set_value(example.id)
    at.button(key="must-remove-it").click().run()
    assert len(_table(at, "Expected")) == 1
    at.number_input(key=f"most-worse-{two[0]}").set_value(12.0).run()
    assert releases.most_worse(store, two[0]) == 12


def _with_models(store: Store, ids: list[int]) -> None:
    """The runs' models are there, as far as the lists of models look."""
    for run_id in ids:
        folder = Path((runs.get_run(store, run_id).result or {})["adapter"])
        base = BaseModelRef("tiny", folder, "encoder", "")
        write_trained(folder, TrainedModel(task="classification", family="encoder", base=base))


def test_something_simpler_goes_live_and_does_the_work(store: Store, two: list[int]) -> None:
    _with_models(store, two[1:])
    at = _open(two, two[2])
    at.button(key="make-live").click().run()
    who = at.radio(key=f"live-who-{two[2]}")
    assert who.options == ["After training (70.0 %)", "Simple baseline (50.0 %)"]
    who.set_value("baseline").run()
    assert "The trained model is better by more than chance" in texts(at)
    at.text_area(key="live-reason").set_value("To see it work")
    at.text_input(key="approver").set_value("Ann Lee")
    at.button(key="live-yes").click().run()
    assert not at.exception
    assert "**Simple baseline in place of Worse** is live since" in texts(at)
    assert at.button(key="make-live").label == "Make 'Worse' live"
    for page in ("pages/use/playground.py", "pages/use/answer_file.py"):
        use = open_page(page, project=two[0])
        (model,) = [box for box in use.selectbox if box.label == "Model"]
        assert model.value == f"{two[2]}:baseline"
        assert model.options[0] == "Simple baseline in place of Worse (live)"


def test_home_and_playground_know_the_live_one(store: Store, two: list[int]) -> None:
    releases.make_live(store, two[1], approver="Ann")
    _with_models(store, two[1:])
    assert r"Live: **Good \*one\*** since" in texts(open_page())
    use = open_page("pages/use/playground.py", project=two[0])
    (model,) = [box for box in use.selectbox if box.label == "Model"]
    assert model.value == str(two[1]), "though the other one is newer"
    assert model.options[:2] == ["Worse", "Good *one* (live)"]


def test_a_live_run_is_not_deleted_on_the_train_page(store: Store, two: list[int]) -> None:
    releases.make_live(store, two[1], approver="Ann")
    at = open_page("pages/train/train.py", project=two[0])
    at.session_state["asking"] = ("Delete", two[1])
    at.run()
    assert "stays on record on the Evaluate page" in texts(at)
    at.button(key="run-delete-yes").click().run()
    assert r"'Good \*one\*' is live: make another version live" in at.error[0].value


def test_the_report_is_there_to_take_away(two: list[int]) -> None:
    at = _open(two, two[1])
    buttons = {button.proto.label for button in at.get("download_button")}
    assert {"As PDF", "As a web page (HTML)", "Model card (README.md)"} <= buttons
