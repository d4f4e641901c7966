"""What the steps of projects are derived from, of many of them at once."""

from storage import projects
from storage.acting import EDITOR, Acting
from storage.database import Store
from storage.progress import facts
from storage.tables import Conversation, Job, Membership, Person, Project
from tests.helpers.made import add_dataset, add_evaluation, add_model, add_run


def _of(store: Store, *ids: int) -> dict[int, facts.Facts]:
    with store.read() as session:
        return facts.of(session, ids, "predict")


def _project(store: Store, name: str) -> int:
    with store.write() as session:
        return projects.add(session, name, "").id


def test_of_an_empty_project_there_is_nothing_to_say(store: Store) -> None:
    empty = _project(store, "A")
    assert _of(store, empty) == {empty: facts.Facts(None, "", (), 0, (), False, 0)}
    assert _of(store) == {}


def test_each_project_has_its_own(store: Store) -> None:
    full, other = _project(store, "A"), _project(store, "B")
    model_id = add_model(store, name="tiny")
    for project_id, rows in ((full, 100), (other, 40)):
        version_id = add_dataset(store, project_id, rows=rows)
    newest = add_dataset(store, full, name="Newer", rows=200)
    run_id = add_run(store, full, newest, model_id)
    add_run(store, full, newest, model_id, adapter="")
    add_run(store, full, newest, model_id, status="failed")
    add_run(store, other, version_id, model_id, status="running")
    first = add_evaluation(store, run_id, {"tuned": {"accuracy": 0.5}})
    second = add_evaluation(store, run_id, {"tuned": {"accuracy": 0.7}}, split="more.csv")
    with store.write() as session:
        session.get_one(Project, full).base_model_id = model_id
        session.get_one(Project, full).drafts = {"seen": {"evaluation_id": first}}
        session.add(Conversation(project_id=full, title="A talk"))
    found = _of(store, other, full)
    of_full, of_other = found[full], found[other]
    assert of_full.newest is not None
    assert (of_full.newest.id, of_full.newest.rows) == (newest, 200)
    assert of_full.newest.dataset_name == "Newer"
    assert of_full.newest.mapping == {"text": "email", "label": "category"}
    assert (of_full.base_model_name, of_full.active, of_full.trained_runs) == ("tiny", (), 1)
    assert [(one.id, one.split) for one in of_full.scored] == [
        (first, "test"),
        (second, "more.csv"),
    ]
    assert of_full.scored[0].task == "classification"
    assert of_full.scored[1].scores == {"tuned": {"accuracy": 0.7}}
    assert (of_full.is_tried, of_full.seen_evaluation_id) == (True, first)
    assert of_other.newest is not None
    assert (of_other.newest.rows, of_other.base_model_name) == (40, "")
    assert of_other.active == (("train", "running"),)
    assert (of_other.trained_runs, of_other.scored, of_other.is_tried) == (0, (), False)
    assert found == _of(store, other) | _of(store, full)


def test_a_file_that_was_answered_counts_as_tried(store: Store) -> None:
    ids = {status: _project(store, status) for status in ("succeeded", "failed")}
    with store.write() as session:
        for status, project_id in ids.items():
            job = Job(project_id=project_id, kind="predict", title="A", spec={}, status=status)
            session.add(job)
    found = _of(store, *ids.values())
    assert found[ids["succeeded"]].is_tried
    assert not found[ids["failed"]].is_tried


def test_somebody_has_seen_what_they_have_seen_themselves(store: Store) -> None:
    project_id = _project(store, "A")
    with store.write() as session:
        session.get_one(Project, project_id).drafts = {"seen": {"evaluation_id": 7}}
        session.add(Person(email="ann@company.example", name="Ann"))
        session.flush()
        session.add(Membership(project_id=project_id, person_id=1, role=EDITOR))
    assert _of(store, project_id)[project_id].seen_evaluation_id == 7
    ann = store.acting_as(Acting(1, "Ann"))
    assert _of(ann, project_id)[project_id].seen_evaluation_id == 0
