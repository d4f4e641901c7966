"""A body that is no sane JSON object is the caller's fault, and the answer says how."""

import json

import httpx
import pytest

HALF = "\\ud83d"
"""Half of a smiley, as JSON can write it."""


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b"\xff", b"null", b'{"model": 1' * 9])
def test_what_is_no_json_object_is_refused(url: str, content: bytes) -> None:
    reply = httpx.post(f"{url}/v1/chat/completions", content=content)
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("depth", [400, 900, 1_000, 100_000])
@pytest.mark.parametrize("around", ["{}", '{{"messages": {}}}', '{{"model": "x", "other": {}}}'])
def test_what_is_nested_deeply_is_no_failure(url: str, depth: int, around: str) -> None:
    content = around.format("[" * depth + "]" * depth)
    reply = httpx.post(f"{url}/v1/chat/completions", content=content)
    assert reply.status_code == 400, reply.text


def test_a_huge_body_is_refused(url: str) -> None:
    reply = httpx.post(f"{url}/v1/chat/completions", content=b" " * (5 << 20))
    assert reply.status_code == 413


def test_an_endless_body_is_refused(url: str) -> None:
    pieces = (b" " * 65536 for _ in range(1000))
    reply = httpx.post(f"{url}/v1/classify", content=pieces)
    assert reply.status_code == 413


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        (
            "chat/completions",
            '{{"model": "run-1", "messages": [{{"role": "user", "content": "{}"}}]}}',
            "messages",
        ),
        ("completions", '{{"model": "run-1", "prompt": "{}"}}', "prompt"),
        ("completions", '{{"model": "{}", "prompt": "x"}}', "model"),
        ("completions", '{{"model": "run-1", "prompt": "x", "stop": ["{}"]}}', "stop"),
        ("classify", '{{"model": "run-2", "input": ["x", "{}"]}}', "input"),
        ("classify", '{{"model": "run-2", "input": "x", "{}": 1}}', HALF),
    ],
)
def test_half_a_character_is_named(url: str, path: str, body: str, param: str) -> None:
    reply = httpx.post(f"{url}/v1/{path}", content=body.format(HALF))
    assert reply.status_code == 400
    error = reply.json()["error"]
    assert error["param"] == param
    assert "half of a character" in error["message"]


def test_a_whole_character_in_two_halves_is_read(url: str) -> None:
    body = json.dumps({"model": "run-2", "input": "🙂"})
    assert HALF in body
    assert httpx.post(f"{url}/v1/classify", content=body).status_code == 200
