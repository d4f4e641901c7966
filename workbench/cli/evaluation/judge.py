"""`judge`: a language model says which answers are better, the trained model's or another's."""

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.evaluation.judge import address, rubric
from workbench.evaluation.judged import judgements, pairs, plan, setup
from workbench.evaluation.judged.judgement import Judgement
from workbench.evaluation.judged.plan import Plan
from workbench.evaluation.judged.setup import Judge
from workbench.jobs.process.specs import JudgeSpec
from workbench.use import judge_here

_MOST_BYTES = 100_000


def add_commands(commands: Any) -> None:
    """Add the command of this module."""
    judge = command(
        commands,
        "judge",
        _judge,
        "Let a language model judge a run's exam answers against another's, each question twice with "
        "the places swapped.",
    )
    judge.add_argument("--run", type=int, metavar="ID")
    judge.add_argument(
        "--address",
        metavar="URL",
        help=f"of an OpenAI-compatible server, or '{setup.HERE}' for a model of this workbench; without: "
        "the one that is set up",
    )
    judge.add_argument("--model", metavar="NAME", help="the judge, as its server calls it")
    judge.add_argument(
        "--against",
        default="",
        metavar="WHO",
        help="base, examples, nearest, frequent, or an older run as run:3; without: the model before "
        "training, else the first there is",
    )
    judge.add_argument(
        "--rubric", type=Path, metavar="FILE", help="what a good answer is, in words"
    )
    judge.add_argument(
        "--repeat", type=int, default=1, metavar="K", help="times that each is asked"
    )
    judge.add_argument("--most", type=int, default=plan.MOST, metavar="N", help="questions at most")
    judge.add_argument("--max-tokens", type=int, default=JudgeSpec.max_tokens, help="of a reply")
    judge.add_argument("--timeout", type=float, default=JudgeSpec.timeout_s, help="seconds a reply")
    judge.add_argument(
        "--without-expected", action="store_true", help="the judge does not see expected answers"
    )
    judge.add_argument("--again", action="store_true", help="ask again what was asked before")
    judge.add_argument(
        "--yes", action="store_true", help="agree that the texts leave this computer"
    )
    keys = judge.add_mutually_exclusive_group()
    keys.add_argument(
        "--set-key",
        action="store_true",
        help="keep the key for --address, typed without being shown, or from stdin",
    )
    keys.add_argument("--forget-key", action="store_true", help="delete the key for --address")


def _judge(options: argparse.Namespace) -> int:
    if options.set_key or options.forget_key:
        return _key(options)
    if options.run is None:
        raise WorkbenchError("Say whose answers are judged: --run ID.")
    store = working_store()
    whom = _whom(store, options)
    planned = _planned(store, options, whom)
    found = None if options.again else judgements.done(store, planned)
    if found is None:
        found = _asked(store, options, planned)
    emit(options, {"run_id": options.run, **_value(found)}, _told(found))
    return 0


def _key(options: argparse.Namespace) -> int:
    store = open_store()
    whom = setup.kept(store)
    where = options.address or (whom.address if whom else "")
    if not where or where == setup.HERE:
        raise WorkbenchError("Say for which address: --address URL.")
    url = address.tidy(where)
    if options.forget_key:
        said = (
            "It is deleted." if setup.forget_key(store, url) else "None is kept for this address."
        )
    else:
        said = setup.keep_key(store, url, _typed())
    emit(options, {"address": url, "said": said}, said)
    return 0


def _typed() -> str:
    """A line of stdin; a terminal does not show it."""
    if sys.stdin.isatty():
        return getpass.getpass("Key: ")
    return sys.stdin.readline()


def _whom(store: Store, options: argparse.Namespace) -> Judge:
    kept = setup.kept(store)
    where = options.address or (kept.address if kept else "")
    model = options.model or (kept.model if kept and not options.address else "")
    if not where:
        raise WorkbenchError(
            "No judge is set up: name its --address and --model (of a server that speaks OpenAI's "
            f"format, or --address {setup.HERE} --model base:NAME), or set one up on the Settings page."
        )
    return setup.judge_at(where, model)


def _planned(store: Store, options: argparse.Namespace, whom: Judge) -> Plan:
    other = options.against or next(iter(_others(store, options.run)), "base")
    server = judge_here.ready(store, whom.model) if whom.is_here else None
    return plan.plan(
        store,
        options.run,
        server.url if server else whom.address,
        whom.model,
        other=pairs.other_named(store, options.run, other),
        rubric_text=_rubric(options.rubric),
        repeat=options.repeat,
        with_expected=not options.without_expected,
        most=options.most,
        max_tokens=options.max_tokens,
        timeout_s=options.timeout,
        key_file=server.key_file if server else None,
    )


def _others(store: Store, run_id: int) -> list[str]:
    """The model before training first: what it was before is what one asks."""
    return sorted(pairs.others(store, run_id), key=lambda name: name != "base")


def _rubric(path: Path | None) -> str:
    if path is None:
        return rubric.DEFAULT
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WorkbenchError(f"{path} is too large for a rubric: a few sentences will do.")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise WorkbenchError(f"{path} is no text in UTF-8: save it as such.") from error


def _asked(store: Store, options: argparse.Namespace, planned: Plan) -> Judgement:
    print(planned.sentence, file=sys.stderr, flush=True)
    job_id = judgements.start(store, planned, agreed=_agreed(options, planned))
    job = finished(store, job_id)
    found = next((one for one in judgements.judgements(store, options.run) if one.job.id == job_id), None)  # fmt: skip
    if found is None:
        raise WorkbenchError(f"The judging did not come to its end: {job.reason}")
    return found


def _agreed(options: argparse.Namespace, planned: Plan) -> bool:
    if options.yes or not planned.leaves:
        return bool(options.yes)
    if not sys.stdin.isatty():
        raise WorkbenchError("Nothing is sent before you agree: say --yes if that is right.")
    print("Send them? [y/N] ", end="", file=sys.stderr, flush=True)
    if input().strip().lower() not in ("y", "yes"):
        raise WorkbenchError("Nothing was sent.")
    return True


def _value(found: Judgement) -> dict[str, Any]:
    words = {1: "run", -1: "other", 0: "tie", None: "unclear"}
    verdicts = [{"row_id": row, "verdict": words[one]} for row, _, one in found.verdicts]
    return {**found.as_dict(), "verdicts": verdicts}


def _told(found: Judgement) -> str:
    counts = found.counts
    lines = [
        f"{found.title}: better in {counts.losses}, worse in {counts.wins}, no difference in "
        f"{counts.ties}, unclear in {counts.unclear} of {plural(len(found.verdicts), 'question')}.",
        f"{counts.swayed} of {counts.pairs_read} verdicts changed with the place of the answers; "
        f"{counts.unreadable} of {plural(counts.replies, 'reply', 'replies')} could not be read as a "
        f"verdict, {counts.refused} were refused.",
    ]
    lines.append(found.evidence if found.does_count else f"Not yet to be counted. {found.why_not}")
    return "\n".join(lines)
