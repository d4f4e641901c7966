"""`hub token`: the access token for the Hugging Face hub, kept, replaced and forgotten."""

import argparse
import getpass
import sys
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.models.online import token


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    hub = command(commands, "hub", _about, "Say, keep or forget the access token for the hub.")
    actions = hub.add_subparsers(metavar="ACTION")
    parser = command(actions, "token", _token, "Say which access token counts; keep or forget one.")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--set", action="store_true", help="keep one, typed without being shown, or from stdin"
    )
    which.add_argument("--forget", action="store_true", help="delete the one that is kept here")


def _about(options: argparse.Namespace) -> int:
    return _say(options)


def _token(options: argparse.Namespace) -> int:
    if options.set:
        return _say(options, token.keep(open_store(), _typed()))
    if options.forget:
        was = token.forget(open_store())
        return _say(options, "It is deleted." if was else "None is kept here.")
    return _say(options)


def _typed() -> str:
    """A line of stdin; a terminal does not show it."""
    if sys.stdin.isatty():
        return getpass.getpass("Access token: ")
    if not (line := sys.stdin.readline().strip()):
        raise WorkbenchError("No access token came on stdin: give it as one line.")
    return line


def _say(options: argparse.Namespace, done: str = "") -> int:
    about = token.about(open_store())
    shown = f"The access token for the hub ends in {about.ends}." if about.ends else ""
    none = "" if about.source else "There is no access token for the hub."
    value = {"source": about.source, "ends": about.ends, "kept": about.kept, "said": done}
    emit(options, value, " ".join(p for p in (done, shown or none, about.sentence) if p))
    return 0
