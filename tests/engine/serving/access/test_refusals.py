"""Requests whose key is refused are told of for the audit log, folded, and without the key."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.helpers import tiny
from workbench.engine.serving.access.caller import Caller
from workbench.engine.serving.access.refusals import (
    FOLD_S,
    MOST,
    OVER_LIMIT,
    REVOKED,
    UNKNOWN,
    WITHOUT,
    Refusal,
    Refusals,
    of_known,
    of_unknown,
)
from workbench.engine.serving.model_cache import ModelCache
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.serve_files import AccessKey

HERE = "127.0.0.1"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[Refusal]:
    return []


@pytest.fixture
def folded(told: list[Refusal], clock: Clock) -> Refusals:
    return Refusals(told.append, clock)


def test_the_same_refusal_is_told_at_once_and_then_once_a_minute_with_its_number(
    folded: Refusals, told: list[Refusal], clock: Clock
) -> None:
    asked = of_unknown("slm-" + "x" * 40, HERE)
    for _ in range(50):
        folded.note(asked)
    assert [one.times for one in told] == [1]
    clock.now += FOLD_S
    folded.tell_due()
    assert [one.times for one in told] == [1, 49]
    folded.note(asked)
    clock.now += FOLD_S
    folded.tell_due()
    assert [one.times for one in told] == [1, 49, 1]
    clock.now += FOLD_S
    folded.tell_due()
    folded.note(asked)
    assert sum(one.times for one in told) == 52, "every one is counted, and none twice"


def test_a_flood_of_different_keys_is_a_line_for_each_of_a_few(
    folded: Refusals, told: list[Refusal], clock: Clock
) -> None:
    for number in range(1000):
        folded.note(of_unknown(f"{number:08}" + "x" * 40, HERE))
    assert len(told) <= MOST + 1
    clock.now += FOLD_S
    folded.tell_due()
    assert len(told) <= MOST + 2
    assert sum(one.times for one in told) == 1000


def test_what_is_left_is_told_at_the_end(folded: Refusals, told: list[Refusal]) -> None:
    for _ in range(3):
        folded.note(of_unknown("", HERE))
    folded.tell_all()
    folded.tell_all()
    assert [(one.why, one.times) for one in told] == [(WITHOUT, 1), (WITHOUT, 2)]


@pytest.mark.parametrize("key", ["hunter2", "a-password-of-mine", "é" * 40, "\x00" * 40])
def test_of_what_could_be_a_password_nothing_is_told(key: str) -> None:
    assert of_unknown(key, HERE).begins == ""


def test_of_a_long_key_only_its_beginning_is_told() -> None:
    key = "slm-abcdefghijklmnopqrstuvwxyz"
    said = of_unknown(key, HERE)
    assert (said.why, said.begins) == (UNKNOWN, "slm-abcd")
    assert key[8:] not in str(said.as_dict())


def test_a_known_key_is_told_by_its_name_and_project() -> None:
    said = of_known(OVER_LIMIT, Caller("mails", 3, 7), HERE)
    assert (said.name, said.key_id, said.project_id) == ("mails", 3, 7)


@pytest.fixture
def served(registry: Path, shelf: ModelCache, told: list[Refusal], tmp_path: Path) -> Iterator[str]:
    """A server with a good key `good` (one request a minute) and the revoked key `former`."""
    keys = {}
    for number, name in enumerate(("good", "former"), start=1):
        digest = hashlib.sha256(secret(name).encode()).hexdigest()
        limit = 1 if name == "good" else None
        keys[name] = AccessKey(
            id=number, name=name, key_hash=digest, project_id=1, requests_a_minute=limit
        ).as_dict()
    write_json(registry.with_name("keys.json"), [keys["good"]])
    write_json(registry.with_name("revoked-keys.json"), [keys["former"]])
    key_file = tmp_path / "key"
    key_file.write_text("wb-only-for-this-test")
    with tiny.running(registry, shelf, key_file=key_file, refusals=Refusals(told.append)) as server:
        yield f"http://127.0.0.1:{server.port}"


def secret(name: str) -> str:
    return f"slm-{name}-" + "s" * 40


def test_the_server_tells_why_each_key_was_refused(served: str, told: list[Refusal]) -> None:
    def ask(key: str | None) -> int:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        body = {"model": "run-9", "messages": []}
        return httpx.post(f"{served}/v1/chat/completions", json=body, headers=headers).status_code

    stranger = "sk-somebody-elses-" + "k" * 30
    assert [ask(None), ask(stranger), ask(secret("former"))] == [401, 401, 401]
    assert ask(secret("good")) not in (401, 429)
    assert [ask(secret("good")), ask(secret("good"))] == [429, 429]
    assert [(one.why, one.name, one.begins) for one in told] == [
        (WITHOUT, "", ""),
        (UNKNOWN, "", "sk-someb"),
        (REVOKED, "former", ""),
        (OVER_LIMIT, "good", ""),
    ]
    assert {one.address for one in told} == {HERE}
    assert "kkkk" not in str(told)
    assert "ssss" not in str(told)
    assert told[2].project_id == 1
