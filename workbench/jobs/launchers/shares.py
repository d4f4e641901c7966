"""A prediction shared out to several machines: who answers which rows, and what came home of it.

JOB/shares/plan.json     of which attempt, and how many shares there are; written last
JOB/shares/0/ …          for each of them a folder like a job's: spec.json, events, log.txt, parts, result.json
"""

import contextlib
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core.words import count
from workbench.jobs.kinds import kind_named
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.job_dir import (
    EventWriter,
    JobDir,
    read_events,
    read_json,
    read_spec,
    write_json,
    write_result,
)
from workbench.jobs.process.parts import (
    answered,
    link,
    parts_in,
    rows_in,
    span_of,
    stopped,
    whole_parts,
)
from workbench.jobs.process.remote.layout import SHARES
from workbench.jobs.process.specs import PredictSpec, Share

PLAN = "plan.json"


@dataclass(frozen=True)
class Plan(Contract):
    """How one attempt at a prediction is shared out."""

    attempt: int
    shares: int
    rows: int
    """Of the table; some of them may turn out to ask nothing."""
    before: int
    """Answered by earlier attempts."""


def plan_in(job: JobDir) -> Plan | None:
    """How the last attempt was shared out; None if it was not."""
    told = read_json(job.path / SHARES / PLAN)
    return Plan.from_dict(told) if isinstance(told, dict) else None


def share_out(job: JobDir, machines: int) -> None:
    """Share a job out to so many machines at most, if it is one of very many rows.

    Whoever asks again for the same attempt changes nothing: its shares may be at work.
    """
    told = read_spec(job)
    attempt = int(told["attempt"])
    plan = plan_in(job)
    if plan is not None and plan.attempt == attempt:
        return
    shutil.rmtree(job.path / SHARES, ignore_errors=True)
    spec = kind_named(told["kind"]).spec.from_dict(told)
    if not isinstance(spec, PredictSpec) or not spec.share_rows:
        return
    rows = _rows_of(spec)
    if spec.former is not None:
        link(spec.former, job.path)
    done = whole_parts(job.path)
    before = rows_in(done)
    shares = min(machines, math.ceil((rows - before) / spec.share_rows))
    if shares < 2:
        return
    for number in range(shares):
        share = Share(number, shares, tuple(span_of(path)[0] for path in done))
        mine = share_of(job, number)
        mine.path.mkdir(parents=True)
        own = replace(spec, share=share, former=None).as_row()
        write_json(mine.spec, {**told, **own})
    write_json(job.path / SHARES / PLAN, Plan(attempt, shares, rows, before).as_dict())


def share_of(job: JobDir, number: int) -> JobDir:
    """The folder of a share."""
    return JobDir(job.path / SHARES / str(number))


def _rows_of(spec: PredictSpec) -> int:
    """Rows of the table; 0 where it is damaged, as the job itself will tell."""
    try:
        rows = int(pq.read_metadata(spec.data).num_rows)
    except (pa.ArrowException, OSError):
        return 0
    return rows if spec.most is None else min(rows, spec.most)


class Home:
    """What the shares of a job have brought home."""

    def __init__(self, job: JobDir, plan: Plan) -> None:
        self._job, self._plan = job, plan
        self._shares = [share_of(job, number) for number in range(plan.shares)]
        self._cursors = [(1, 0)] * plan.shares
        self._progress: dict[int, dict[str, Any]] = {}
        self._events = EventWriter(job, plan.attempt)
        self._has_begun = False

    def take(self) -> None:
        """Put the parts that came among the job's own, and pass on how far all of them are."""
        for share in self._shares:
            link(share.path, self._job.path)
        came = [self._read(number) for number in range(len(self._shares))]
        if not any(came):
            return
        self._events.write("alive")
        if self._progress and not self._has_begun:
            where = f"{count(self._plan.rows)} rows on {self._plan.shares} machines"
            self._events.write("phase", name="evaluating", message=f"Answering {where}")
            self._has_begun = True
        if self._progress:
            self._events.write("progress", **self._how_far())

    def leave(self) -> None:
        """Tell nothing more."""
        self._events.close()

    def close(self) -> None:
        """All shares have ended: the job's log takes in theirs, and what is here twice goes."""
        self._events.close()
        with self._job.log.open("ab") as log:
            for number, share in enumerate(self._shares):
                log.write(f"\nMachine {number + 1} of {len(self._shares)}:\n".encode())
                with contextlib.suppress(FileNotFoundError):
                    log.write(share.log.read_bytes())
                for path in share.path.rglob("*.parquet"):
                    path.unlink()

    def result(self, *, is_cancelled: bool) -> bool:
        """Write the job's result, if what came makes one; whether it does.

        What is wrong with one share (its model, its rows) would be wrong with all of them.
        """
        results = list(self._results())
        failed = next((one for one in results if one.get("status") == "failed"), None)
        if failed is not None:
            write_result(self._job, failed)
            return True
        of = next((int(one["of"]) for one in results if "of" in one), self._plan.rows)
        parts = parts_in(self._job.path)
        if parts and rows_in(parts) == of:
            told = {"status": "succeeded", "reason": "", **answered(self._job, parts, of)}
        elif parts and is_cancelled:
            told = stopped(self._job, parts, of)
        else:
            return False
        memory = max([int(one.get("peak_memory_mb") or 0) for one in results] or [0])
        own = {"attempt": self._plan.attempt, "peak_memory_mb": memory}
        write_result(self._job, {**own, **told})
        return True

    @property
    def has_more(self) -> bool:
        """Whether this attempt has answered anything."""
        return rows_in(whole_parts(self._job.path)) > self._plan.before

    def _results(self) -> Iterator[dict[str, Any]]:
        for share in self._shares:
            told = read_json(share.result)
            if isinstance(told, dict) and told.get("attempt") == self._plan.attempt:
                yield told

    def _read(self, number: int) -> bool:
        """Whether a share has told anything new."""
        events, *cursor = read_events(self._shares[number], *self._cursors[number])
        self._cursors[number] = (cursor[0], cursor[1])
        for event in events:
            if event["type"] == "progress":
                self._progress[number] = event
        return bool(events)

    def _how_far(self) -> dict[str, Any]:
        told = self._progress.values()
        rows = self._plan.rows
        if len(self._progress) == self._plan.shares:  # rows without a question are known of then
            rows = self._plan.before + sum(int(one["total_steps"]) for one in told)
        left = [float(one["seconds_left"]) for one in told if "seconds_left" in one]
        done = self._plan.before + sum(int(one["step"]) for one in told)
        longest = {"seconds_left": max(left)} if len(left) == self._plan.shares else {}
        return {"step": min(done, rows), "total_steps": rows, **longest}
