"""The list of models is read again when it changes; what is loaded stays within bounds."""

import json
from pathlib import Path

import httpx

from tests.helpers import tiny
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity


def test_a_new_run_is_offered_without_a_restart(url: str, registry: Path, models: Path) -> None:
    assert len(httpx.get(f"{url}/v1/models").json()["data"]) == 3
    entries = json.loads(registry.read_text())
    entries.insert(0, tiny.entry("run-9", models / "base", models / "replies"))
    registry.write_text(json.dumps(entries))
    ids = [model["id"] for model in httpx.get(f"{url}/v1/models").json()["data"]]
    assert ids[0] == "run-9"
    body = {"model": "run-9", "messages": [{"role": "user", "content": "x"}], "max_tokens": 1}
    assert httpx.post(f"{url}/v1/chat/completions", json=body).status_code == 200


def test_what_was_known_stays_known_when_the_file_is_gone(registry: Path) -> None:
    known = Registry(registry)
    assert "run-1" in known.entries()
    registry.unlink()
    assert "run-1" in known.entries()


def test_a_third_base_model_takes_the_place_of_the_oldest(models: Path, tmp_path: Path) -> None:
    shelf: ModelCache = tiny.shelf()
    entries = []
    for number in range(3):
        base = tiny.make_base(tmp_path / f"base{number}", seed=number)
        entries.append(tiny.entry(f"base:{number}", base))
    path = tmp_path / "models.json"
    path.write_text(json.dumps(entries))
    known = Registry(path)
    for name in ("base:0", "base:1", "base:0", "base:2", "base:0"):
        shelf.text_model(known.get(name))
    assert shelf.loads == 3
    shelf.text_model(known.get("base:1"))
    assert shelf.loads == 4


def test_idle_time_counts_from_the_end_of_the_last_request() -> None:
    now = [0.0]
    activity = Activity(lambda: now[0])
    now[0] = 5
    assert activity.idle_s() == 5
    activity.begin()
    now[0] = 500
    assert activity.idle_s() == 0
    activity.end()
    now[0] = 503
    assert activity.idle_s() == 3


def test_a_server_that_is_to_stay_is_never_idle() -> None:
    now, stays = [0.0], [True]
    activity = Activity(lambda: now[0], lambda: stays[0])
    now[0] = 500
    assert activity.idle_s() == 0
    stays[0] = False
    now[0] = 504
    assert activity.idle_s() == 4


def test_a_torn_list_changes_nothing_and_a_wrong_entry_is_left_out(registry: Path) -> None:
    known, whole = Registry(registry), json.loads(registry.read_text())
    before = set(known.entries())
    for torn in ("", "[" * 9000, '{"a": 1}', "[1, null"):
        registry.write_text(torn)
        assert set(known.entries()) == before
    registry.write_text(json.dumps([*whole[1:], 7, {"id": "run-1"}, {**whole[0], "id": 5}]))
    assert set(known.entries()) == before - {whole[0]["id"]}


def live_file(registry: Path, **models: str) -> None:
    """Tell what is live in projects that programs know by these names."""
    names = [
        {"id": f"{name}:live", "project": name.title(), "project_id": number, "model": model}
        for number, (name, model) in enumerate(models.items(), 1)
    ]
    registry.with_name("live.json").write_text(json.dumps(names))


def test_a_live_name_follows_the_release_at_once(url: str, registry: Path) -> None:
    def answer(model: str) -> str:
        asked = [{"role": "user", "content": "Where is my parcel?"}]
        body = {"model": model, "messages": asked, "max_tokens": 12}
        reply = httpx.post(f"{url}/v1/chat/completions", json=body, timeout=60).json()
        assert reply["model"] == model
        told.append(reply["system_fingerprint"])
        return str(reply["choices"][0]["message"]["content"])

    told: list[str] = []
    live_file(registry, mails="run-1")
    first = answer("mails:live")
    live_file(registry, mails="run-2")
    second = answer("mails:live")
    live_file(registry, mails="run-1")
    assert answer("mails:live") == first != second
    assert told == ["run-1", "run-2", "run-1"]
    assert [answer("run-1"), answer("run-2")] == [first, second]


def test_an_answer_that_has_begun_keeps_its_version(url: str, registry: Path) -> None:
    asked = [{"role": "user", "content": "Where is my parcel?"}]
    body = {"model": "mails:live", "messages": asked, "max_tokens": 60, "stream": True}
    live_file(registry, mails="run-1")
    address = f"{url}/v1/chat/completions"
    whole = httpx.post(address, json=body, timeout=60).text
    with httpx.stream("POST", address, json=body, timeout=60) as reply:
        lines = reply.iter_lines()
        begun = [next(lines)]
        live_file(registry, mails="run-2")
        httpx.post(address, json={**body, "max_tokens": 2}, timeout=60)
        begun += list(lines)
    assert _said(begun) == _said(whole.splitlines())


def _said(lines: list[str]) -> str:
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: {")]
    return "".join(event["choices"][0]["delta"].get("content", "") for event in events)


def test_names_without_a_model_say_what_there_is(url: str, registry: Path) -> None:
    live_file(registry, mails="", calls="run-77", chats="run-1")
    ids = [model["id"] for model in httpx.get(f"{url}/v1/models").json()["data"]]
    assert ids == ["chats:live", "run-1", "run-2", "base:Tiny"]

    def refusal(model: str) -> str:
        reply = httpx.get(f"{url}/v1/models/{model}")
        assert reply.status_code == 404
        return str(reply.json()["error"]["message"])

    assert "Nothing is live in the project 'Mails'" in refusal("mails:live")
    assert "run-77" in refusal("calls:live")
    assert "there are chats:live, run-1, run-2, base:Tiny" in refusal("nowhere:live")
    told = httpx.get(f"{url}/v1/models/chats:live").json()
    assert (told["id"], told["workbench"]["title"]) == ("chats:live", "Chats, live")


def test_a_damaged_list_of_what_is_live_changes_nothing(registry: Path) -> None:
    known = Registry(registry)
    live_file(registry, mails="run-1")
    assert known.get("mails:live").id == "run-1"
    for torn in ("", "{}", "[1]", '[{"id": 3}]'):
        registry.with_name("live.json").write_text(torn)
        assert known.get("mails:live").id == "run-1"
