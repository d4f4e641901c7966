"""`release`, `must-pass`: which version is live, and what it has to get right before that."""

import argparse
import getpass
import sys
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.evaluation import evaluations
from workbench.evaluation.release import asking, must_pass, releases
from workbench.evaluation.release.releases import GateRefused, ReleaseInfo
from workbench.projects import projects
from workbench.training import runs

REFUSED = 2


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    release = command(
        commands, "release", _release, "Make a run live if the gate lets it, or tell what is live."
    )
    what = release.add_mutually_exclusive_group(required=True)
    what.add_argument("--run", type=int, metavar="ID", help="make this run live")
    what.add_argument("--project", metavar="NAME", help="what is live there, and was")
    release.add_argument(
        "--rung",
        default="",
        metavar="NAME",
        help="what answers in its model's place: baseline, nearest",
    )
    release.add_argument("--approver", default="", metavar="NAME", help="without: your login name")
    release.add_argument("--note", default="", metavar="TEXT", help="why; kept")
    release.add_argument(
        "--force", action="store_true", help="also against the gate; needs --reason"
    )
    release.add_argument("--reason", default="", metavar="TEXT", help="why against the gate; kept")
    release.add_argument("--back", action="store_true", help="with --project: the one before again")
    release.add_argument("--off", action="store_true", help="with --project: nothing live any more")
    examples = command(
        commands, "must-pass", _must_pass, "What a version must get right before it goes live."
    )
    examples.add_argument("--run", type=int, required=True, metavar="ID")
    examples.add_argument("--add", metavar="QUESTION", help="a new example; needs --expect")
    examples.add_argument("--row", type=int, metavar="ROW", help="a row of its exam as an example")
    examples.add_argument("--expect", default="", metavar="ANSWER")
    examples.add_argument("--rule", default="", help=", ".join(must_pass.RULES))
    examples.add_argument("--remove", type=int, metavar="EXAMPLE")
    examples.add_argument(
        "--ask", action="store_true", help="ask the run what it has not been asked"
    )


def _release(options: argparse.Namespace) -> int:
    if options.force != bool(options.reason.strip()):
        raise WorkbenchError("--force and --reason go together: say why, in a sentence.")
    if options.project is None and (options.back or options.off):
        raise WorkbenchError("--back and --off go with --project NAME.")
    if options.project is not None:
        return _project(open_store(), options)
    return _run(working_store(), options)


def _run(store: Store, options: argparse.Namespace) -> int:
    if (job_id := asking.start(store, options.run, options.rung)) is not None:
        finished(store, job_id)
    try:
        made = releases.make_live(
            store,
            options.run,
            approver=options.approver or _login(),
            note=options.note,
            reason=options.reason if options.force else "",
            rung=options.rung,
        )
    except GateRefused as refused:
        if options.json:
            value = {"released": False, "run_id": options.run, "gate": refused.gate.as_dict()}
            emit(options, value, "")
        print(f"{refused} (--force --reason TEXT)", file=sys.stderr)
        return REFUSED
    value = {"released": True, **made.as_dict()}
    lines = [f"'{made.run_name}' is live, approved by {made.approver}."]
    lines += [f"  {check['title']}: {check['sentence']}" for check in made.gate["checks"]]
    emit(options, value, "\n".join(lines))
    return 0


def _project(store: Store, options: argparse.Namespace) -> int:
    project_id = projects.project_named(store, options.project)
    if options.back:
        releases.go_back(
            store, project_id, approver=options.approver or _login(), note=options.note
        )
    if options.off:
        releases.take_off(store, project_id)
    found = releases.history(store, project_id)
    present = next((one for one in found if one.is_live), None)
    value = {
        "live": present.as_dict() if present else None,
        "history": [one.as_dict() for one in found],
    }
    emit(options, value, "\n".join(map(_line, found)) or "Nothing has been live yet.")
    return 0


def _line(release: ReleaseInfo) -> str:
    until = "now" if release.ended_at is None else f"{release.ended_at:%Y-%m-%d %H:%M}"
    why = f": {release.note}" if release.note else ""
    forced = f" (against the gate: {release.overruled})" if release.overruled else ""
    return (
        f"{release.released_at:%Y-%m-%d %H:%M} to {until}  {release.run_name}, approved by "
        f"{release.approver}{why}{forced}"
    )


def _must_pass(options: argparse.Namespace) -> int:
    store = working_store() if options.ask else open_store()
    if options.add is not None:
        must_pass.add(store, options.run, options.add, options.expect, options.rule)
    if options.row is not None:
        must_pass.add_exam_row(
            store, _exam(store, options.run), options.row, options.expect, options.rule
        )
    if options.remove is not None:
        project_id = runs.get_run(store, options.run).project_id
        must_pass.remove(store, project_id, options.remove)
    if options.ask and (job_id := asking.start(store, options.run)) is not None:
        finished(store, job_id)
    found: list[dict[str, Any]] = [
        {
            "id": result.example.id,
            "question": result.example.question,
            "expected": result.example.expected,
            "rule": result.example.rule,
            "answer": result.answer,
            "passed": result.passed,
        }
        for result in asking.results(store, options.run)
    ]
    words = {True: "right", False: "WRONG", None: "not asked"}
    lines = [f"{one['id']}  {words[one['passed']]}  {one['question']}" for one in found]
    emit(options, {"must_pass": found}, "\n".join(lines) or "There are no must-pass examples.")
    return 0


def _exam(store: Store, run_id: int) -> int:
    for info in evaluations.list_evaluations(store, run_id):
        if info.is_exam:
            return info.id
    raise WorkbenchError(f"Run {run_id} has not taken its exam: score it first (evaluate).")


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return ""
