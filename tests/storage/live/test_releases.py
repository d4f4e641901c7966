"""Releases and must-pass examples, as they are kept."""

from storage.database import Store
from storage.live import must_pass, releases
from storage.tables import MustPass, Project, Release
from tests.helpers.made import add_dataset, add_model, add_run


def _project(store: Store) -> tuple[int, int]:
    with store.write() as session:
        project = Project(name="Mails")
        session.add(project)
        session.flush()
        project_id = project.id
    version_id, model_id = add_dataset(store, project_id), add_model(store)
    return project_id, add_run(store, project_id, version_id, model_id)


def test_one_release_of_a_project_has_not_ended(store: Store) -> None:
    project_id, run_id = _project(store)
    with store.write() as session:
        told = {"approver": "Ann", "note": "", "gate": {}, "about": {}}
        for _ in range(3):
            releases.add(session, project_id, run_id, **told)
        found = releases.history(session, project_id)
        assert [row.id for row in found] == [3, 2, 1]
        assert [row.ended_at is None for row in found] == [True, False, False]
        assert releases.live(session, project_id) is found[0]
        assert len(releases.of_run(session, run_id)) == 3
        other = Project(name="Other")
        session.add(other)
        session.flush()
        theirs = releases.add(session, other.id, run_id, **told)
        assert releases.all_live(session) == {project_id: found[0], other.id: theirs}
        releases.end(session, project_id)
        assert releases.live(session, project_id) is None
        assert releases.all_live(session) == {other.id: theirs}


def test_all_goes_with_its_project_and_a_release_outlives_its_run(store: Store) -> None:
    from storage.tables import Run

    project_id, run_id = _project(store)
    with store.write() as session:
        releases.add(session, project_id, run_id, approver="Ann", note="", gate={}, about={})
        example = MustPass(project_id=project_id, task="chat", question="q", expected="a")
        example.asked, example.rule = {}, "same"
        session.add(example)
    with store.write() as session:
        session.delete(session.get_one(Run, run_id))
        session.flush()
        session.expire_all()
        assert releases.history(session, project_id)[0].run_id is None
        assert len(must_pass.listing(session, project_id, "chat")) == 1
        assert must_pass.listing(session, project_id, "completion") == []
        session.delete(session.get_one(Project, project_id))
        session.flush()
        assert session.query(Release).count() == session.query(MustPass).count() == 0
