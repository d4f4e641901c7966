"""The command that runs the fake trainer."""

import sys
from pathlib import Path


def fake_trainer(_kind: str) -> list[str]:
    """As `workbench.jobs.launchers.local.module_command`, for the fake."""
    return [sys.executable, "-S", str(Path(__file__).with_name("trainer.py"))]
