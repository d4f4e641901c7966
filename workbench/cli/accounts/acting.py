"""For whom commands act where people have accounts: `--as EMAIL`, or WORKBENCH_PERSON."""

import argparse
import os

from storage import schema
from storage.database import Store
from workbench.system.accounts import console

OPTION = "--as"
_HELP = f"for whom, where people have accounts: an e-mail address (or {console.VARIABLE})"
_named = {"email": ""}


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
    return console.as_somebody(schema.open_store(), _named["email"].strip())
