"""The fields of a dataset, from its file to its next version."""

import json
from pathlib import Path

import pytest

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.core.fields.field import ONE_OF, TEXT, Field, fields_in, leaves
from workbench.core.fields.typed import parsed
from workbench.data import datasets
from workbench.data.field_schema import ToldFields, fields_of, restated
from workbench.data.versions import VersionInfo, get_version


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.jsonl"
    rows = [
        {
            "text": f"Anna {n} pays {n}.50 in {['cash', 'card'][n % 2]} today, thank you",
            "fields": {"who": f"Anna {n}", "total": f"{n}.50", "how": ["cash", "card"][n % 2]},
        }
        for n in range(60)
    ]
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def _saved(store: Store, path: Path, fields: ToldFields | None = None) -> VersionInfo:
    from workbench.projects import projects

    known = {name: number for number, name in projects.project_names(store).items()}
    project_id = known.get("P") or projects.create_project(store, "P")
    saved = datasets.save_version(
        store, project_id=project_id, path=path, task="extraction", fields=fields
    )
    return get_version(store, saved.version_id)


def _kinds(version: VersionInfo) -> dict[str, str]:
    return {title: field.kind for title, field in leaves(fields_in(version.mapping))}


def test_they_are_guessed_and_kept_with_the_version(store: Store, orders: Path) -> None:
    version = _saved(store, orders)
    assert _kinds(version) == {"who": TEXT, "total": "number", "how": ONE_OF}
    assert _saved(store, orders).id == version.id


def test_what_a_user_says_is_kept_for_later_files(store: Store, orders: Path) -> None:
    told = ToldFields((parsed("total=text"),), {"who": "Who pays."}, {"who": True})
    first = _saved(store, orders, told)
    assert _kinds(first)["total"] == TEXT
    orders.write_text(orders.read_text("utf-8") + "\n" + orders.read_text("utf-8").splitlines()[0]
                      .replace("Anna 0", "Bert"), "utf-8")  # fmt: skip
    later = _saved(store, orders)
    own = {field.name: field for field in fields_in(later.mapping)}
    assert later.number == first.number + 1
    assert (own["total"].kind, own["who"].help, own["who"].may_be_missing) == (
        TEXT,
        "Who pays.",
        True,
    )


def test_they_are_said_anew_in_a_version_of_their_own(store: Store, orders: Path) -> None:
    version = _saved(store, orders)
    changed = restated(store, version, ToldFields((parsed("how=one-of:cash|card|check"),)))
    assert changed.number == version.number + 1
    assert changed.path == version.path
    assert fields_of(changed)[2].choices == ("cash", "card", "check")
    with pytest.raises(WorkbenchError, match="saved already"):
        restated(store, changed, ToldFields((parsed("how=one-of:cash|card|check"),)))


def test_the_exam_is_looked_at_as_well(store: Store, orders: Path) -> None:
    lines = orders.read_text("utf-8").splitlines()
    odd = json.loads(lines[0].replace("cash", "barter"))
    orders.write_text("\n".join([*lines, json.dumps(odd)]), "utf-8")
    with pytest.raises(WorkbenchError, match="barter"):
        _saved(store, orders, ToldFields((parsed("how=one-of:cash|card"),)))


def test_another_task_has_none(store: Store, orders: Path) -> None:
    version = _saved(store, orders)
    assert fields_of(version)
    with pytest.raises(WorkbenchError, match="pulls out no fields"):
        datasets.save_version(
            store,
            project_id=version.project_id,
            path=orders,
            task="completion",
            mapping={"prompt": "text", "response": "fields"},
            fields=ToldFields((Field("who"),)),
        )
