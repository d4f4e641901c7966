"""The code that the page offers is run: against a real server, with a model whose answer is known.

What cannot be run here (Excel) is taken to pieces, and what it would send is sent.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.helpers import tiny
from workbench.use import snippets
from workbench.use.snippets import QUESTION, Target

KEY = "wb-only-for-this-test"
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: JavaScript is not run")
pytestmark = pytest.mark.filterwarnings(tiny.PEFT_USES_AN_OLD_NAME)
FAKE_OPENAI = """
export default class OpenAI {
  constructor({ baseURL, apiKey }) { this.at = baseURL; this.key = apiKey;
    this.chat = { completions: { create: (body) => this.post("/chat/completions", { body }) } }; }
  async post(path, { body }) {
    const reply = await fetch(this.at + path, { method: "POST", body: JSON.stringify(body),
      headers: { "Authorization": `Bearer ${this.key}`, "Content-Type": "application/json" } });
    if (!reply.ok) throw new Error(await reply.text());
    return reply.json();
  }
}
"""
GOOGLE = """
const { execFileSync } = require("node:child_process");
const UrlFetchApp = { fetch(url, asked) {
  const sent = ["-s", "-w", "\\n%{http_code}", "-X", asked.method.toUpperCase(), "-d", asked.payload,
    "-H", `Content-Type: ${asked.contentType}`,
    "-H", `Authorization: ${asked.headers.Authorization}`, url];
  const said = execFileSync("curl", sent).toString();
  const end = said.lastIndexOf("\\n");
  return { getContentText: () => said.slice(0, end), getResponseCode: () => Number(said.slice(end)) };
} };
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("snippets")
    models = tiny.make_models(folder / "models")
    registry = tiny.write_registry(models, folder / "models.json")
    live = {"id": 'it\'s "live":live', "project": "x", "project_id": 1, "model": "run-1"}
    (folder / "live.json").write_text(json.dumps([live]))
    (folder / "key").write_text(KEY)
    with tiny.running(registry, tiny.shelf(), key_file=folder / "key") as server:
        yield f"http://127.0.0.1:{server.port}"


@pytest.fixture(params=[False, True], ids=["writes", "sorts"])
def asked(request: pytest.FixtureRequest, url: str) -> Target:
    """What is asked: a writer under a name full of quotes, or one that sorts."""
    model = "run-2" if request.param else 'it\'s "live":live'
    return Target(url, model, sorts=request.param, key=KEY)


@pytest.fixture
def expected(asked: Target) -> str:
    """What the model answers, asked by plain HTTP."""
    return said_in(asked, sent(asked, asked.body()))


def sent(asked: Target, body: dict[str, Any]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {asked.key}"}
    reply = httpx.post(f"{asked.url}/{asked.path}", json=body, headers=headers, timeout=60)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def said_in(asked: Target, told: dict[str, Any]) -> str:
    if asked.sorts:
        return str(told["data"][0]["label"])
    return str(told["choices"][0]["message"]["content"])


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_terminal(asked: Target, expected: str, tmp_path: Path) -> None:
    told = run(["bash", "-c", snippets.curl(asked) + " --silent"], tmp_path)
    assert said_in(asked, json.loads(told)) == expected


def test_python(asked: Target, expected: str, tmp_path: Path) -> None:
    (tmp_path / "ask.py").write_text(snippets.python(asked), "utf-8")
    told = run([sys.executable, "-X", "utf8", "ask.py"], tmp_path)
    if asked.sorts:
        label, _, probability = told.strip().rpartition(" ")
        assert label == expected
        assert 0 < float(probability) <= 1
    else:
        assert told == expected + "\n"


@needs_node
def test_javascript(asked: Target, expected: str, tmp_path: Path) -> None:
    (tmp_path / "ask.mjs").write_text(snippets.fetch(asked), "utf-8")
    assert run([str(NODE), "ask.mjs"], tmp_path).startswith(expected)
    (tmp_path / "ask.mjs").write_text(snippets.fetch(replace(asked, key="no")), "utf-8")
    refused = subprocess.run([str(NODE), "ask.mjs"], cwd=tmp_path, capture_output=True, timeout=60)
    assert b"no key of this server" in refused.stderr


@needs_node
def test_javascript_with_openai_s_package(asked: Target, expected: str, tmp_path: Path) -> None:
    """A stand-in for the package, which asks as it does, shows that the code uses it rightly."""
    package = tmp_path / "node_modules" / "openai"
    package.mkdir(parents=True)
    (package / "index.mjs").write_text(FAKE_OPENAI)
    (package / "package.json").write_text('{"name": "openai", "exports": "./index.mjs"}')
    (tmp_path / "ask.mjs").write_text(snippets.javascript(asked), "utf-8")
    assert run([str(NODE), "ask.mjs"], tmp_path).startswith(expected)


@needs_node
def test_google_s_script(asked: Target, expected: str, tmp_path: Path) -> None:
    script = snippets.apps_script(asked)
    assert asked.url not in script  # Google's computers could not reach it
    told = f"""
console.log(JSON.stringify([
  ASK_MODEL({json.dumps(QUESTION)}),
  ASK_MODEL([[{json.dumps(QUESTION)}], [""], [null]]), ASK_MODEL(7) !== "",
]));
"""
    script = script.replace(snippets.ANYWHERE, asked.url)
    (tmp_path / "ask.js").write_text(GOOGLE + script + told, "utf-8")
    found = json.loads(run([str(NODE), "ask.js"], tmp_path))
    assert found == [expected, [[expected], [""], [""]], True]
    (tmp_path / "ask.js").write_text(GOOGLE + script.replace(KEY, "wrong") + told, "utf-8")
    refused = subprocess.run([str(NODE), "ask.js"], cwd=tmp_path, capture_output=True, timeout=60)
    assert b"no key of this server" in refused.stderr


def test_power_query_sends_what_the_server_takes(asked: Target, expected: str) -> None:
    query = snippets.power_query(asked)
    pieces = tokens(query)
    assert balanced(pieces)
    assert pieces.count("let") == pieces.count("in") == 2
    assert m_text(asked.url) in pieces
    assert m_text(asked.path) in pieces
    assert m_text(f"Bearer {KEY}") in pieces
    at = pieces.index("Json.FromValue") + 2
    body = as_json(pieces[at:])
    assert body == asked.body()
    told: Any = sent(asked, body)
    path = query[query.index("Reply[") : query.index(",\n    Source")].removeprefix("Reply")
    for name, place in re.findall(r"\[(\w+)\]|\{(\d+)\}", path):
        told = told[name] if name else told[int(place)]
    assert told == expected


def test_texts_in_m_keep_every_sign() -> None:
    for text in ('a "quoted" name', "#(lf)", "plain", '#("'):
        written = snippets._m(text)
        inner = written[1:-1].replace('""', '"')
        assert inner.replace("#(#)(", "#(") == text


def test_every_snippet_is_complete(url: str) -> None:
    for snippet in snippets.SNIPPETS:
        for sorts in (False, True):
            written = snippet.program(Target("http://127.0.0.1:1", "mails:live", sorts))
            assert "mails:live" in written
            assert snippets.NO_KEY in written


def tokens(query: str) -> list[str]:
    """The words and signs of a query in M; texts are whole, with their quotes."""
    return re.findall(r'#?"(?:[^"]|"")*"|[#\w.]+|=>|[^\s\w]', query)


def balanced(pieces: list[str]) -> bool:
    ends, open_ = {")": "(", "]": "[", "}": "{"}, []
    for piece in pieces:
        if piece in ends.values():
            open_.append(piece)
        elif piece in ends and (not open_ or open_.pop() != ends[piece]):
            return False
    return not open_


def m_text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def as_json(pieces: list[str]) -> Any:
    """The record that begins here, read as the JSON that M makes of it; `question` is the test's."""
    written, depth = "", 0
    signs = {"[": "{", "]": "}", "{": "[", "}": "]", "=": ":", ",": ","}
    for piece in pieces:
        depth += (piece in "[{") - (piece in "]}")
        if piece.startswith('"'):
            written += json.dumps(piece[1:-1].replace('""', '"'))
        elif piece == "question":
            written += json.dumps(QUESTION)
        else:
            written += signs.get(piece) or json.dumps(piece)
        if depth == 0:
            break
    return json.loads(written)
