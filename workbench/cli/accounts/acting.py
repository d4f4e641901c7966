"""For whom commands act where people have accounts: `--as EMAIL`, or WORKBENCH_PERSON."""

import argparse
import os

from storage import schema
from storage.database import Store
from workbench.system.accounts import console

OPTION = "--as"
_HELP = f"for whom, where people have accounts: an e-mail address (or {console.VARIABLE})"
_named = {"email": ""}
_opened: list[Store] = []
"""By the command that runs."""


def add_option(parser: argparse.ArgumentParser) -> None:
    """Let the help tell of the option."""
    parser.add_argument(OPTION, dest="as_person", metavar="EMAIL", help=_HELP)


def remember(options: argparse.Namespace) -> None:
    """What was said on this command line."""
    _named["email"] = getattr(options, "as_person", None) or os.environ.get(console.VARIABLE, "")


def open_store() -> Store:
    """The store, as whoever is named has it.

    Raises:
        WorkbenchError: people have accounts, and nobody is named, or nobody who has one.
    """
    opened = schema.open_store()
    _opened.append(opened)
    return console.as_somebody(opened, _named["email"].strip())


def close_stores() -> None:
    """Give back the connections of what the command opened, however it ended."""
    while _opened:
        _opened.pop().close()
