"""What works in the background steps back."""

import os
import re
import sys
from pathlib import Path

from workbench.jobs.launchers import priority
from workbench.jobs.process import child
from workbench.jobs.process.job_dir import LIFELINE_VARIABLE

_WAITS = f"import os; os.read(int(os.environ['{LIFELINE_VARIABLE}']), 1)"
_COMMAND = [sys.executable, "-c", _WAITS]


def _of_session(pid: int) -> int | None:
    """The niceness of its session; None where Linux does not group by sessions."""
    path = Path(f"/proc/{pid}/autogroup")
    found = re.search(r"nice (-?\d+)", path.read_text()) if path.exists() else None
    return int(found[1]) if found else None


def test_a_process_and_its_session_go_behind_others() -> None:
    with child.running(_COMMAND, 20, own_group=True) as process:
        before = _of_session(process.pid)
        priority.step_back(process.pid, 7)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 7
        assert _of_session(process.pid) == (7 if before is not None else None)


def test_the_session_of_somebody_else_is_left_alone() -> None:
    ours = _of_session(os.getpid())
    with child.running(_COMMAND, 20, own_group=False) as process:
        priority.step_back(process.pid, 7)
        assert os.getpriority(os.PRIO_PROCESS, process.pid) >= 7
    assert _of_session(os.getpid()) == ours


def test_a_process_that_has_ended_is_no_trouble() -> None:
    with child.running([sys.executable, "-c", ""], 20, own_group=True) as process:
        process.wait(20)
    priority.step_back(process.pid)
