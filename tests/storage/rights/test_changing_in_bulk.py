"""Ways around the rules that are none: bulk changes, moved rows, numbers of other rows."""

import pytest
import sqlalchemy as sa

from storage import runs
from storage.acting import OWNER
from storage.database import Store
from storage.rights.lift import lifted
from storage.rights.refusals import NotAllowed, NotThere, Unguarded
from storage.tables import (
    Conversation,
    Dataset,
    Job,
    Membership,
    Metric,
    Release,
    Run,
    Trial,
)
from tests.helpers.changes import MAY, tried
from tests.helpers.people import (
    BILLS,
    EDITOR_OF,
    IN_MAILS,
    MAILS,
    STRANGER,
    VIEWER_OF,
    person,
)


def test_nothing_of_another_project_is_changed_in_bulk(full: Store) -> None:
    with full.acting_as(person(STRANGER)).write() as session:
        for entity in sorted(MAY, key=lambda entity: entity is Membership):
            if entity is Release:
                continue  # only administrators remove one's own
            session.execute(sa.delete(entity).where(entity.id < 100))
    with full.read() as session:
        for entity in set(MAY) - {Membership}:
            there = set(session.scalars(sa.select(entity.id)))
            assert there == ({MAILS, BILLS} if entity is Release else {MAILS}), entity
        members = sa.select(Membership.person_id).where(Membership.project_id == MAILS)
        assert set(session.scalars(members)) == set(IN_MAILS.values())


def test_an_update_in_bulk_of_something_seen_is_refused_in_a_sentence(full: Store) -> None:
    rename = sa.update(Run).where(Run.id == MAILS).values(name="mine")
    with pytest.raises(NotAllowed) as refused, tried(full, VIEWER_OF) as session:
        session.execute(rename)
    assert str(refused.value) == (
        "Only editors and owners of the project 'project SECRET-OF-MAILS' may change its trainings: "
        "ask its owner, Olga."
    )
    with full.acting_as(person(STRANGER)).write() as session:
        assert session.execute(rename).rowcount == 0  # type: ignore[attr-defined]
    with full.acting_as(person(EDITOR_OF)).write() as session:
        session.execute(rename)
    with full.read() as session:
        assert session.get_one(Run, MAILS).name == "mine"


def test_no_row_is_moved_into_another_project_or_out_of_one(full: Store) -> None:
    with full.write() as session:
        session.add(Membership(project_id=BILLS, person_id=VIEWER_OF, role=OWNER))
    move = {"project_id": MAILS}
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        session.get_one(Dataset, BILLS).project_id = MAILS
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        session.get_one(Dataset, BILLS).project_id = MAILS
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        session.get_one(Dataset, MAILS).project_id = BILLS
    with pytest.raises(Unguarded), tried(full, STRANGER) as session:
        session.execute(sa.update(Dataset).values(**move))


def test_no_row_points_to_what_its_person_does_not_see(full: Store) -> None:
    for row in (
        Run(
            project_id=BILLS, dataset_version_id=MAILS, base_model_id=1, name="", recipe={}, seed=1
        ),
        Conversation(project_id=BILLS, run_id=MAILS, title=""),
        Job(project_id=BILLS, run_id=MAILS, kind="train", title="", spec={}),
        Release(project_id=BILLS, run_id=MAILS, approver="", gate={}, about={}),
        Trial(sweep_job_id=BILLS, run_id=MAILS, number=9, settings={}),
    ):
        with pytest.raises(NotThere), tried(full, STRANGER) as session:
            session.add(row)
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        session.get_one(Conversation, BILLS).run_id = MAILS


def test_rows_are_inserted_as_objects_only(full: Store) -> None:
    row = {"run_id": BILLS, "kind": "train", "step": 9, "values": {}}
    for change in (
        lambda s: s.execute(sa.insert(Metric), [row]),
        lambda s: s.execute(sa.insert(Metric).values(**row)),
        lambda s: s.execute(sa.update(Run), [{"id": BILLS, "name": "x"}]),
        lambda s: s.bulk_insert_mappings(Metric, [row]),
        lambda s: s.bulk_save_objects([Metric(**row)]),
        lambda s: s.execute(sa.delete(Metric.__table__)),
        lambda s: s.execute(sa.text("DELETE FROM metrics")),
    ):
        with pytest.raises(Unguarded), tried(full, STRANGER) as session:
            change(session)


def test_curves_are_copied_between_runs_that_are_seen_and_may_be_changed(full: Store) -> None:
    with full.acting_as(person(EDITOR_OF)).write() as session:
        run = runs.add(session, project_id=MAILS, version_id=MAILS, base_model_id=1, name="again",
                       recipe={}, seed=1)  # fmt: skip
        runs.copy_curves(session, MAILS, run.id, 10)
    with full.read() as session:
        assert len(session.scalars(sa.select(Metric).where(Metric.run_id == run.id)).all()) == 1
    with pytest.raises(NotThere), tried(full, STRANGER) as session:
        runs.copy_curves(session, MAILS, BILLS, 10)
    with pytest.raises(NotAllowed), tried(full, VIEWER_OF) as session:
        runs.copy_curves(session, MAILS, run.id, 10)


def test_what_was_seen_while_nothing_was_hidden_leaves_the_session(full: Store) -> None:
    with full.acting_as(person(STRANGER)).write() as session:
        with lifted(session):
            assert session.get(Run, MAILS) is not None
        assert session.get(Run, MAILS) is None
    # What waited by then is still the person's.
    with full.acting_as(person(STRANGER)).read() as session:
        session.add(Dataset(project_id=MAILS, name="x"))
        with pytest.raises(NotThere), lifted(session):
            pytest.fail("it was let through")
