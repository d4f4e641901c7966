"""The job that asks a judge: every question twice, its answers' places swapped; kept reply by reply."""

import asyncio
import contextlib
import json
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import httpx

from workbench.core.errors import WorkbenchError
from workbench.evaluation.judge import rubric
from workbench.evaluation.judge.address import host_of, is_here
from workbench.evaluation.judge.asking import Asker
from workbench.evaluation.judge.counting import count, verdicts
from workbench.evaluation.judge.replies import Asked, Replies, Reply
from workbench.evaluation.judge.rubric import Pair
from workbench.jobs.process import hub_token
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Handler, Result
from workbench.jobs.process.specs import JudgeSpec
from workbench.jobs.process.stop import Stop

AT_ONCE = 4
"""Requests on their way; the first goes alone, so that what is wrong is said after one."""
ALL_REFUSED = 3
"""When the first so many are refused, all will be."""
LOOK_S = 0.2
AGAIN_TEMPERATURE = 0.7
"""Of a judge that is asked more than once: at 0 it would only repeat itself."""


def judge(spec: JudgeSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Ask what is not answered yet.

    Returns:
        `counts` (`counting.Counts`), `verdicts` (a list of row_id, the pair's digest and 1, 0, -1 or
        None), `seconds`.

    Raises:
        Cancelled, Orphaned: it is to end; every reply so far is in its folder.
        WorkbenchError: the judge does not answer, or refuses everything.
    """
    begun = time.monotonic()
    work = _Work(spec, job, report, stop)
    report.phase("judging", "Asking the judge")
    asyncio.run(_unless_stopped(work.all(), stop))
    found = verdicts(work.replies.found, len(work.pairs), spec.repeat)
    return {
        "counts": count(work.replies.found, len(work.pairs), spec.repeat).as_dict(),
        "verdicts": [
            [pair.row_id, pair.digest, one] for pair, one in zip(work.pairs, found, strict=True)
        ],
        "seconds": round(time.monotonic() - begun, 1),
    }


HANDLERS = (Handler(JudgeSpec, judge),)


def read_pairs(path: Path) -> list[Pair]:
    """What is to be judged.

    Raises:
        WorkbenchError: it is not there, or damaged.
    """
    try:
        return [Pair.from_dict(one) for one in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise WorkbenchError(
            "The answers to be judged are not on the disk any more: start the judging again."
        ) from error


class _Work:
    """All requests of one job."""

    def __init__(self, spec: JudgeSpec, job: JobDir, report: Report, stop: Stop) -> None:
        self._spec = spec
        self.pairs = read_pairs(spec.data)
        self.replies = Replies(job.path, spec.former)
        self.replies.keep_former()
        self._wanted = [
            Asked(place, again, swapped)
            for again in range(spec.repeat)
            for place in range(len(self.pairs))
            for swapped in (False, True)
        ]
        self._meter = Meter(report, stop.check, done=self._share)
        self._asker = Asker(
            spec.url,
            spec.model,
            _key(spec),
            max_tokens=spec.max_tokens,
            temperature=AGAIN_TEMPERATURE if spec.repeat > 1 else 0.0,
            timeout_s=spec.timeout_s,
        )

    async def all(self) -> None:
        """Ask what is missing."""
        missing = [asked for asked in self._wanted if not self._is_answered(asked)]
        async with self._asker.client() as client:
            await self._some(client, iter(missing[:1]))
            left = iter(missing[1:])
            workers = [asyncio.create_task(self._some(client, left)) for _ in range(AT_ONCE)]
            try:
                await asyncio.gather(*workers)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)

    async def _some(self, client: httpx.AsyncClient, left: Iterator[Asked]) -> None:
        """Ask one after the other; several who do that share what is left."""
        for asked in left:
            pair = self.pairs[asked.place]
            messages = rubric.messages(self._spec.rubric, pair, swapped=asked.swapped)
            self.replies.keep(asked, await self._asker.ask(client, messages))
            self._check_taken()
            self._meter(self._share)

    def _is_answered(self, asked: Asked) -> bool:
        reply = self.replies.found.get(asked)
        return reply is not None and not reply.refused

    @property
    def _share(self) -> float:
        return len(self.replies.found) / max(1, len(self._wanted))

    def _check_taken(self) -> None:
        """A server that refuses one text may take the next; one that refuses all is told."""
        found: list[Reply] = [*self.replies.found.values()]
        if len(found) >= min(ALL_REFUSED, len(self._wanted)) and all(one.refused for one in found):
            raise WorkbenchError(
                f"{host_of(self._spec.url)} refuses what it is asked: “{found[-1].refused}”. Check the "
                "name of the model, and that it answers chats."
            )


async def _unless_stopped(work: Coroutine[Any, Any, None], stop: Stop) -> None:
    """Do it, and leave within moments when the job is to end, whatever is on its way."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=LOOK_S)
            stop.check()
        task.result()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task


def _key(spec: JudgeSpec) -> str:
    """The key that was handed over, or of our own model server the one in its file."""
    if spec.key_file is None:
        return hub_token.given()
    if not is_here(spec.url):
        raise WorkbenchError("The key of the model server here is sent to nobody else.")
    try:
        return spec.key_file.read_text("utf-8").strip()
    except OSError as error:
        raise WorkbenchError(
            "The key of the model server here cannot be read: start the judging again."
        ) from error
