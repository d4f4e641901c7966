"""Which answer is better, on the pages: pairs from what people said, and what an exam of pairs shows."""

from pathlib import Path

import pandas as pd
import pytest

from storage.database import Store
from tests.helpers import tiny
from tests.helpers.exams import Trained, add_exam, add_trained
from tests.helpers.tiny import PEFT_USES_AN_OLD_NAME
from tests.pages.opened import open_page, texts
from tests.pages.use.asked import add_run
from workbench.data import datasets
from workbench.evaluation.people import preferred
from workbench.models import catalogue
from workbench.projects import projects
from workbench.use import conversations

pytestmark = pytest.mark.filterwarnings(PEFT_USES_AN_OLD_NAME)


def correct(store: Store, project_id: int, run_id: int, numbers: range) -> None:
    for number in numbers:
        asked = f"Where is <b>{number}</b>?"
        talk, _ = conversations.start_conversation(store, project_id, run_id, asked)
        answer = conversations.add_answer(store, talk, f"run-{run_id}", f"Dunno {number}.", {})
        assert answer is not None
        conversations.correct(store, answer, f"It is on its way, {number}.")


def test_corrections_become_a_dataset_with_one_click(store: Store, tmp_path: Path) -> None:
    base = tiny.make_base(tmp_path / "base")
    adapter = tiny.make_adapter(base, tmp_path / "replies", seed=1)
    project_id = projects.create_project(store, "Mails")
    run_id = add_run(store, project_id, "completion", adapter)
    page = "pages/use/playground.py"
    assert "a worse answer" not in texts(open_page(page, project=project_id))
    correct(store, project_id, run_id, range(4))
    at = open_page(page, project=project_id)
    assert "**4 pairs** of a better and a worse answer" in texts(at)
    assert "at least 10 are needed" in texts(at)
    assert "make-preferences" not in [button.key for button in at.button]
    correct(store, project_id, run_id, range(4, 12))
    at = open_page(page, project=project_id)
    at.button(key="make-preferences").click().run()
    assert not at.exception
    newest = next(
        version
        for version in datasets.list_versions(store, project_id)
        if version.dataset_name == preferred.DATASET
    )
    assert (newest.task, newest.rows) == ("preferences", 12)


@pytest.fixture
def examined(store: Store, tmp_path: Path) -> Trained:
    """A run that finds 18 of 20 better answers likelier, and found 8 before."""
    trained = add_trained(store, tmp_path, task="preferences", kind="causal")
    better, worse = [[f"{word} {n}." for n in range(20)] for word in ("Kind <i>one</i>", "Rude")]
    table = pd.DataFrame(
        {
            "row_id": range(1, 21),
            "input": [f"Where is parcel {n}?" for n in range(20)],
            "expected": better,
            "baseline": [None] * 20,
            "longer": better,
            "shorter": worse,
            "other": worse,
        }
    )
    for who, right in (("base", 8), ("tuned", 18)):
        table[who] = better[:right] + worse[right:]
        table[f"better_{who}"] = [-1.0] * right + [-3.0] * (20 - right)
        table[f"worse_{who}"] = [-2.0] * 20
    shares = {"base": 0.4, "tuned": 0.9, "longer": 1.0, "shorter": 0.0}
    scores = {who: {"preferred": share} for who, share in shares.items()}
    add_exam(store, trained.run_id, table, scores)
    return trained


def test_a_training_is_advised_to_start_from_what_knows_the_answers(
    store: Store, examined: Trained
) -> None:
    writer = next(one.id for one in catalogue.list_models(store) if one.name.startswith("SmolLM2"))
    projects.choose_model(store, examined.project_id, writer)
    said = texts(open_page("pages/train/train.py", project=examined.project_id))
    assert "to start from that model" in said


def test_an_exam_of_pairs_tells_what_is_found_likelier(store: Store, examined: Trained) -> None:
    at = open_page("pages/evaluate/evaluate.py", project=examined.project_id)
    said = texts(at).replace("\u202f", " ").replace("\u00a0", " ")
    assert "the trained model finds 90.0 % of the better answers likelier" in said
    assert "taking the longer answer" in said, "which did better here, so it is not to be used"
    titles = [tab.label for tab in at.tabs]
    assert "Question by question" in titles
    assert "Let people judge" not in titles
    pair = next(frame.value for frame in at.dataframe if "Takes" in frame.value)
    assert (
        dict(zip(pair["Who"], pair["Takes"], strict=True))["After training"] == "✓ the better one"
    )
    assert "36.8 %" in pair["Better answer"].tolist(), "e to the power of -1, a word piece"
    assert "Kind \\<i>one\\</i> 0." in said, "what a file says is shown as it is"
