"""How the web process is doing, for who may ask; and what it counts of its pages."""

import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage.database import Store
from tests.pages.opened import open_page
from workbench.jobs import worker_process
from workbench.ui.routes import health_route
from workbench.ui.server import counts

PATHS = ("/health", "/health/live", "/health/ready", "/metrics")


@pytest.fixture
def client(store: Store) -> TestClient:
    return TestClient(Starlette(routes=health_route.routes()), base_url="http://localhost:8501")


def test_without_a_worker_it_is_ready_and_not_well(client: TestClient) -> None:
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 200
    whole = client.get("/health")
    assert (whole.status_code, whole.json()["status"]) == (503, "trouble")
    assert "never gave a sign" in whole.json()["worker"]
    worker_process.write_info(time.time())
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_for_others_there_is_nothing(
    client: TestClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_METRICS_TOKEN", "very-secret")
    through_a_proxy = {"Host": "wb.example", "X-Forwarded-For": "192.0.2.7"}
    refused = client.get(path, headers=through_a_proxy)
    assert (refused.status_code, refused.text) == (404, "Not found")
    known = {**through_a_proxy, "Authorization": "Bearer very-secret"}
    assert client.get(path, headers=known).status_code in (200, 503)


def test_runs_of_pages_are_counted(client: TestClient) -> None:
    def runs() -> float:
        found = [
            s.value
            for f in counts.REGISTRY.collect()
            for s in f.samples
            if s.name == "slm_page_runs_total"
        ]
        return sum(found)

    before = runs()
    open_page()
    assert runs() == before + 1
    text = client.get("/metrics").text
    assert 'slm_page_runs_total{outcome="ok",page="Home"}' in text
    assert "slm_page_run_seconds_bucket" in text
