"""Which rows taught an answer: only those that were learned from."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Run
from tests.helpers.exams import Trained, add_trained, answers
from workbench.data.splits.turns import turns_of
from workbench.data.versions import get_version, read_examples
from workbench.evaluation.rows import learned_rows
from workbench.evaluation.rows.learned_rows import LearnedRows


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return add_trained(store, tmp_path)


def _learned(store: Store, trained: Trained, *, by_turns: bool = False) -> LearnedRows:
    if by_turns:
        with store.write() as session:
            run = session.get_one(Run, trained.run_id)
            run.result = {**(run.result or {}), "exam": "turns"}
    found = learned_rows.learned_by(store, trained.run_id)
    assert found is not None
    return found


def _split(store: Store, trained: Trained, split: str) -> set[int]:
    data = read_examples(get_version(store, trained.version_id)).to_pandas()
    return set(data.loc[data["split"] == split, "row_id"])


def test_rows_that_were_put_aside_are_never_teachers(store: Store, trained: Trained) -> None:
    found = _learned(store, trained)
    assert set(found.row_ids.tolist()) == _split(store, trained, "train")
    asked = min(_split(store, trained, "test"))
    near = found.near(f"Where is parcel number {asked - 2}?", asked)
    assert near
    assert {one.row_id for one in near} <= _split(store, trained, "train")
    assert near[0].likeness >= near[-1].likeness > 0
    assert near[0].answer in ("Delivery", "Refund", "Product question")


def test_by_turns_no_row_of_the_same_turn_is_a_teacher(store: Store, trained: Trained) -> None:
    found = _learned(store, trained, by_turns=True)
    turns = turns_of(get_version(store, trained.version_id).path)
    assert turns is not None
    assert len(found.row_ids) == 60, "in the end it learned from all"
    for row in (2, 17, 40):
        near = found.near(f"Where is parcel number {row - 2}?", row)
        assert row not in {one.row_id for one in near}
        assert all(turns.of[one.row_id] != turns.of[row] for one in near)
    anew = found.near("Where is parcel number 0?")
    assert (anew[0].row_id, anew[0].likeness) == (2, pytest.approx(1.0, abs=1e-5))


def test_the_nearest_likeness_of_a_whole_exam_is_that_of_its_rows(
    store: Store, trained: Trained
) -> None:
    found = _learned(store, trained, by_turns=True)
    inputs = [f"Where is parcel number {i}?" for i in range(10)]
    table = answers(["Refund"] * 10, ["Refund"] * 10, inputs=inputs)
    one_by_one = [found.near(t, r)[0].likeness for t, r in zip(inputs, range(2, 12), strict=True)]
    assert found.nearest(table.assign(turn=0)) == pytest.approx(one_by_one, abs=1e-5)
    assert found.nearest(table) == pytest.approx([1.0] * 10, abs=1e-5)


def test_the_sentence_says_what_the_nearest_rows_answer(store: Store, trained: Trained) -> None:
    found = _learned(store, trained)
    near = found.near("Where is parcel number 12?")
    said = learned_rows.sentence(near, found, "classification", near[0].answer)
    assert f"nearest rows have the model's answer '{near[0].answer}'" in said
    unlike = learned_rows.sentence(found.near("Ωμέγα"), found, "classification", "Refund")
    assert unlike.startswith("Nothing similar in your data")


def test_texts_that_are_no_words_have_no_teachers(
    store: Store, trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(texts: list[str], *, numbers: bool) -> None:
        raise ValueError("empty vocabulary")

    monkeypatch.setattr(learned_rows, "KnownTexts", refuse)
    assert learned_rows.learned_by(store, trained.run_id) is None
