"""Every route of the model server, asked with the key of another project, an ended one, and none.

Routes are found in the app, so a new one is asked here by itself, with each name that a model of the first
project has. In every text of that project stands a mark.
"""

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from tests.helpers import tiny
from workbench.core.tasks.rungs import RUNGS
from workbench.engine.serving.access.key_required import OPEN
from workbench.engine.serving.app import create_app
from workbench.engine.serving.inference import Inference
from workbench.engine.serving.registry import Registry
from workbench.engine.serving.watching.activity import Activity
from workbench.jobs.process.job_dir import write_json
from workbench.jobs.process.serve_files import AccessKey, LiveName, logged_requests
from workbench.models.served import UNTRAINED

MARK = "SECRET"
THEIRS, OWN = 1, 2
WRITES, SORTS, OWN_WRITES, OWN_SORTS = "run-1", "run-2", "run-3", "run-4"
RUNS = (WRITES, SORTS)
NAMES = [
    *RUNS,
    "secret-mails:live",
    "secret-mails:live:base",
    *(f"{run}{UNTRAINED}" for run in RUNS),
    *(f"{run}:{rung.name}" for run, rung in itertools.product(RUNS, RUNGS)),
]
"""Under which models of the first project could be asked."""
GENERATES = {
    "messages": [{"role": "user", "content": "Where?"}],
    "prompt": "Where?",
    "max_tokens": 2,
}


@pytest.fixture
def registry(models: Path, tmp_path: Path) -> Path:
    """A writer and a sorter in each of two projects, and what is live in them."""
    found = []
    for project, writer, sorter, mark in (
        (THEIRS, WRITES, SORTS, MARK), (OWN, OWN_WRITES, OWN_SORTS, "own"),
    ):  # fmt: skip
        about = {"project_id": project, "title": f"{mark} title", "system": f"{mark} prompt"}
        labels = [f"{mark} label", "other"]
        base = models / "base"
        found += [
            tiny.entry(writer, base, models / "replies", task="completion", **about),
            tiny.entry(
                sorter, base, models / "sorter", **about, task="classification", labels=labels
            ),
        ]
    live = [
        LiveName(id=f"{name}:live", project=f"{name} project", project_id=project, model=model)
        for name, project, model in (("secret-mails", THEIRS, WRITES), ("own", OWN, OWN_WRITES))
    ]
    live[0] = LiveName(**{**live[0].__dict__, "project": f"{MARK} project"})
    write_json(tmp_path / "live.json", [one.as_dict() for one in live])
    write_json(tmp_path / "keys.json", [_key(THEIRS, "theirs"), _key(OWN, "own")])
    write_json(tmp_path / "revoked-keys.json", [_key(THEIRS, "former")])
    return tiny.registry_of(found, tmp_path / "models.json")


def _key(project: int, name: str) -> dict[str, Any]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return AccessKey(id=project, name=f"key {name}", key_hash=digest, project_id=project).as_dict()


@pytest.fixture
def client(registry: Path, tmp_path: Path) -> Iterator[TestClient]:
    """Programs of this machine."""
    key_file = tmp_path / "key"
    key_file.write_text("wb-of-the-workbench-itself")
    app = create_app(Registry(registry), Inference(tiny.shelf()), Activity(), "test", key_file)
    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as opened:
        yield opened


def routes(client: TestClient) -> list[tuple[str, str]]:
    """Method and path of each."""
    found = [route for route in client.app.routes if isinstance(route, Route)]  # type: ignore[attr-defined]
    return [(method, route.path) for route in found for method in sorted(route.methods or ())]


def asked(client: TestClient, method: str, path: str, name: str, key: str | None) -> Any:
    """The answer to a request that names this model wherever one can be named."""
    body = {"model": name, "input": "Where?"}
    if "completions" in path:
        body = {"model": name, **GENERATES}  # type: ignore[dict-item]
    return client.request(
        method,
        path.partition("{")[0] + name if "{" in path else path,
        json=body if method == "POST" else None,
        params={"model": name},
        headers={} if key is None else {"Authorization": f"Bearer {key}"},
    )


def told(answer: Any) -> str:
    return f"{answer.headers}\n{answer.text}"


@pytest.mark.parametrize("key", [None, "made-up", "former"])
def test_without_a_good_key_no_route_tells_of_any_model(
    client: TestClient, key: str | None
) -> None:
    for method, path in routes(client):
        for name in NAMES if path not in OPEN else [WRITES]:
            answer = asked(client, method, path, name, key)
            assert answer.status_code == (200 if path in OPEN else 401), (method, path, name)
            assert MARK not in told(answer), (method, path, name)


def test_a_key_of_another_project_comes_by_no_model_of_this_one(
    client: TestClient, tmp_path: Path
) -> None:
    kept = {path.name: path.read_bytes() for path in tmp_path.glob("*.json")}
    for method, path in routes(client):
        names_one = method == "POST" or "{" in path
        for name in NAMES:
            answer = asked(client, method, path, name, "own")
            assert MARK not in told(answer), (method, path, name)
            assert WRITES not in answer.text.replace(name, ""), (method, path, name)
            if names_one:
                assert answer.status_code == 404, (method, path, name)
    logged = [line for line in logged_requests(tmp_path) if line.answered_by]
    assert logged == []
    assert {name: (tmp_path / name).read_bytes() for name in kept} == kept


def test_its_own_models_are_found_by_the_same_requests(client: TestClient) -> None:
    """Else nothing would be shown by others not being found."""
    good: dict[str, set[int]] = {}
    for method, path in routes(client):
        for name in (OWN_WRITES, OWN_SORTS, "own:live"):
            answer = asked(client, method, path, name, "own")
            assert answer.status_code != 404, (method, path, name)
            good.setdefault(path, set()).add(answer.status_code)
    without = {path for path, codes in good.items() if 200 not in codes}
    assert without <= {"/v1/embeddings", "/v1/classify"}, "of an encoder alone"
    listed = client.get("/v1/models", headers={"Authorization": "Bearer theirs"})
    assert MARK in listed.text or WRITES in listed.text
    described = client.get(f"/v1/models/{WRITES}", headers={"Authorization": "Bearer theirs"})
    assert described.status_code == 200
