"""A child does not outlive its parent, and is ended when it is wanted no longer."""

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from tests.fakes.harness import until
from workbench.jobs.process import child
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE, LOCK_VARIABLE, TOKEN_VARIABLE

ON_THE_LINE = f"import os; os.read(int(os.environ['{LIFELINE_VARIABLE}']), 1)"
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1); time.sleep(99)"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_leaves_when_the_line_is_let_go() -> None:
    started = child.start(python(ON_THE_LINE), own_group=True)
    assert started.process.poll() is None
    started.let_go()
    assert started.process.wait(20) == 0


def test_it_may_hold_a_lock_but_never_the_one_of_an_outer_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(LOCK_VARIABLE, "99")
    code = f"import os; print(os.environ.get('{LOCK_VARIABLE}'))"
    said = []
    with (tmp_path / "lock").open("a") as lock:
        for number in (None, lock.fileno()):
            with (tmp_path / "log").open("wb") as log:
                started = child.start(python(code), log=log.fileno(), lock=number, own_group=True)
                started.process.wait(20)
                started.let_go()
            said.append((tmp_path / "log").read_text().strip())
        assert said == ["None", str(lock.fileno())]


@pytest.mark.parametrize("own_group", [True, False])
def test_its_group_is_its_own_or_ours(own_group: bool) -> None:
    with child.running(python(ON_THE_LINE), 20, own_group=own_group) as process:
        ours = os.getpgid(process.pid) == os.getpgid(0)
    assert ours is not own_group


def test_it_is_told_to_end_and_made_to_if_it_does_not(tmp_path: Path) -> None:
    with child.running(python(ON_THE_LINE), 20, own_group=True) as obeys:
        assert obeys.poll() is None
    assert obeys.returncode == -signal.SIGTERM
    with (
        (tmp_path / "log").open("wb") as log,
        child.running(python(DEAF), 0.1, log=log.fileno(), own_group=True) as deaf,
    ):
        until((tmp_path / "log").read_text)
    assert deaf.returncode == -signal.SIGKILL


def test_no_file_is_left_open() -> None:
    before = psutil.Process().num_fds()
    with child.running(python("pass"), 20, own_group=True) as process:
        process.wait(20)
    with pytest.raises(OSError, match="No such file"):
        child.start(["/no/such/program"], own_group=True)
    assert psutil.Process().num_fds() == before


def test_a_token_goes_by_a_pipe_and_by_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import os, subprocess, sys\n"
        "from workbench.jobs.process import hub_token\n"
        "print(hub_token.handed_over(), hub_token.handed_over())\n"
        "print('hf_secret' in str(dict(os.environ)) + str(sys.argv))\n"
        "inner = 'from workbench.jobs.process import hub_token; print(hub_token.handed_over())'\n"
        "print(subprocess.run([sys.executable, '-c', inner], capture_output=True, text=True).stdout)\n"
    )
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(TOKEN_VARIABLE, "99")
    open_before = psutil.Process().num_fds()
    said = []
    for token in ("hf_secret", ""):
        with (tmp_path / "log").open("wb") as log:
            started = child.start(python(code), log=log.fileno(), own_group=True, token=token)
            started.process.wait(20)
            started.let_go()
        said.append((tmp_path / "log").read_text().split())
    assert said == [["hf_secret", "hf_secret", "False", "None"], ["None", "None", "False", "None"]]
    assert psutil.Process().num_fds() == open_before
