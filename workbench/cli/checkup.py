"""`checkup` and `mend`: what is wrong with a dataset, and the fix of one finding."""

import argparse
from typing import Any

from storage.database import Store
from workbench.cli.data import version_of
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.data import checkups
from workbench.data.checkup import record
from workbench.data.checkup.finding import Finding
from workbench.data.checkups import Fix
from workbench.data.versions import VersionInfo
from workbench.jobs.job import JobView


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "checkup", _checkup, "Look through a dataset for what harms it.")
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--version", type=int, metavar="N", help="the newest without")
    parser = command(commands, "mend", _mend, "Make the next version by the fix of a finding.")
    parser.add_argument("--dataset", type=int, required=True, metavar="ID")
    parser.add_argument("--finding", required=True, metavar="KIND", help="as checkup names it")
    parser.add_argument(
        "--fix",
        choices=(record.CHANGE, record.REMOVE),
        required=True,
        help="write the texts anew, or take the rows out",
    )


def _checkup(options: argparse.Namespace) -> int:
    store = working_store()
    version = version_of(store, options.dataset, options.version)
    checkup = checkups.read(store, _looked_through(store, version).id)
    findings = [_plain(finding) for finding in checkup.findings]
    value = {
        "dataset_id": version.dataset_id,
        "version": version.number,
        "rows": version.rows,
        "score": checkup.score,
        "findings": findings,
        "curve": checkup.facts.get("curve"),
        "notes": checkup.facts.get("notes", []),
    }
    lines = [f"{checkup.score} of 100.", *value["notes"]]
    lines += [f"{finding.kind}: {finding.title}. {finding.text}" for finding in checkup.findings]
    emit(options, value, "\n".join(lines))
    return 0


def _plain(finding: Finding) -> dict[str, Any]:
    fixes = {record.CHANGE: finding.change, record.REMOVE: finding.remove}
    return {
        "kind": finding.kind,
        "title": finding.title,
        "text": finding.text,
        "effect": finding.effect,
        "harm": round(finding.harm, 4),
        "rows": finding.rows,
        "fixes": {name: words for name, words in fixes.items() if words},
    }


def _mend(options: argparse.Namespace) -> int:
    store = working_store()
    version = version_of(store, options.dataset, None)
    job = _looked_through(store, version)
    found = {finding.kind: finding for finding in checkups.read(store, job.id).findings}
    finding = found.get(options.finding)
    if finding is None or not _plain(finding)["fixes"].get(options.fix):
        fixes = {kind: _plain(each)["fixes"] for kind, each in found.items() if each.ticked}
        offered = [f"{kind} ({', '.join(names)})" for kind, names in fixes.items() if names]
        raise WorkbenchError(
            f"There is no fix '{options.fix}' for '{options.finding}' in version "
            f"{version.number}: what can be mended is {', '.join(offered) or 'nothing'}."
        )
    if not finding.ticked:
        raise WorkbenchError(
            f"Of the rows of '{options.finding}' many may be right: choose under Check up and mend, on "
            "the Data page, which of them to change."
        )
    made = checkups.apply(store, Fix(version.id, job.id, finding, options.fix))
    if isinstance(made, JobView):
        _succeeded(finished(store, made.id))
        made = version_of(store, options.dataset, None)
    value = {"dataset_id": made.dataset_id, "version": made.number, "rows": made.rows}
    emit(options, value, f"Version {made.number} has {plural(made.rows, 'example')}.")
    return 0


def _looked_through(store: Store, version: VersionInfo) -> JobView:
    """A checkup of the version that has succeeded; a former one will do."""
    job = checkups.newest(store, version)
    if job is None or (job.is_over and job.status != "succeeded"):
        job = checkups.start(store, version.id)
    return _succeeded(job if job.is_over else finished(store, job.id))


def _succeeded(job: JobView) -> JobView:
    if job.status != "succeeded":
        raise WorkbenchError(job.reason or f"The {job.title} was stopped.")
    return job
