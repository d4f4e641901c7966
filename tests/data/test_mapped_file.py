"""A further file is read as the examples were, and what is odd about it is told before a score."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from storage.database import Store
from tests.helpers.exams import Trained, add_trained
from workbench.core.errors import WorkbenchError
from workbench.data import datasets, mapped_file
from workbench.data.readers import ReadOptions
from workbench.data.versions import get_version
from workbench.projects import projects


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    """A run that knows Delivery, Refund and Product question."""
    return add_trained(store, tmp_path)


def _file(folder: Path, content: str) -> Path:
    path = folder / "new.csv"
    path.write_text(content, "utf-8")
    return path


def test_columns_with_other_names_are_given(store: Store, trained: Trained, tmp_path: Path) -> None:
    path = _file(tmp_path, "body,topic\nMoney back,Refund\n")
    columns = {"text": "body", "label": "topic"}
    file = mapped_file.map_file(store, trained.version_id, path, need_answers=True, columns=columns)
    assert pq.read_table(file.data).to_pylist() == [
        {"row_id": 2, "text": "Money back", "label": "Refund"}
    ]
    with pytest.raises(WorkbenchError, match=r"new\.csv has no column 'nothing'"):
        mapped_file.map_file(
            store, trained.version_id, path, need_answers=True, columns={"text": "nothing"}
        )


def test_what_cannot_be_scored_is_said(store: Store, trained: Trained, tmp_path: Path) -> None:
    path = _file(tmp_path, "email,category\nMoney back,Refund\nWhere?,\nWho?,Career\n")
    file = mapped_file.map_file(store, trained.version_id, path, need_answers=True)
    assert file.rows == 2
    assert file.left_out == {"empty 'category'": {"count": 1, "rows": [3]}}
    assert [(c.name, c.rows, c.nearest) for c in file.unknown] == [("Career", 1, "")]
    assert len(file.notes) == 2


def test_only_what_was_learned_is_known(store: Store, trained: Trained) -> None:
    version = get_version(store, trained.version_id)
    assert mapped_file.learned_categories(version) == {"Delivery", "Refund", "Product question"}


def test_another_spelling_is_the_known_one_only_if_that_is_wanted(
    store: Store, trained: Trained, tmp_path: Path
) -> None:
    path = _file(tmp_path, "email,category\nMoney back,REFUND\nWho?,Career\n")

    def labels(same: bool) -> tuple[list[str], list[str], list[str]]:
        file = mapped_file.map_file(
            store, trained.version_id, path, need_answers=True, same_spelling=same
        )
        found = pq.read_table(file.data)["label"].to_pylist()
        return found, [c.name for c in file.unknown], [c.name for c in file.taken]

    assert labels(False) == (["REFUND", "Career"], ["REFUND", "Career"], [])
    assert labels(True) == (["Refund", "Career"], ["Career"], ["REFUND"])


def test_questions_alone_have_no_categories(store: Store, trained: Trained, tmp_path: Path) -> None:
    path = _file(tmp_path, "email,category\nMoney back,REFUND\n")
    file = mapped_file.map_file(store, trained.version_id, path, need_answers=False)
    assert (file.rows, file.unknown, file.notes) == (1, (), [])


def test_a_file_that_only_asks_keeps_its_rows_whatever_was_chosen(
    store: Store, tmp_path: Path
) -> None:
    sets = ['["late"]', '["late", "crew"]'] * 12
    lines = [f'{{"text": "Ferry {n} is late.", "tags": {tags}}}' for n, tags in enumerate(sets)]
    path = tmp_path / "ferry.jsonl"
    path.write_text("\n".join(lines))
    project_id = projects.create_project(store, "Ferry")
    saved = datasets.save_version(
        store, project_id=project_id, path=path, options=ReadOptions(choice="each")
    )
    asked = mapped_file.map_file(store, saved.version_id, path, need_answers=False)
    assert pq.read_table(asked.data)["row_id"].to_pylist() == list(range(1, 25))
    scored = mapped_file.map_file(store, saved.version_id, path, need_answers=True)
    assert scored.rows == saved.rows == 36
    assert pq.read_table(scored.data)["label"].to_pylist() == ["late", "late", "crew"] * 12
