"""Tiny models, and the server that answers with them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Job
from tests.helpers import tiny
from tests.pages.use.asked import LABELS
from workbench.engine.serving.model_cache import ModelCache
from workbench.projects import projects
from workbench.use import served_models, server_key


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base model and two adapters: one writes replies, one sorts."""
    folder = tmp_path_factory.mktemp("weights")
    base = tiny.make_base(folder / "base", context=100_000, endless=True)
    tiny.make_adapter(base, folder / "replies", seed=1)
    tiny.make_adapter(base, folder / "others", seed=4)
    tiny.make_adapter(base, folder / "fields", seed=3, task="extraction")
    tiny.make_adapter(base, folder / "sorter", seed=2, task="classification", labels=LABELS)
    return folder


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


@pytest.fixture
def shelf() -> ModelCache:
    return tiny.shelf()


@pytest.fixture
def server(store: Store, shelf: ModelCache) -> Iterator[None]:
    """A model server that the worker would have started."""
    with store.write() as session:
        job = Job(kind="serve", title="Model server", spec={}, status="running", attempt=1)
        session.add(job)
        session.flush()
        name = f"job-{job.id}"
    key_file = server_key.key_file()
    registry = served_models.registry_path()
    with tiny.running(registry, shelf, name=name, key_file=key_file) as running:
        with store.write() as session:
            found = session.get(Job, job.id)
            assert found is not None
            found.progress = {"port": running.port}
        yield
