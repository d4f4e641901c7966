"""Many programs that ask the model server at once, as tests assert on and `scripts/serving/soak.py` prints.

Most ask what they know the answer to; some leave in mid-stream; some send nonsense. Whatever any of
them is told that it should not be is a complaint.
"""

import contextlib
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import openai
import psutil
from openai import OpenAI

from workbench.jobs.process.job_dir import JobDir, read_events, write_json
from workbench.jobs.process.specs import ServeSpec

ROOT = Path(__file__).resolve().parents[2]
STEADY, LEAVES, NONSENSE = "steady", "leaves", "nonsense"
SCHEMA: Any = {
    "type": "json_schema",
    "json_schema": {
        "name": "mood",
        "schema": {
            "type": "object",
            "properties": {"mood": {"enum": ["glad", "angry", "neutral"]}},
            "required": ["mood"],
            "additionalProperties": False,
        },
    },
}
MB = 1 << 20


@dataclass(frozen=True)
class Asked:
    """A question whose likeliest answer is known from before."""

    settings: dict[str, Any]
    answer: str


@dataclass
class Client:
    """What came of one client."""

    kind: str
    answers: int = 0
    waited_s: list[float] = field(default_factory=list)
    """Of each whole answer, from the request to its end."""


@dataclass
class Outcome:
    """What came of all of them."""

    clients: list[Client]
    complaints: list[str]
    rss_mb: list[float]
    """Memory of the server: before, after a fifth of the time (from when on it should stay), after
    three fifths, and at the end."""
    seconds: float

    @property
    def grown_mb(self) -> float:
        """Memory that came on once all kinds of clients were at work."""
        return self.rss_mb[-1] - self.rss_mb[1]

    def of_kind(self, kind: str) -> list[Client]:
        return [client for client in self.clients if client.kind == kind]


class Server:
    """A model server in a process of its own."""

    def __init__(self, folder: Path, registry: Path) -> None:
        self.key = "wb-only-for-this-soak"
        self.log = folder / "server.log"
        self._job = JobDir(folder / "server")
        self._job.path.mkdir()
        (folder / "key").write_text(self.key)
        spec = ServeSpec(job_id=1, attempt=1, registry=registry, port=0, key_file=folder / "key")
        write_json(self._job.spec, spec.as_dict())

    @contextlib.contextmanager
    def running(self, timeout_s: float = 120) -> Iterator[None]:
        """It answers inside of the block."""
        command = [sys.executable, "-m", "workbench.engine.serving", str(self._job.path)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with self.log.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            self.process = psutil.Process(process.pid)
            self.url = f"http://127.0.0.1:{self._port(process, timeout_s)}"
            yield
        finally:
            process.terminate()
            process.wait(60)

    def rss_mb(self) -> float:
        """Memory that it holds now."""
        return float(self.process.memory_info().rss) / MB

    def client(self) -> OpenAI:
        """OpenAI's own client, with its key."""
        return OpenAI(base_url=f"{self.url}/v1", api_key=self.key, max_retries=0, timeout=600)

    def _port(self, process: "subprocess.Popen[bytes]", timeout_s: float) -> int:
        give_up_at = time.monotonic() + timeout_s
        while time.monotonic() < give_up_at and process.poll() is None:
            events = read_events(self._job, 1, 0)[0] if self._job.events.is_dir() else []
            for event in events:
                if event["type"] == "ready":
                    return int(event["port"])
            threading.Event().wait(0.05)
        raise AssertionError(self.log.read_text())


def known_answers(client: OpenAI, models: Sequence[str], tokens: int) -> list[Asked]:
    """Questions of several kinds with their likeliest answers, each asked alone."""
    found = []
    for number, subject in enumerate(("parcel", "invoice", "password", "Größe 🙂", "refund")):
        for model in models:
            question = f"{number}: What do I do about my {subject}?"
            settings: dict[str, Any] = {
                "model": model,
                "messages": [{"role": "user", "content": question}],
                "max_tokens": tokens + number,
            }
            if number == 3:
                settings |= {"response_format": SCHEMA, "max_tokens": 60}
            if number == 4:
                settings |= {"frequency_penalty": 0.5}
            found.append(Asked(settings, _answer(client, settings)))
    return found


def soak(
    server: Server, asked: Sequence[Asked], *, count: int, seconds: float, seed: int = 0
) -> Outcome:
    """Let so many clients ask for so long."""
    kinds = [(STEADY, LEAVES, NONSENSE, STEADY, STEADY)[number % 5] for number in range(count)]
    clients, complaints = [Client(kind) for kind in kinds], []
    until, rss = time.monotonic() + seconds, [server.rss_mb()]
    threads = [
        threading.Thread(
            target=_work, args=(server, asked, one, until, random.Random(seed + place), complaints)
        )
        for place, one in enumerate(clients)
    ]
    for thread in threads:
        thread.start()
    for share in (0.2, 0.4):
        threads[0].join(share * seconds)
        rss.append(server.rss_mb())
    for thread in threads:
        thread.join(seconds + 600)
        if thread.is_alive():
            complaints.append("a client hangs")
    rss.append(server.rss_mb())
    return Outcome(clients, complaints, rss, seconds)


def trouble_in(log: Path) -> list[str]:
    """Lines of the server's log that tell of a failure."""
    words = ("Traceback", "Error:", "Exception", "CRITICAL")
    return [line for line in log.read_text("utf-8", "replace").splitlines()
            if any(word in line for word in words)]  # fmt: skip


def _work(
    server: Server,
    asked: Sequence[Asked],
    client: Client,
    until: float,
    chance: random.Random,
    complaints: list[str],
) -> None:
    acts: dict[str, Callable[..., None]] = {
        STEADY: _ask, LEAVES: _leave, NONSENSE: _send_nonsense,
    }  # fmt: skip
    with server.client() as opened:
        while time.monotonic() < until:
            try:
                acts[client.kind](server, opened, chance.choice(asked), client, chance)
            except Exception as error:
                complaints.append(f"{client.kind}: {type(error).__name__}: {str(error)[:300]}")
                return


def _ask(
    _server: Server, opened: OpenAI, one: Asked, client: Client, chance: random.Random
) -> None:
    began = time.monotonic()
    found = _streamed(opened, one) if chance.random() < 0.5 else _answer(opened, one.settings)
    client.waited_s.append(time.monotonic() - began)
    client.answers += 1
    assert found == one.answer, f"{found!r} in place of {one.answer!r} to {one.settings}"


def _answer(opened: OpenAI, settings: dict[str, Any]) -> str:
    reply = opened.chat.completions.create(**settings)
    return reply.choices[0].message.content or ""


def _streamed(opened: OpenAI, one: Asked) -> str:
    chunks = opened.chat.completions.create(stream=True, **one.settings)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def _leave(
    _server: Server, opened: OpenAI, one: Asked, client: Client, chance: random.Random
) -> None:
    settings = {**one.settings, "max_tokens": 200}
    with opened.chat.completions.create(stream=True, **settings) as chunks:
        for _ in range(chance.randint(1, 4)):
            if next(iter(chunks), None) is None:
                break
    client.answers += 1


def _send_nonsense(
    server: Server, opened: OpenAI, one: Asked, client: Client, chance: random.Random
) -> None:
    """What is refused, with a status below 500, in OpenAI's form, each time."""
    way = chance.choice((_broken, _wrong_field, _unknown))
    reply = way(server, opened, one, chance)
    assert 400 <= reply.status_code < 500, f"status {reply.status_code}: {reply.text[:300]}"
    error = reply.json()["error"]
    assert error["message"], reply.text
    assert set(error) == {"message", "type", "param", "code"}, reply.text
    assert "Traceback" not in reply.text
    client.answers += 1


def _broken(server: Server, _opened: OpenAI, one: Asked, chance: random.Random) -> httpx.Response:
    whole = json.dumps(one.settings).encode()
    bodies = (
        b"", b"{", b"\x00\xff\xfe", b"[" * 50_000, whole[: len(whole) // 2], b"null",
        b'{"model": "\\ud83d", "messages": [{"role": "user", "content": "x"}]}',
        b" " * (5 * MB), b'{"messages": ' + b'{"a": ' * 9_000,
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
    address = f"{server.url}/v1/{chance.choice(('chat/completions', 'completions', 'classify'))}"
    return httpx.post(address, content=chance.choice(bodies), headers=headers, timeout=600)


def _wrong_field(
    _server: Server, opened: OpenAI, one: Asked, chance: random.Random
) -> httpx.Response:
    changes: Sequence[dict[str, Any]] = (
        {"max_tokens": -1}, {"temperature": -0.5}, {"top_p": -1e300}, {"n": 10**9}, {"n": -1},
        {"seed": 2**80}, {"stop": ["\u202e"] * 99}, {"messages": [{"role": "usér", "content": "x"}]},
        {"messages": []}, {"logit_bias": {"99999999": 1}}, {"model": "\u202e\u0000 run-1"},
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": 7}}}},
        {"messages": [{"role": "user", "content": "x " * 100_000}]}, {"top_logprobs": 3},
    )  # fmt: skip
    return _refused(opened, {**one.settings, **chance.choice(changes)})


def _unknown(server: Server, opened: OpenAI, one: Asked, chance: random.Random) -> httpx.Response:
    if chance.random() < 0.5:
        name = chance.choice(("run-99", "nowhere:live", "../../etc/passwd", "x" * 9_000))
        return _refused(opened, {**one.settings, "model": name})
    said = chance.choice(("Bearer no", f"Bearer slm-{'x' * 43}", "Bearer", "Basic x"))
    headers = {"Authorization": said}
    return httpx.get(f"{server.url}/v1/models", headers=headers, timeout=600)


def _refused(opened: OpenAI, settings: dict[str, Any]) -> httpx.Response:
    try:
        opened.chat.completions.create(**settings)
    except openai.APIStatusError as error:
        return error.response
    raise AssertionError(f"it was answered: {settings}"[:300])
