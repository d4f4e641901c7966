"""Two versions side by side: only answers to the same questions count."""

from pathlib import Path

from storage.database import Store
from tests.helpers.exams import (
    accuracies,
    add_exam,
    add_trained,
    exam_of_categories,
)
from tests.helpers.released import by_turns
from workbench.evaluation.release import releases
from workbench.evaluation.release.comparison import compare
from workbench.evaluation.release.gate import check_gate


def test_exams_by_turns_are_compared_only_with_the_same_turns(store: Store, tmp_path: Path) -> None:
    first = add_trained(store, tmp_path)
    table = by_turns(exam_of_categories(80, 40, 50))
    add_exam(store, first.run_id, table, accuracies(table))
    for name, other, rows in (
        ("same", by_turns(exam_of_categories(85, 40, 50)), 100),
        ("other turns", by_turns(exam_of_categories(85, 40, 50), 3), 0),
        ("apart", exam_of_categories(85, 40, 50), 0),
    ):
        folder = tmp_path / name
        folder.mkdir()
        one = add_trained(store, folder, project_id=first.project_id, name=name)
        add_exam(store, one.run_id, other, accuracies(other))
        found = compare(store, one.run_id, first.run_id)
        assert len(found.rows) == rows, name
        assert bool(found.why_not) == (rows == 0), name
    releases.make_live(store, first.run_id, approver="Ann")
    assert "cannot be compared with the live version" in check_gate(store, one.run_id).refusal


def test_a_file_that_both_were_scored_on_compares_them_without_what_they_learned(
    store: Store, tmp_path: Path
) -> None:
    """Of the 60 rows of the data some are learned: those of the file among them do not count."""
    one = add_trained(store, tmp_path)
    folder = tmp_path / "other"
    folder.mkdir()
    two = add_trained(store, folder, project_id=one.project_id, name="Run 2")
    own = exam_of_categories(80, 40, 50)
    own["input"] = [f"Where is parcel number {i}?" for i in range(100)]
    for run_id in (one.run_id, two.run_id):
        add_exam(store, run_id, own, accuracies(own), split="mine.csv")
    add_exam(store, one.run_id, by_turns(own), accuracies(own))
    add_exam(store, two.run_id, exam_of_categories(80, 40, 50), accuracies(own))
    found = compare(store, two.run_id, one.run_id)
    learned = {
        number
        for split in ("train", "validation")
        for number in _numbers(store, one.version_id, split)
        | _numbers(store, two.version_id, split)
    }
    assert 0 < len(learned) < 60
    assert set(found.rows["input"]) == {
        f"Where is parcel number {i}?" for i in range(100) if i not in learned
    }


def _numbers(store: Store, version_id: int, split: str) -> set[int]:
    from workbench.data import versions

    rows = versions.read_examples(versions.get_version(store, version_id)).to_pylist()
    return {int(row["text"].split()[-1][:-1]) for row in rows if row["split"] == split}
