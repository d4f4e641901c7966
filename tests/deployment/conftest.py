"""What compose.yaml starts, on loopback and confined as containers are; `make deployment` runs it."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.deployment.up import Deployment, deployed
from storage.database import Store
from tests.browser.conftest import browser, page  # noqa: F401
from tests.fakes import postgres

BASE_PATH = "/workbench"


def _can_confine() -> bool:
    command = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "true"]
    return shutil.which("bwrap") is not None and subprocess.run(command).returncode == 0


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """All of it, under a path of its name."""
    if postgres.binaries() is None or shutil.which("caddy") is None:
        pytest.skip(
            "PostgreSQL or Caddy is not installed here (Debian: apt-get install postgresql caddy)"
        )
    home = tmp_path_factory.mktemp("deployment") / "home"
    with deployed(home, base_path=BASE_PATH, confined=_can_confine()) as found:
        yield found


@pytest.fixture(autouse=True)
def deployed_home(deployment: Deployment, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Services of the test's own process work in the deployment's home, too."""
    monkeypatch.setenv("WORKBENCH_HOME", str(deployment.home))
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", deployment.database_url)
    monkeypatch.setenv("WORKBENCH_WORKER", "service")
    return deployment.home


@pytest.fixture
def people(deployed_home: Path) -> Iterator[Store]:
    """The deployment's store."""
    store = Store()
    yield store
    store.close()
