"""What the server was asked: read newest first, its texts kept and deleted as the user wants."""

import json

import pytest

from storage import files
from storage.database import Store
from workbench.jobs.process.serve_files import LoggedRequest
from workbench.use import request_log


def write(name: str, *statuses: int) -> None:
    lines = [
        json.dumps(
            LoggedRequest(at="2026-03-01T10:00:00+00:00", route="/v1/x", status=status).as_dict()
        )
        for status in statuses
    ]
    (files.folder("serve") / name).write_text("\n".join([*lines, "{torn", "", "[]"]))


def test_all_parts_are_read_the_newest_first(store: Store) -> None:
    assert request_log.listing() == []
    write("requests.jsonl", 5, 6)
    write("requests.jsonl.1", 3, 4)
    write("requests.jsonl.2", 1, 2)
    assert [one.status for one in request_log.listing()] == [6, 5, 4, 3, 2, 1]
    assert [one.status for one in request_log.listing(2)] == [6, 5]


def test_texts_are_kept_only_when_wanted_and_can_be_deleted(store: Store) -> None:
    assert not request_log.keeps_texts(store)
    request_log.keep_texts(store, True)
    assert request_log.keeps_texts(store)
    write("requests.jsonl", 1)
    write("texts.jsonl", 1)
    write("texts.jsonl.1", 1)
    assert request_log.kept_texts_bytes(store) > 0
    request_log.delete_texts(store)
    assert request_log.kept_texts_bytes(store) == 0
    assert len(request_log.listing()) == 1
    request_log.keep_texts(store, False)
    request_log.keep_texts(store, False)
    assert not request_log.keeps_texts(store)
    request_log.delete_log(store)
    assert request_log.listing() == []


def test_what_has_not_changed_is_not_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    requests_in = request_log.requests_in
    monkeypatch.setattr(
        request_log, "requests_in", lambda part: (read.append(part.name), requests_in(part))[1]
    )
    write("requests.jsonl", 3)
    write("requests.jsonl.1", 1, 2)
    assert len(request_log.listing()) == len(request_log.listing()) == 3
    assert sorted(read) == ["requests.jsonl", "requests.jsonl.1"]
    with (files.folder("serve") / "requests.jsonl").open("a") as log:
        log.write(
            "\n"
            + json.dumps(
                LoggedRequest(at="2026-03-01T10:00:00+00:00", route="/v1/x", status=4).as_dict()
            )
        )
    assert len(request_log.listing()) == 4
    assert read[2:] == ["requests.jsonl"]
