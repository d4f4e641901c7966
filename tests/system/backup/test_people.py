"""A company's installation on somebody's own computer and back: who may sign in, and as what."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage import files
from storage.acting import NOBODY, Acting
from storage.audit import head, lines
from storage.database import Store
from storage.errors import StorageError
from storage.rights.refusals import NotSignedIn
from storage.schema import open_store
from storage.tables import (
    ApiKey,
    AuditLine,
    Draft,
    Invitation,
    Job,
    Membership,
    Person,
    Project,
    SignIn,
    now,
)
from tests.helpers import full_home
from workbench.core.errors import WorkbenchError
from workbench.system.backup.backup import make_backup
from workbench.system.backup.project_backup import save_project
from workbench.system.backup.project_restore import restore_project
from workbench.system.backup.restore import restore_backup

LATER = dt.timedelta(days=7)


def _company(store: Store) -> None:
    """Three people, one of whom has left, with roles, a key, a sign-in and an open invitation."""
    full_home.fill(store)
    with store.write() as session:
        people = [
            Person(email=f"{name}@example.org", name=name, password_hash=f"hash of {name}")
            for name in ("ann", "ben", "cem")
        ]
        people[0].administrator = True
        people[2].disabled_at = now()
        session.add_all(people)
        session.flush()
        for person, role in zip(people, ("owner", "editor", "viewer"), strict=True):
            session.add(Membership(project_id=1, person_id=person.id, role=role))
        session.add_all(
            [
                SignIn(person_id=1, token_hash="cookie", expires_at=now() + LATER),
                Invitation(
                    email="dee@example.org", token_hash="sent", invited_by=1, expires_at=now() + LATER
                ),
                Invitation(
                    email="ben@example.org", token_hash="used", invited_by=1,
                    expires_at=now() + LATER, used_at=now(),
                ),
                ApiKey(name="CRM", key_hash="digest of a key", ends="wxyz", project_id=1),
            ]
        )  # fmt: skip
        for job in session.scalars(sa.select(Job)):
            job.person_id = 2
        lines.record(session, "sign_in", who=Acting(1, "ann", administrator=True))


@pytest.fixture
def company(store: Store, tmp_path: Path) -> tuple[Path, dict[str, list[dict[str, Any]]]]:
    """A backup of it, and its rows as they were then."""
    _company(store)
    before = full_home.all_rows(store)
    return make_backup(store, tmp_path / "company.zip").path, before


@pytest.fixture
def laptop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home with SQLite, whatever the company has; what is set before comes again."""
    home = tmp_path / "laptop" / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    return home


KEPT = ("projects", "memberships", "api_keys", "evaluations", "metrics", "messages", "releases")


def _people(rows: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str]]:
    return [(row["email"], row["password_hash"]) for row in rows["persons"]]


def test_people_and_roles_come_along_and_have_to_sign_in_anew(
    company: tuple[Path, dict[str, Any]], laptop: Path
) -> None:
    file, before = company
    done = restore_backup(file)
    assert done.people == 2  # one has left
    opened = open_store()
    after = full_home.all_rows(opened)
    assert opened.engine.dialect.name == "sqlite"
    opened.close()
    assert _people(after) == _people(before)
    for table in KEPT:
        assert after[table] == before[table], table
    (sign_in,) = after["sign_ins"]
    assert sign_in["ended_at"]
    assert [row["token_hash"] for row in after["invitations"]] == ["used"]
    assert {row["person_id"] for row in after["jobs"]} == {2}


def test_the_audit_log_comes_along_whole_and_ends_with_the_restore(
    company: tuple[Path, dict[str, Any]], laptop: Path
) -> None:
    """Its digests still fit, and so does what the home keeps of its end."""
    file, before = company
    restore_backup(file)
    opened = open_store()
    after = full_home.all_rows(opened)["audit"]
    assert after[:-1] == before["audit"]
    assert (after[-1]["action"], after[-1]["via"]) == ("restored", "console")
    assert after[-1]["previous"] == before["audit"][-1]["digest"]
    with opened.read() as session:
        for line in session.scalars(sa.select(AuditLine)):
            row = {
                column.name: getattr(line, column.name) for column in AuditLine.__table__.columns
            }
            assert lines.digest_of(row) == line.digest
    kept = head.read(opened.engine.url)
    opened.close()
    assert kept is not None
    assert (kept.number, kept.digest) == (after[-1]["number"], after[-1]["digest"])


def test_an_older_backup_takes_the_place_of_a_longer_log(
    company: tuple[Path, dict[str, Any]], store: Store
) -> None:
    """Though no line of it may be deleted otherwise; and none may be afterwards."""
    file, _ = company
    with store.write() as session:
        lines.record(session, "log_exported")
    store.close()
    restore_backup(file, replace=True)
    opened = open_store()
    assert [line["action"] for line in full_home.all_rows(opened)["audit"]] == [
        "sign_in",
        "restored",
    ]
    with pytest.raises(Exception, match="audit"), opened.write() as session:
        session.connection().execute(sa.delete(AuditLine))
    opened.close()


def test_who_takes_everything_or_a_project_along_stands_in_the_log(
    company: tuple[Path, dict[str, Any]], store: Store, tmp_path: Path
) -> None:
    ann = store.acting_as(Acting(1, "ann"))  # owns the project
    save_project(ann, 1, tmp_path / "mails.zip")
    brought = restore_project(ann, tmp_path / "mails.zip", name="Twin")
    said = [
        (line["action"], line["person"], line.get("project_id"))
        for line in full_home.all_rows(store)["audit"][1:]
    ]
    assert said == [
        ("backed_up", "", None),
        ("project_saved", "ann", 1),
        ("project_brought", "ann", brought.project_id),
    ]


def test_owners_take_their_project_along_with_their_own_drafts_and_nobody_else(
    company: tuple[Path, dict[str, Any]], store: Store, tmp_path: Path
) -> None:
    """What somebody else had entered stays, and so do the files that only that names."""
    ann, ben, dan = (
        store.acting_as(Acting(n, name)) for n, name in ((1, "ann"), (2, "ben"), (9, "dan"))
    )
    with store.write() as session:
        session.get_one(Project, 1).drafts = {"gate": {"most_worse": 3}}
        for person_id, text in ((1, "of ann"), (2, "of ben")):
            session.add(
                Draft(
                    project_id=1, person_id=person_id, page="data",
                    values={"upload": full_home.put(text)},
                )
            )  # fmt: skip
    with pytest.raises(WorkbenchError, match="Only owners of 'Mails'"):
        save_project(ben, 1, tmp_path / "ben.zip")
    with pytest.raises(WorkbenchError, match="There is no project 1"):
        save_project(dan, 1, tmp_path / "dan.zip")
    with pytest.raises(StorageError, match="administrator"):
        make_backup(ann, tmp_path / "ann.zip")
    file = save_project(ann, 1, tmp_path / "mails.zip").path
    content = file.read_bytes()
    assert b"of ann" in content
    assert b"of ben" not in content
    with pytest.raises(NotSignedIn):
        restore_project(store.acting_as(NOBODY), file, name="Twin")
    brought = restore_project(ben, file, name="Twin")
    with store.read() as session:
        project = session.get_one(Project, brought.project_id)
        assert project.drafts == {"gate": {"most_worse": 3}}
        mine = sa.select(Draft).where(Draft.project_id == project.id)
        (draft,) = session.scalars(mine).all()
        assert (draft.person_id, draft.page) == (2, "data")
        assert files.object_path(draft.values["upload"]).read_text() == "of ann"
        (member,) = session.scalars(
            sa.select(Membership).where(Membership.project_id == project.id)
        ).all()
        assert (member.person_id, member.role) == (2, "owner")


def test_without_accounts_nobody_is_there_and_all_else_is(
    company: tuple[Path, dict[str, Any]], laptop: Path
) -> None:
    file, before = company
    done = restore_backup(file, without_accounts=True)
    assert done.people == 0
    opened = open_store()
    after = full_home.all_rows(opened)
    opened.close()
    for table in ("persons", "memberships", "sign_ins", "invitations"):
        assert after[table] == [], table
    for table in set(KEPT) - {"memberships"}:
        assert after[table] == before[table], table
    assert [row for row in after["jobs"] if "person_id" in row] == []


def test_from_the_companys_database_to_sqlite_and_back(
    company: tuple[Path, dict[str, Any]],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgresql_url: str,
) -> None:
    """And its numbers go on behind the last ones there."""
    file, before = company
    url = os.environ["WORKBENCH_DATABASE_URL"]
    monkeypatch.delenv("WORKBENCH_DATABASE_URL")
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "laptop"))
    restore_backup(file)
    laptop = open_store()
    with laptop.write() as session:
        session.add(Project(name="On the way", drafts={}))
        session.add(Person(email="eve@example.org", name="eve"))
    back = make_backup(laptop, tmp_path / "back.zip").path
    laptop.close()

    monkeypatch.setenv("WORKBENCH_DATABASE_URL", url)
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    done = restore_backup(back, replace=True)
    assert done.people == 3
    company_again = open_store()
    assert company_again.engine.dialect.name == "postgresql"
    after = full_home.all_rows(company_again)
    with company_again.write() as session:
        person = Person(email="fay@example.org", name="fay")
        session.add(person)
        session.flush()
        assert person.id == 5
    company_again.close()
    assert _people(after)[:3] == _people(before)
    assert [row["name"] for row in after["projects"]] == ["Mails", "On the way"]
    for table in set(KEPT) - {"projects"}:
        assert after[table] == before[table], table
