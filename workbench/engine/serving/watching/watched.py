"""Sees every request to its end: counts it, logs it, and books the tokens of its key."""

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.engine.serving.access.limits import Spent
from workbench.engine.serving.errors import MOST_SHOWN
from workbench.engine.serving.watching.metrics import Metrics
from workbench.engine.serving.watching.record import LEFT, Record, record_of
from workbench.engine.serving.watching.request_log import RequestLog
from workbench.jobs.process.serve_files import LoggedRequest

_WATCHED = "/v1/"
_FAILED = 500


class Watched:
    """ASGI middleware around whatever may refuse or answer a request to /v1."""

    def __init__(self, app: ASGIApp, metrics: Metrics, log: RequestLog, spent: Spent) -> None:
        self._app, self._metrics, self._log, self._spent = app, metrics, log, spent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_WATCHED):
            await self._app(scope, receive, send)
            return
        record, begun, came = record_of(scope), time.monotonic(), dt.datetime.now(dt.UTC)
        status = _FAILED

        async def noticed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        self._metrics.begin()
        try:
            await self._app(scope, receive, noticed)
        finally:
            status = LEFT if record.left else status
            self._end(scope, record, came, time.monotonic() - begun, status)

    def _end(
        self,
        scope: Mapping[str, Any],
        record: Record,
        came: dt.datetime,
        seconds: float,
        status: int,
    ) -> None:
        route, read, written = scope["path"], record.tokens_read, record.tokens_written
        self._metrics.end(route, record.answered_by, status, seconds, read, written)
        if record.caller.key_id is not None:
            self._spent.add_tokens(record.caller.key_id, read + written)
        if scope["method"] == "POST":  # who only looks what there is leaves no line
            line = _line(record, route, came, seconds, status)
            self._log.add(line, record.question, record.answers)


def _line(
    record: Record, route: str, came: dt.datetime, seconds: float, status: int
) -> LoggedRequest:
    return LoggedRequest(
        at=came.isoformat(timespec="milliseconds"),
        key_id=record.caller.key_id,
        key=record.caller.name,
        route=route[:MOST_SHOWN],
        model=record.model[:MOST_SHOWN],
        answered_by=record.answered_by,
        status=status,
        tokens_read=record.tokens_read,
        tokens_written=record.tokens_written,
        seconds=round(seconds, 3),
    )
