"""The audit: unsafe packages are named, and what was not asked is never said to be safe."""

import importlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest

from tests.scripts.conftest import command

KNOWN = {"id": "PYSEC-1", "fix_versions": ["2.0"], "aliases": [], "description": ""}
SAFE = {"name": "httpx", "version": "1.0", "vulns": []}
UNSAFE = {"name": "jinja2", "version": "1.0", "vulns": [KNOWN]}
SKIPPED = {"name": "torch", "skip_reason": "not found"}
BREAKS = "raise ConnectionError('no name server knows this host')"


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script with a pip-audit that says what `says` makes it say."""

    @contextmanager
    def tools() -> Iterator[Path]:
        yield tmp_path

    module = importlib.import_module("audit")
    monkeypatch.setattr(module, "tools", tools)
    return module


def says(folder: Path, **services: object) -> None:
    """By service, what is told of the packages, or the code of a program that tells nothing."""
    codes = {
        name: f"print({json.dumps({'dependencies': told})!r})" if isinstance(told, list) else told
        for name, told in services.items()
    }
    command(
        folder / "pip-audit",
        f"import sys\nexec({codes!r}[sys.argv[sys.argv.index('--service') + 1]])",
    )


def test_unsafe_packages_are_named_with_what_mends_them(
    audit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    says(tmp_path, osv=[SAFE, UNSAFE, SKIPPED], pypi=BREAKS)
    assert audit.main() == 1
    assert capsys.readouterr().out.splitlines() == [
        "jinja2 1.0: PYSEC-1, mended in 2.0",
        "Not known to the service, so not looked at: torch.",
        "1 of 2 locked packages are known to be unsafe.",
    ]


def test_where_one_service_does_not_answer_the_next_is_asked(
    audit: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    says(tmp_path, osv=BREAKS, pypi=[SAFE])
    assert audit.main() == 0
    assert capsys.readouterr().out == "0 of 1 locked packages are known to be unsafe.\n"


@pytest.mark.parametrize("silence", [BREAKS, [SKIPPED], "import time; time.sleep(60)"])
def test_where_nobody_answers_a_sentence_says_so(
    audit: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    silence: object,
) -> None:
    says(tmp_path, osv=silence, pypi=silence)
    monkeypatch.setattr(audit, "LIMIT_S", 0.5)
    assert audit.main() == 3
    out, err = capfd.readouterr()
    assert out.startswith("Nobody could be asked")
    assert (out.count("\n"), err) == (1, "")


def test_all_locked_packages_are_asked_about_once(
    audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locks = tmp_path / "locks"
    locks.mkdir()
    (locks / "app.txt").write_text("# ours\nb==2 ; python_version > '3' \\\n    --hash=sha256:0\n")
    (locks / "tools.txt").write_text("a==1 \\\n    --hash=sha256:0\nb==2 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(audit, "LOCKS", locks)
    asked = []
    monkeypatch.setattr(audit, "_asked", lambda *given: asked.append(given[2]) or [SAFE])
    assert audit.main() == 0
    assert asked == [["a==1"], ["a==1", "b==2"]]
