"""Every request is logged and counted, its texts only where that is wanted."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from workbench.engine.serving.watching.request_log import RequestLog
from workbench.jobs.process.serve_files import (
    LONGEST_LOG,
    OLDER_LOGS,
    LoggedRequest,
    logged_requests,
)

CHAT: dict[str, Any] = {
    "model": "run-1",
    "messages": [{"role": "user", "content": "Where is Ann's parcel?"}],
    "max_tokens": 6,
}


def logged(folder: Path, number: int) -> list[LoggedRequest]:
    """The lines of so many requests: each is written once its answer has gone."""
    end = time.monotonic() + 20
    while len(lines := list(logged_requests(folder))) < number and time.monotonic() < end:
        time.sleep(0.01)
    assert len(lines) == number
    return lines


def asked(url: str, **values: Any) -> httpx.Response:
    return httpx.post(f"{url}/v1/chat/completions", json={**CHAT, **values}, timeout=60)


def test_a_request_leaves_a_line_without_its_texts(url: str, tmp_path: Path) -> None:
    reply = asked(url)
    asked(url, stream=True)
    asked(url, model="nobody")
    asked(url, temperature=-1)
    httpx.get(f"{url}/v1/models")
    lines = logged(tmp_path, 4)
    assert [line.status for line in lines] == [200, 200, 404, 400]
    assert [line.model for line in lines] == ["run-1", "run-1", "nobody", ""]
    assert [line.answered_by for line in lines] == ["run-1", "run-1", "", ""]
    usage = reply.json()["usage"]
    for line in lines[:2]:
        assert line.tokens_read == usage["prompt_tokens"]
        assert line.tokens_written == usage["completion_tokens"] == 6
        assert line.seconds > 0
    kept = (tmp_path / "requests.jsonl").read_text()
    assert "parcel" not in kept
    assert reply.json()["choices"][0]["message"]["content"] not in kept
    assert not (tmp_path / "texts.jsonl").exists()
    assert (tmp_path / "requests.jsonl").stat().st_mode & 0o077 == 0


def test_texts_are_kept_while_that_is_wanted(url: str, tmp_path: Path) -> None:
    (tmp_path / "keep-texts").touch()
    reply = asked(url, n=2)
    httpx.post(f"{url}/v1/classify", json={"model": "run-2", "input": ["Hello"]}, timeout=60)
    logged(tmp_path, 2)
    (tmp_path / "keep-texts").unlink()
    asked(url)
    assert [line.tokens_read > 0 for line in logged(tmp_path, 3)] == [True] * 3
    first, second = (
        json.loads(line) for line in (tmp_path / "texts.jsonl").read_text().splitlines()
    )
    assert first["question"][0]["content"] == "Where is Ann's parcel?"
    assert first["answers"] == [c["message"]["content"] for c in reply.json()["choices"]]
    assert second["question"] == ["Hello"]
    assert len(second["answers"]) == 1


def test_whoever_leaves_is_logged_as_having_left(url: str, tmp_path: Path) -> None:
    body = {**CHAT, "stream": True, "max_tokens": 200, "logit_bias": {"1": -100}}
    with httpx.stream("POST", f"{url}/v1/chat/completions", json=body, timeout=60) as reply:
        next(reply.iter_text())
    lines = logged(tmp_path, 1)
    assert lines[0].status == 499
    assert lines[0].tokens_read > 0


def test_counts_are_prometheus_s_and_tell_no_names(url: str) -> None:
    asked(url)
    asked(url, model="Mrs Miller's secret model")
    httpx.get(f"{url}/v1/secret/route")
    text = httpx.get(f"{url}/metrics").text
    assert "secret" not in text
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    chat = "/v1/chat/completions"
    assert found["slm_requests_total", chat, "200", "run-1"] == 1
    assert found["slm_requests_total", chat, "404", "none"] == 1
    assert found["slm_requests_total", "404", "none", "none"] == 1
    assert found["slm_request_seconds_count", chat] == 2
    assert found["slm_tokens_total", "run-1", "written"] == 6
    assert found["slm_requests_in_progress",] == 0
    assert found["slm_queue_depth",] == 0
    assert found["slm_loaded_models",] == 1
    assert found["process_resident_memory_bytes",] > 1 << 20


def test_a_log_stays_within_bounds_and_forgets_the_oldest(tmp_path: Path) -> None:
    log = RequestLog(tmp_path)
    path = tmp_path / "requests.jsonl"
    for number in range(OLDER_LOGS + 2):
        log.add(_line(number), None, [])
        with path.open("a") as handle:
            handle.write(" " * LONGEST_LOG + "\n")
    log.add(_line(99), None, [])
    kept = [line.key_id for line in logged_requests(tmp_path)]
    assert kept == [2, 3, 4, 5, 6, 99]
    assert len(list(tmp_path.iterdir())) == OLDER_LOGS + 1
    assert [tokens for _, tokens, _ in log.tokens()] == [3] * 6


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "requests.jsonl").mkdir()
    RequestLog(tmp_path).add(_line(1), None, [])
    assert list(logged_requests(tmp_path)) == []


def _line(key_id: int) -> LoggedRequest:
    return LoggedRequest(
        at="2026-01-01T00:00:00+00:00",
        key_id=key_id,
        key="a\u2028b",
        route="/v1/classify",
        status=200,
        tokens_read=1,
        tokens_written=2,
    )
