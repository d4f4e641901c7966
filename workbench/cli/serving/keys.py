"""`keys`: keys with which other programs ask the model server."""

import argparse
from typing import Any

from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit
from workbench.projects import projects
from workbench.use import keys
from workbench.use.keys import KeyInfo


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "keys", _list, "Keys for other programs: list, make and revoke.")
    actions = parser.add_subparsers(metavar="ACTION")
    command(actions, "list", _list, "Which keys there are.")
    make = command(actions, "make", _make, "Make a key; it is shown this once.")
    make.add_argument("name", metavar="NAME")
    make.add_argument("--project", metavar="NAME", help="for this project's models alone")
    make.add_argument("--requests-a-minute", type=int, metavar="N", help="without: no limit")
    make.add_argument("--tokens-a-day", type=int, metavar="N", help="without: no limit")
    make.add_argument("--tokens-a-month", type=int, metavar="N", help="without: no limit")
    revoke = command(actions, "revoke", _revoke, "End a key, at once.")
    revoke.add_argument("name", metavar="NAME")


def _list(options: argparse.Namespace) -> int:
    found = keys.listing(open_store())
    lines = [_line(one) for one in found] or ["There are no keys yet: `keys make NAME` makes one."]
    emit(options, {"keys": [one.as_dict() for one in found]}, "\n".join(lines))
    return 0


def _make(options: argparse.Namespace) -> int:
    store = open_store()
    project_id = projects.project_named(store, options.project) if options.project else None
    made, secret = keys.make(
        store,
        options.name,
        project_id=project_id,
        requests_a_minute=options.requests_a_minute,
        tokens_a_day=options.tokens_a_day,
        tokens_a_month=options.tokens_a_month,
    )
    said = f"The key of '{made.name}', shown this once:\n{secret}"
    emit(options, {**made.as_dict(), "key": secret}, said)
    return 0


def _revoke(options: argparse.Namespace) -> int:
    ended = keys.revoke(open_store(), options.name)
    emit(options, {"revoked": ended.as_dict()}, f"The key '{ended.name}' is good no longer.")
    return 0


def _line(one: KeyInfo) -> str:
    used = f"used {one.last_used_at:%Y-%m-%d %H:%M}" if one.last_used_at else "never used"
    limits = [
        f"{limit:,} {what}"
        for limit, what in (
            (one.requests_a_minute, "requests a minute"),
            (one.tokens_a_day, "tokens a day"),
            (one.tokens_a_month, "tokens a month"),
        )
        if limit is not None
    ]
    of = f"models of '{one.project}'" if one.project_id else "all models"
    about = [f"…{one.ends}", of, *limits, f"made {one.created_at:%Y-%m-%d}", used]
    return f"{one.name}: {', '.join(about)}"
