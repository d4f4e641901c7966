"""What belongs to a project, and what goes with it."""

import datetime as dt
import io
import os

import pytest
from sqlalchemy.orm import Session

from storage import files, leftovers, projects
from storage.database import Store
from storage.entered import drafts
from storage.tables import Dataset, DatasetVersion, Job, now


def _version(session: Session, project_id: int, content: str, number: int = 1) -> DatasetVersion:
    dataset = Dataset(project_id=project_id, name=f"Data {number}")
    session.add(dataset)
    session.flush()
    version = DatasetVersion(
        dataset_id=dataset.id,
        number=number,
        task="classification",
        content_hash=content,
        source_hash=content,
        source_name="a.csv",
        mapping={},
        rows=10,
        dropped=0,
        splits={},
        split_seed=1,
        report={},
    )
    session.add(version)
    session.flush()
    return version


def _object(text: str, age_s: float = 3600) -> str:
    digest = files.put(io.BytesIO(text.encode()))
    moment = dt.datetime.now().timestamp() - age_s
    os.utime(files.object_path(digest), (moment, moment))
    return digest


def test_names_are_compared_whatever_their_case(store: Store) -> None:
    with store.write() as session:
        project = projects.add(session, "Customer E-mails", "")
        assert projects.named(session, "customer e-MAILS") is project
        assert projects.named(session, "customer") is None


def test_active_jobs_are_those_that_wait_or_work(store: Store) -> None:
    with store.write() as session:
        project = projects.add(session, "A", "")
        for status in ("queued", "running", "succeeded", "failed", "cancelled"):
            session.add(
                Job(project_id=project.id, kind="train", title=status, spec={}, status=status)
            )
        session.flush()
        active = projects.active_jobs(session, project.id)
    assert [job.title for job in active] == ["queued", "running"]


def test_jobs_that_ended_since_a_moment(store: Store) -> None:
    with store.write() as session:
        project = projects.add(session, "A", "")
        start = now()
        for title, minutes in (("before", -5), ("after", 5)):
            ended = start + dt.timedelta(minutes=minutes)
            session.add(
                Job(project_id=project.id, kind="train", title=title, spec={}, finished_at=ended)
            )
        session.flush()
        assert [j.title for j in projects.finished_since(session, project.id, start)] == ["after"]


def test_objects_that_another_project_uses_stay(store: Store) -> None:
    shared, own = _object("shared"), _object("own")
    with store.write() as session:
        first, second = projects.add(session, "A", ""), projects.add(session, "B", "")
        _version(session, first.id, shared)
        _version(session, first.id, own, number=2)
        _version(session, second.id, shared)
        objects = leftovers.objects_of(session, first.id)
        projects.delete(session, first)
        freed = leftovers.remove_objects(session, objects)
    assert objects == {shared, own}
    assert freed == len("own")
    assert files.object_path(shared).exists()
    assert not files.object_path(own).exists()


@pytest.mark.parametrize("place", ["draft", "job"])
def test_objects_named_inside_json_count_as_used(store: Store, place: str) -> None:
    digest = _object("in use")
    with store.write() as session:
        project = projects.add(session, "A", "")
        if place == "draft":
            drafts.put(session, project, "data", {"upload": {"source": digest}})
        else:
            spec = {"data": str(files.object_path(digest))}
            session.add(Job(project_id=project.id, kind="predict", title="t", spec=spec))
        session.flush()
        assert leftovers.remove_objects(session, {digest}) == 0
    assert files.object_path(digest).exists()


def test_an_object_just_written_is_left_alone(store: Store) -> None:
    digest = _object("fresh", age_s=1)
    with store.write() as session:
        assert leftovers.remove_objects(session, {digest}) == 0
    assert files.object_path(digest).exists()
