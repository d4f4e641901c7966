"""Changes that are made again: on the same rows they give the same, wherever the rows stand now."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.core.tasks import task_named
from workbench.data.edits import edit as fixing
from workbench.data.edits import replay
from workbench.data.edits.edit import Edit

ROWS = 8
_ids = st.sets(st.integers(1, ROWS), max_size=4)
_changes = st.dictionaries(
    st.tuples(st.integers(1, ROWS), st.sampled_from(["text", "label"])),
    st.sampled_from(["new", "other", "text 3", "a"]),
    max_size=5,
)
_order = st.permutations(range(1, ROWS + 3))


def table(numbers: list[int], said: dict[int, tuple[str, str | None]]) -> pa.Table:
    return pa.table(
        {
            "row_id": pa.array(numbers, pa.int64()),
            "split": ["train"] * len(numbers),
            "text": pa.array([said[n][0] for n in numbers], pa.large_string()),
            "label": pa.array([said[n][1] for n in numbers], pa.large_string()),
        }
    )


@settings(max_examples=60)
@given(remove=_ids, change=_changes, order=_order)
def test_shuffled_and_longer_tables_are_changed_alike(
    remove: set[int], change: dict[tuple[int, str], str], order: list[int]
) -> None:
    said = {n: (f"text {n}", "a" if n % 2 else None) for n in range(1, ROWS + 3)}
    before = table(list(range(1, ROWS + 1)), said)
    after = fixing.apply_to_table(before, Edit(frozenset(remove), change))
    numbered = {place: said[n] for place, n in enumerate(order, start=1)}
    data = table(list(numbered), numbered)

    now = replay.NewExamples(data, False, task_named("classification"), {})
    edit = replay.replay_edit(replay.changes_between(before, after), before, now)

    mended = fixing.apply_to_table(data, edit).to_pylist()
    wanted = [(row["text"], row["label"]) for row in after.to_pylist()]
    wanted += [said[n] for n in (ROWS + 1, ROWS + 2)]
    key = str
    assert sorted([(row["text"], row["label"]) for row in mended], key=key) == sorted(
        wanted, key=key
    )


def test_the_sides_of_the_exam_are_not_carried() -> None:
    said = {n: (f"text {n}", "a") for n in range(1, 4)}
    before = table([1, 2, 3], said)
    after = fixing.apply_to_table(before, Edit(change={(2, "split"): "test"}))

    assert fixing.edit_between(before, after).change == {(2, "split"): "test"}
    assert not replay.changes_between(before, after).rows
