"""`audit`: the log of what people with an account did: list, verify, export."""

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from storage.schema import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.projects import projects
from workbench.system.audit import log
from workbench.system.audit.log import Line, Wanted

_LINES = 50


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "audit", _list, "The audit log: list, verify, export.")
    _add_search(parser)
    actions = parser.add_subparsers(metavar="ACTION")
    _add_search(command(actions, "list", _list, "What people did, the newest last."))
    command(actions, "verify", _verify, "Whether every line is as it was written.")
    export = command(actions, "export", _export, "Write the log as CSV.")
    export.add_argument("file", type=Path, metavar="FILE")
    _add_search(export, limited=False)


def _add_search(parser: argparse.ArgumentParser, *, limited: bool = True) -> None:
    parser.add_argument("--person", metavar="NAME", help="what this person did")
    parser.add_argument(
        "--did", metavar="WORDS", help='what was done, such as "Started a training"'
    )
    parser.add_argument("--project", metavar="NAME", help="in this project")
    parser.add_argument("--since", type=_moment, metavar="DATE", help="2026-01-31, or with a time")
    parser.add_argument("--until", type=_moment, metavar="DATE", help="before this moment")
    parser.add_argument("--text", metavar="TEXT", help="stands somewhere in the line")
    if limited:
        parser.add_argument("--limit", type=int, default=_LINES, metavar="N")


def _moment(text: str) -> dt.datetime:
    """In the zone of this machine, unless it says another."""
    return dt.datetime.fromisoformat(text).astimezone()


def _wanted(options: argparse.Namespace) -> Wanted:
    store = open_store()
    person_id = None
    if options.person:
        named = {name.lower(): number for number, name in log.people(store).items()}
        if (person_id := named.get(options.person.lower())) is None:
            raise WorkbenchError(
                f"The log has nobody called '{options.person}': `audit list` shows who it has."
            )
    if options.did and options.did not in log.sayings():
        near = [one for one in log.sayings() if options.did.lower() in one.lower()]
        raise WorkbenchError(
            f"Nothing is called '{options.did}' in the log: "
            + (f"try '{near[0]}'." if near else "`--text` looks for a part of it.")
        )
    project_id = projects.project_named(store, options.project) if options.project else None
    return Wanted(
        person_id=person_id,
        said=options.did,
        project_id=project_id,
        since=options.since,
        until=options.until,
        text=options.text,
    )


def _list(options: argparse.Namespace) -> int:
    store, wanted = open_store(), _wanted(options)
    found = log.look(store, wanted, options.limit)
    shown = list(reversed(found.lines))
    lines = [_said(line) for line in shown] or ["The log has no such line."]
    if found.count > len(shown):
        lines.append(f"The newest {len(shown):,} of {found.count:,}; --limit shows more.")
    value = {"count": found.count, "lines": [line.as_dict() for line in shown]}
    emit(options, value, "\n".join(lines))
    return 0


def _said(line: Line) -> str:
    where = f" from {line.address}" if line.address else ""
    about = f": {line.about}" if line.about else ""
    return (
        f"{line.number:>7}  {line.at.astimezone():%Y-%m-%d %H:%M:%S}  "
        f"{line.person or 'somebody'}{where}: {line.did}{about}"
    )


def _verify(options: argparse.Namespace) -> int:
    store = open_store()
    found = log.check(store, _Told())
    if found.is_sound:
        text = f"All of {plural(found.lines, 'line')} fit. {found.note}".strip()
    else:
        text = f"The log is not as it was written. {found.why}"
    value = {"lines": found.lines, "wrong": found.wrong, "why": found.why, "note": found.note}
    emit(options, {"sound": found.is_sound, **value}, text)
    return 0 if found.is_sound else 1


class _Told:
    """Says on a terminal how far the check is, at every tenth."""

    def __init__(self) -> None:
        self._tenth = 0

    def __call__(self, done: int, total: int) -> None:
        if (tenth := 10 * done // total) > self._tenth and done < total:
            self._tenth = tenth
            print(f"{10 * tenth} % of {total:,} lines", file=sys.stderr, flush=True)


def _export(options: argparse.Namespace) -> int:
    store, wanted = open_store(), _wanted(options)
    with options.file.open("w", encoding="utf-8-sig", newline="") as out:
        count = log.export(store, wanted, out)
    text = f"{plural(count, 'line')} are in {options.file}."
    emit(options, {"lines": count, "file": str(options.file)}, text)
    return 0
