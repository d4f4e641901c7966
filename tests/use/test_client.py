"""Answers are read as they grow, several at once, and dropped when nobody reads on."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from workbench.core.errors import WorkbenchError
from workbench.use import client
from workbench.use.client import Answer, Question, Sorting


class Script(BaseHTTPRequestHandler):
    """A model server that plays a script: model id → what it sends."""

    pieces: ClassVar[dict[str, list[str]]] = {}
    asked: ClassVar[list[dict[str, Any]]] = []
    said: ClassVar[set[str | None]] = set()
    """What came as Authorization."""
    go_on: ClassVar[threading.Event] = threading.Event()
    broken_pipe: ClassVar[threading.Event] = threading.Event()

    def do_GET(self) -> None:
        self._reply(200, {"status": "ok", "server": "job-7"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"path": self.path, **body})
        self.said.add(self.headers["Authorization"])
        model = body["model"]
        if model not in self.pieces:
            self._reply(404, {"error": {"message": f"There is no model '{model}' here."}})
        elif self.path == "/v1/classify":
            labels = [{"label": label, "probability": 0.5} for label in self.pieces[model]]
            told = {"none_of_these": True} if body["input"] == "stranger" else {}
            self._reply(200, {"data": [{"labels": labels, **told}]})
        elif body["stream"]:
            self._stream(self.pieces[model])
        else:
            text = "".join(self.pieces[model])
            choice = {"message": {"content": text}, "text": text}
            self._reply(200, {"choices": [choice]})

    def _reply(self, status: int, value: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def _stream(self, pieces: list[str]) -> None:
        self.send_response(200)
        self.end_headers()
        for piece in pieces:
            if piece == "BREAK":
                return
            if piece == "ENDLESS":
                self._until_nobody_reads()
                return
            if piece == "ERROR":
                self._event({"error": {"message": "The model failed."}})
                return
            self._event({"choices": [{"delta": {"content": piece}, "finish_reason": None}]})
        self._event({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": {"completion_tokens": len(pieces)}})
        self.wfile.write(b"data: [DONE]\n\n")

    def _until_nobody_reads(self) -> None:
        try:
            while True:
                self._event({"choices": [{"delta": {"content": "."}, "finish_reason": None}]})
        except OSError:
            self.broken_pipe.set()

    def _event(self, value: Any) -> None:
        self.wfile.write(f"data: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Script.pieces = {
        "run-1": ["On ", "its ", "way 🙂"],
        "run-1:base": ["No ", "idea"],
        "breaks": ["Half", "BREAK"],
        "fails": ["Half", "ERROR"],
        "endless": ["ENDLESS"],
        "sorter": ["refund", "delivery"],
    }
    Script.asked, Script.said, Script.broken_pipe = [], set(), threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Script)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def asking(model: str, **settings: Any) -> Question:
    return Question(model, ({"role": "user", "content": "Where?"},), settings=settings)


def last(url: str, *models: str) -> dict[str, Answer]:
    changes = client.stream_answers(url, [asking(model) for model in models])
    return {change.model: change for change in changes if change is not None}


def test_two_answers_are_read_at_once(url: str) -> None:
    got = last(url, "run-1", "run-1:base")
    assert {model: answer.text for model, answer in got.items()} == {
        "run-1": "On its way 🙂",
        "run-1:base": "No idea",
    }
    assert got["run-1"].finish_reason == "stop"
    assert got["run-1"].tokens == 3
    assert got["run-1"].seconds > 0


def test_settings_reach_the_server(url: str) -> None:
    list(client.stream_answers(url, [asking("run-1", temperature=0.5, max_tokens=9)]))
    (asked,) = Script.asked
    assert (asked["temperature"], asked["max_tokens"]) == (0.5, 9)
    assert asked["stream_options"] == {"include_usage": True}
    assert asked["path"] == "/v1/chat/completions"


@pytest.mark.parametrize(("key", "said"), [("wb-1", "Bearer wb-1"), ("", None)])
def test_the_key_is_said_with_every_question(url: str, key: str, said: str | None) -> None:
    list(client.stream_answers(url, [asking("run-1"), asking("run-1:base")], key))
    client.classify(url, "sorter", "x", key)
    client.answer(url, asking("run-1"), key)
    assert len(Script.asked) == 4
    assert Script.said == {said}


def test_a_text_to_be_continued_goes_to_completions(url: str) -> None:
    assert client.answer(url, Question("run-1", (), "Your order")) == "On its way 🙂"
    assert Script.asked[0]["prompt"] == "Your order"
    assert Script.asked[0]["path"] == "/v1/completions"


def test_closing_the_reader_ends_the_connection(url: str) -> None:
    growing = client.stream_answers(url, [asking("endless")])
    while (change := next(growing)) is None or not change.text:
        pass
    growing.close()
    assert Script.broken_pipe.wait(10)


@pytest.mark.parametrize(
    ("model", "sentence"),
    [("breaks", "broke off"), ("fails", "The model failed"), ("x", "no model")],
)
def test_what_goes_wrong_becomes_the_answers_error(url: str, model: str, sentence: str) -> None:
    answer = last(url, model)[model]
    assert sentence in answer.error
    assert answer.finish_reason == "error"


def test_one_answer_that_fails_does_not_stop_the_other(url: str) -> None:
    got = last(url, "fails", "run-1")
    assert got["fails"].text == "Half"
    assert got["run-1"].text == "On its way 🙂"


def test_a_server_that_is_gone_is_a_sentence() -> None:
    gone = "http://127.0.0.1:1"
    assert "gone" in last(gone, "run-1")["run-1"].error
    with pytest.raises(WorkbenchError, match="gone"):
        client.classify(gone, "run-1", "x")
    assert client.server_name(gone) is None


def test_to_ask_again_reads_no_certificates(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client.server_name(url)
    monkeypatch.delattr(ssl, "create_default_context")
    assert client.server_name(url) == "job-7"
    assert last(url, "run-1")["run-1"].finish_reason == "stop"


def test_categories_and_names(url: str) -> None:
    both = [("refund", 0.5), ("delivery", 0.5)]
    assert client.classify(url, "sorter", "x") == Sorting(both, None)
    assert client.classify(url, "sorter", "stranger") == Sorting(both, True)
    assert client.server_name(url) == "job-7"
    with pytest.raises(WorkbenchError, match="no model 'nobody'"):
        client.classify(url, "nobody", "x")
