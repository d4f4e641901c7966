"""Keys for programs: shown once, kept as hashes, told to the server when they change."""

import hashlib
import json
import stat
from typing import Any

import pytest

from storage import files
from storage.acting import Acting
from storage.database import Store
from storage.errors import StorageError
from storage.tables import Membership, Person
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.serve_files import LoggedRequest
from workbench.projects import projects
from workbench.use import keys, request_log


def told() -> Any:
    return json.loads((files.folder("serve") / "keys.json").read_text("utf-8"))


def log(**values: Any) -> None:
    line = LoggedRequest(at="2026-03-01T10:00:00+00:00", route="/v1/classify", status=200, **values)
    with (files.folder("serve") / "requests.jsonl").open("a") as handle:
        handle.write(json.dumps(line.as_dict()) + "\n")


def test_a_key_is_shown_once_and_kept_as_a_hash(store: Store) -> None:
    info, secret = keys.make(store, "  Excel  sheet ", requests_a_minute=30)
    assert secret.startswith("slm-")
    assert len(secret) > 40
    assert (info.name, info.ends, info.requests_a_minute) == ("Excel sheet", secret[-4:], 30)
    (item,) = told()
    assert item["key_hash"] == hashlib.sha256(secret.encode()).hexdigest()
    assert item["requests_a_minute"] == 30
    assert stat.S_IMODE((files.folder("serve") / "keys.json").stat().st_mode) == 0o600
    everything = b"".join(p.read_bytes() for p in files.home().rglob("*") if p.is_file())
    assert item["key_hash"].encode() in everything
    assert secret.encode() not in everything


def test_keys_differ_and_a_revoked_one_goes_at_once(store: Store) -> None:
    _, first = keys.make(store, "a")
    _, second = keys.make(store, "b")
    assert first != second
    assert [one.name for one in keys.listing(store)] == ["a", "b"]
    assert keys.revoke(store, "A").name == "a"
    assert [item["name"] for item in told()] == ["b"]
    with pytest.raises(WorkbenchError, match="no key called 'a'"):
        keys.revoke(store, "a")
    again, _ = keys.make(store, "a")
    assert again.id == 3
    keys.revoke(store, "a")
    keys.revoke(store, "b")
    assert told() == []
    former = json.loads((files.folder("serve") / "revoked-keys.json").read_text("utf-8"))
    assert [item["name"] for item in former] == ["a", "a", "b"]
    assert hashlib.sha256(first.encode()).hexdigest() == former[0]["key_hash"]


def test_the_log_knows_when_a_key_was_last_used(store: Store) -> None:
    used, _ = keys.make(store, "a")
    keys.make(store, "b")
    log(key_id=used.id)
    log(key="workbench")
    first, second = keys.listing(store)
    assert first.last_used_at is not None
    assert first.last_used_at.isoformat() == "2026-03-01T10:00:00+00:00"
    assert second.last_used_at is None


def test_a_key_of_a_project_goes_with_it(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    info, _ = keys.make(store, "a", project_id=project_id)
    assert (info.project_id, info.project) == (project_id, "Mails")
    assert told()[0]["project_id"] == project_id
    projects.archive_project(store, project_id)
    projects.delete_project(store, project_id)
    keys.tell_server(store)
    assert told() == []
    assert keys.listing(store) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": " "}, "needs a name"),
        ({"name": "x" * 61}, "at most 60"),
        ({"name": "a\u202eb"}, "cannot be seen"),
        ({"name": "ONE"}, "called 'ONE' already"),
        ({"name": "b", "project_id": 9}, "no project 9"),
        ({"name": "b", "requests_a_minute": 0}, "requests a minute"),
        ({"name": "b", "tokens_a_day": 2**31}, "tokens a day"),
    ],
    ids=str,
)
def test_what_is_no_key_is_refused(store: Store, values: dict[str, Any], sentence: str) -> None:
    keys.make(store, "one")
    with pytest.raises(WorkbenchError, match=sentence):
        keys.make(store, **values)
    assert len(told()) == 1


def test_a_key_may_have_tokens_for_a_month(store: Store) -> None:
    info, _ = keys.make(store, "a", tokens_a_month=5_000)
    assert (info.tokens_a_month, keys.listing(store)[0].tokens_a_month) == (5_000, 5_000)
    assert told()[0]["tokens_a_month"] == 5_000


def test_owners_make_keys_of_their_project_and_see_its_requests(store: Store) -> None:
    for number, name in ((1, "Mails"), (2, "Calls")):
        assert projects.create_project(store, name) == number
    with store.write() as session:
        session.add_all(
            [Person(id=number, name="P", email=f"{number}@x.org") for number in (1, 2, 3)]
        )
        session.flush()
        session.add_all(
            [Membership(project_id=1, person_id=1, role="owner"),
             Membership(project_id=2, person_id=2, role="editor"),
             Membership(project_id=1, person_id=3, role="viewer")]
        )  # fmt: skip
    jo, al, viewer = (store.acting_as(Acting(number, "P")) for number in (1, 2, 3))
    root = store.acting_as(Acting(9, "Root", administrator=True))
    made = [keys.make(jo, "of mails", project_id=1)[0], keys.make(al, "of calls", project_id=2)[0],
            keys.make(root, "of all")[0]]  # fmt: skip
    assert [item["id"] for item in told()] == [key.id for key in made]
    for asked, project_id in ((jo, 2), (jo, None), (viewer, 1)):
        with pytest.raises((WorkbenchError, StorageError)):
            keys.make(asked, "none of theirs", project_id=project_id)
    for key in made:
        log(key_id=key.id, key=key.name)
    assert [one.key for one in request_log.seen_by(jo, 1)] == ["of mails"]
    assert [one.key for one in request_log.seen_by(viewer, 1)] == ["of mails"]
    assert request_log.seen_by(viewer, 2) == []
    assert len(request_log.seen_by(root, 1)) == len(request_log.seen_by(store, 1)) == 3
    assert [request_log.is_ours(one) for one in (jo, root, store)] == [False, True, True]
