"""`office-hours` and `limits`: when trainings stand still, and what a person may take up."""

import argparse
import datetime as dt
from typing import Any

from storage.schema import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.hours.office_hours import WEEKDAYS, WORKDAYS, OfficeHours
from workbench.core.words import plural
from workbench.jobs import limits, office
from workbench.jobs.limits import Limits

_SHORT = {day[:3].lower(): number for number, day in enumerate(WEEKDAYS)}


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    hours = command(commands, "office-hours", _hours, "When trainings stand still: show or set it.")
    hours.add_argument("--from", dest="begins", type=dt.time.fromisoformat, metavar="08:00")
    hours.add_argument("--to", dest="ends", type=dt.time.fromisoformat, metavar="18:00")
    hours.add_argument("--days", metavar="mon,tue", help="without: Monday to Friday")
    hours.add_argument("--off", action="store_true", help="let trainings run at any time")
    what = command(commands, "limits", _limits, "What everybody may take up: show or set it.")
    what.add_argument("--jobs", type=int, metavar="N", help="that wait or run; 0 for no limit")
    what.add_argument("--disk-mb", type=int, metavar="N", help="of their jobs; 0 for no limit")


def _hours(options: argparse.Namespace) -> int:
    store = open_store()
    if options.off:
        office.change(store, None)
    elif options.begins or options.ends:
        if not options.begins or not options.ends:
            raise WorkbenchError("Office hours have a beginning and an end: say --from and --to.")
        office.change(store, OfficeHours(options.begins, options.ends, _days(options.days)))
    found = office.hours(store)
    said = f"Trainings stand still from {found.words}." if found else "Trainings run at any time."
    emit(options, {"office_hours": found.as_dict() if found else None}, said)
    return 0


def _days(text: str | None) -> frozenset[int]:
    if text is None:
        return WORKDAYS
    names = [name.strip().lower()[:3] for name in text.split(",")]
    if unknown := [name for name in names if name not in _SHORT]:
        raise WorkbenchError(f"'{unknown[0]}' is no day: write them as {','.join(_SHORT)}.")
    return frozenset(_SHORT[name] for name in names)


def _limits(options: argparse.Namespace) -> int:
    store = open_store()
    found = limits.of_everybody(store)
    if options.jobs is not None or options.disk_mb is not None:
        jobs = found.jobs if options.jobs is None else options.jobs or None
        disk = found.disk_mb if options.disk_mb is None else options.disk_mb or None
        found = Limits(jobs, disk)
        limits.set_for_everybody(store, found)
    said = [
        plural(found.jobs, "job") + " at a time" if found.jobs else "any number of jobs",
        f"{found.disk_mb:,} MB of disk" if found.disk_mb else "any disk space",
    ]
    value = {"jobs": found.jobs, "disk_mb": found.disk_mb}
    emit(options, {"limits": value}, f"A person may take up {' and '.join(said)}.")
    return 0
