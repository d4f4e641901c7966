"""A judge that answers in OpenAI's format on this machine: honest, biased, rambling, failing or silent."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Say = Callable[[dict[str, Any], int], "str | Answer"]
"""Called with the request's body and its number (from 0)."""


class Answer:
    """What is sent in place of a reply in OpenAI's format."""

    def __init__(self, status: int, body: str = "", **headers: str) -> None:
        self.status, self.body, self.headers = status, body, headers


class FakeJudge:
    """Its address, and every request that it got."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.released = threading.Event()
        """Set at its end: a reply that waits for it comes never."""
        self.port = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def take(self, body: dict[str, Any], headers: dict[str, str]) -> "str | Answer":
        with self._lock:
            number = len(self.bodies)
            self.bodies.append(body)
            self.headers.append(headers)
        return self.say(body, number)


@contextlib.contextmanager
def running(say: Say) -> Iterator[FakeJudge]:
    """A judge that answers until the block ends."""
    judge = FakeJudge(say)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(judge))
    server.daemon_threads = True
    judge.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield judge
    finally:
        judge.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


def answers_in(body: dict[str, Any]) -> tuple[str, str]:
    """The texts of answer A and answer B in a request."""
    text = body["messages"][-1]["content"]
    found = [re.search(rf"<answer-{n}-\w+>\n(.*?)\n</answer-{n}-", text, re.DOTALL) for n in "AB"]
    first, second = (match[1] if match else "" for match in found)
    return first, second


def honest(body: dict[str, Any], _number: int) -> str:
    """Prefers the answer that has the word good."""
    first, second = ("good" in text for text in answers_in(body))
    name = "tie" if first == second else "A" if first else "B"
    return f"One is better than the other.\nVerdict: {name}"


def biased(_body: dict[str, Any], _number: int) -> str:
    """Always likes what comes first."""
    return "The first one.\nVerdict: A"


def rambling(_body: dict[str, Any], _number: int) -> str:
    """Never comes to the point."""
    return "Both have their merits; A is polite, B is short. I would lean towards A, or B."


def _handler(judge: FakeJudge) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path != "/v1/chat/completions":
                said: str | Answer = Answer(404, '{"error": {"message": "no such path"}}')
            else:
                said = judge.take(body, dict(self.headers))
            if isinstance(said, str):
                choice = {"index": 0, "message": {"role": "assistant", "content": said}}
                usage = {"total_tokens": 7}
                said = Answer(200, json.dumps({"choices": [choice], "usage": usage}))
            with contextlib.suppress(OSError):  # who asked may have gone
                self._send(said)

        def _send(self, answer: Answer) -> None:
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Tests are quiet."""

    return Handler
