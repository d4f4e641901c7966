"""The diagnosis of runs as they are kept."""

from pathlib import Path

from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers.curves import add_by_heart, add_curves
from tests.helpers.exams import Trained, add_trained
from workbench.core.recipe import Recipe
from workbench.jobs.process.failures import UNSTABLE
from workbench.training import runs
from workbench.training.diagnosis import diagnosis as kinds
from workbench.training.diagnosis.diagnosis import Diagnosis
from workbench.training.diagnosis.of_run import diagnosis_of


def _trained(store: Store, folder: Path, practice: int = 60) -> Trained:
    trained = add_trained(store, folder, task="completion", kind="causal")
    with store.write() as session:
        version = session.get_one(DatasetVersion, trained.version_id)
        version.splits = {**version.splits, "validation": practice}
    return trained


def _found(store: Store, trained: Trained) -> Diagnosis | None:
    return diagnosis_of(store, runs.get_run(store, trained.run_id))


def test_it_reads_what_was_recorded(store: Store, tmp_path: Path) -> None:
    trained = _trained(store, tmp_path)
    add_by_heart(store, trained.run_id)
    found = _found(store, trained)
    assert found is not None
    assert found.kind == kinds.BY_HEART
    assert "at step 20" in found.sentence
    assert found.as_dict()["change"] == {
        "setting": "num_train_epochs", "value": 1.0, "former": 3.0,
        "sentence": "Passes over the data (epochs): 1 instead of 3",
    }  # fmt: skip


def test_the_practice_questions_are_the_versions(store: Store, tmp_path: Path) -> None:
    trained = _trained(store, tmp_path, practice=5)
    add_by_heart(store, trained.run_id)
    found = _found(store, trained)
    assert found is not None
    assert found.kind == kinds.FEW_PRACTICE


def test_the_usual_pace_is_the_presets(store: Store, tmp_path: Path) -> None:
    trained = _trained(store, tmp_path)
    add_curves(
        store, trained.run_id, [2.5] * 30, {10: 2.5, 20: 2.5}, recipe=Recipe(learning_rate=1e-7)
    )
    found = _found(store, trained)
    assert found is not None
    assert found.change is not None
    assert (found.kind, found.change.value) == (kinds.NO_LEARNING, 1e-3)


def test_a_training_that_broke_is_known_by_its_sentence(store: Store, tmp_path: Path) -> None:
    trained = _trained(store, tmp_path)
    reason = f"{UNSTABLE} at step 12: its error is no longer a number."
    add_curves(store, trained.run_id, [2.5] * 4, {}, status="failed", reason=reason)
    found = _found(store, trained)
    assert found is not None
    assert found.kind == kinds.UNSTABLE


def test_what_learns_still_or_by_contrast_has_none(store: Store, tmp_path: Path) -> None:
    trained = _trained(store, tmp_path)
    add_by_heart(store, trained.run_id)
    add_curves(store, trained.run_id, [], {}, status="running")
    assert _found(store, trained) is None
    add_curves(store, trained.run_id, [], {}, recipe=Recipe(objective="contrastive"))
    assert _found(store, trained) is None
