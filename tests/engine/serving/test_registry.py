"""The list of models is read again when it changes; what is loaded stays within bounds."""

import json
from pathlib import Path

import httpx

from tests.helpers import tiny
from workbench.engine.serving.activity import Activity
from workbench.engine.serving.model_cache import ModelCache
from workbench.engine.serving.registry import Registry


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


def test_a_torn_list_changes_nothing_and_a_wrong_entry_is_left_out(registry: Path) -> None:
    known, whole = Registry(registry), json.loads(registry.read_text())
    before = set(known.entries())
    for torn in ("", "[" * 9000, '{"a": 1}', "[1, null"):
        registry.write_text(torn)
        assert set(known.entries()) == before
    registry.write_text(json.dumps([*whole[1:], 7, {"id": "run-1"}, {**whole[0], "id": 5}]))
    assert set(known.entries()) == before - {whole[0]["id"]}
