"""From a run to the next training by the link at the side: the click that starts it starts it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import App
from tests.browser.test_journey import button, settle
from tests.helpers.exams import write_emails
from workbench.data import datasets
from workbench.models import catalogue
from workbench.projects import projects
from workbench.training import presets, runs


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is started waits."""
    monkeypatch.setenv("WORKBENCH_WORKER", "service")


def test_the_next_training_starts_at_the_first_click(
    app: App, page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from storage.schema import open_store

    monkeypatch.setenv("WORKBENCH_HOME", str(app.home))
    store = open_store()
    project = projects.create_project(store, "Mails")
    path = write_emails(tmp_path / "mails.csv")
    saved = datasets.save_version(store, project_id=project, path=path, task="classification")
    model = catalogue.resolve_model(store, "all-MiniLM-L6-v2")
    recipe = presets.preset("quick", task="classification", family=model.family, rows=40)
    first = runs.start_run(
        store,
        project_id=project,
        version_id=saved.version_id,
        base_model_id=model.id,
        recipe=recipe,
    )
    store.close()

    page.goto(f"{app.address}/train?project={project}&run={first.run_id}")
    settle(page, live=True)
    page.get_by_test_id("stSidebar").get_by_role("link", name=re.compile("Train")).click()
    page.get_by_role("heading", name="Ready to train?").wait_for()
    settle(page, live=True)
    expect(page).not_to_have_url(re.compile("run="))
    button(page, "Start training")
    expect(page).to_have_url(re.compile(rf"run={first.run_id + 1}"))
