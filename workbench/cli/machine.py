"""`doctor`: what this machine can do, in plain words."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.system.doctor import doctor


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    command(commands, "doctor", _doctor, "Say what this machine can do.")


def _doctor(options: argparse.Namespace) -> int:
    sentences, facts = doctor(open_store())
    emit(options, facts, "\n".join(sentences))
    return 0
