"""Limits: requests a minute, tokens a day and a month of each key, and how much the server takes on at all."""

import datetime as dt
import time
from collections import defaultdict, deque
from collections.abc import Callable
from pathlib import Path

from starlette.types import ASGIApp, Receive, Scope, Send

from workbench.engine.serving.access.caller import Caller
from workbench.engine.serving.access.key_required import address_in
from workbench.engine.serving.access.months import Months
from workbench.engine.serving.access.refusals import OVER_LIMIT, Refusals, of_known
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.watching.record import record_of

MOST_AT_ONCE = 256
"""Requests under way; more are told to come again."""
MINUTE_S = 60.0


class Spent:
    """What each key has used: requests of the last minute, tokens of this day and month (UTC).

    A request that has begun is finished, so the last one of a day may go beyond the limit.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        kept: Path | None = None,
    ) -> None:
        """`kept` is where the tokens of the month are."""
        self._months = Months(kept, now)
        self._clock, self._now = clock, now
        self._requests: dict[int, deque[float]] = defaultdict(deque)
        self._day = now().date()
        self._tokens: dict[int, int] = defaultdict(int)

    def add_tokens(self, key_id: int, tokens: int, on: dt.date | None = None) -> None:
        """Tokens that a key uses now, or was logged to have used `on` a day."""
        if on is None:
            self._months.add(key_id, tokens)
        self._turn_day()
        if on in (None, self._day):
            self._tokens[key_id] += tokens

    def check(self, caller: Caller) -> None:
        """Count a request of the caller, if it may have it.

        Raises:
            ApiError: 429, with the time after which to try again.
        """
        if caller.key_id is None:
            return
        self._check_month(caller.key_id, caller)
        self._check_tokens(caller.key_id, caller)
        self._check_requests(caller.key_id, caller)

    def _check_month(self, key_id: int, caller: Caller) -> None:
        limit = caller.tokens_a_month
        if limit is not None and self._months.used(key_id) >= limit:
            raise _refusal(
                f"The key '{caller.name}' has used its {limit:,} tokens of this month (UTC): ask again "
                "next month, or allow it more.",
                "tokens",
                self._months.until_next_s(),
            )

    def _check_tokens(self, key_id: int, caller: Caller) -> None:
        self._turn_day()
        limit = caller.tokens_a_day
        if limit is None or self._tokens[key_id] < limit:
            return
        now = self._now()
        tomorrow = dt.datetime.combine(now.date() + dt.timedelta(days=1), dt.time(), now.tzinfo)
        raise _refusal(
            f"The key '{caller.name}' has used its {limit:,} tokens of this day (UTC): ask again "
            "tomorrow, or allow it more.",
            "tokens",
            (tomorrow - now).total_seconds(),
        )

    def _check_requests(self, key_id: int, caller: Caller) -> None:
        limit = caller.requests_a_minute
        if limit is None:
            return
        asked, now = self._requests[key_id], self._clock()
        while asked and now - asked[0] >= MINUTE_S:
            asked.popleft()
        if len(asked) >= limit:
            raise _refusal(
                f"The key '{caller.name}' allows {limit:,} requests a minute: ask again soon.",
                "requests",
                MINUTE_S - (now - asked[0]),
            )
        asked.append(now)

    def _turn_day(self) -> None:
        if (today := self._now().date()) != self._day:
            self._day = today
            self._tokens.clear()


class Limited:
    """ASGI middleware that answers 429 and 503 where a limit is reached."""

    def __init__(
        self, app: ASGIApp, spent: Spent, refusals: Refusals, most_at_once: int = MOST_AT_ONCE
    ) -> None:
        self._app, self._spent, self._most = app, spent, most_at_once
        self._refusals = refusals
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        try:
            self._check(record_of(scope).caller)
        except ApiError as error:
            if error.status == 429:
                caller = record_of(scope).caller
                self._refusals.note(of_known(OVER_LIMIT, caller, address_in(scope)))
            await error.response()(scope, receive, send)
            return
        self._under_way += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._under_way -= 1

    def _check(self, caller: Caller) -> None:
        if self._under_way >= self._most:
            raise ApiError(
                503,
                f"The server is busy with {self._most} requests: ask again in a moment.",
                code="overloaded",
                retry_after_s=2,
            )
        self._spent.check(caller)


def _refusal(sentence: str, kind: str, retry_after_s: float) -> ApiError:
    return ApiError(
        429, sentence, code="rate_limit_exceeded", kind=kind, retry_after_s=retry_after_s
    )
