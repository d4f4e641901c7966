"""What a key has used: requests of the last minute, tokens of the day."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from workbench.engine.serving.access.caller import NOBODY, Caller
from workbench.engine.serving.access.limits import Limited, Spent
from workbench.engine.serving.access.refusals import Refusals
from workbench.engine.serving.errors import ApiError

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.s = 0.0

    def monotonic(self) -> float:
        return self.s

    def now(self) -> dt.datetime:
        return NOON + dt.timedelta(seconds=self.s)


def spent(clock: Clock) -> Spent:
    return Spent(clock.monotonic, clock.now)


def refusal(used: Spent, caller: Caller) -> ApiError | None:
    try:
        used.check(caller)
    except ApiError as error:
        return error
    return None


def test_requests_count_for_a_minute_each() -> None:
    clock, caller = Clock(), Caller("a", 1, requests_a_minute=2)
    used = spent(clock)
    assert refusal(used, caller) is None
    clock.s = 30
    assert refusal(used, caller) is None
    refused = refusal(used, caller)
    assert refused is not None
    assert (refused.status, refused.kind, refused.retry_after_s) == (429, "requests", 30)
    clock.s = 60
    assert refusal(used, caller) is None
    assert refusal(used, caller) is not None
    assert refusal(used, Caller("b", 2, requests_a_minute=2)) is None


def test_tokens_count_until_midnight() -> None:
    clock, caller = Clock(), Caller("a", 1, tokens_a_day=100)
    used = spent(clock)
    used.add_tokens(1, 60)
    used.add_tokens(1, 500, on=dt.date(2026, 2, 28))
    assert refusal(used, caller) is None
    used.add_tokens(1, 40, on=NOON.date())
    refused = refusal(used, caller)
    assert refused is not None
    assert (refused.status, refused.kind, refused.retry_after_s) == (429, "tokens", 12 * 3600)
    clock.s = 12 * 3600
    assert refusal(used, caller) is None


def test_tokens_count_until_the_month_ends_and_outlive_the_server(tmp_path: Path) -> None:
    clock, caller = Clock(), Caller("a", 1, tokens_a_month=100)
    used = Spent(clock.monotonic, clock.now, tmp_path / "months.json")
    used.add_tokens(1, 60)
    used.add_tokens(1, 500, on=NOON.date())  # of the log, and counted when it was used
    assert refusal(used, caller) is None
    clock.s = 3 * 24 * 3600
    again = Spent(clock.monotonic, clock.now, tmp_path / "months.json")
    again.add_tokens(1, 40)
    refused = refusal(again, caller)
    assert refused is not None
    assert (refused.status, refused.kind) == (429, "tokens")
    assert "its 100 tokens of this month" in str(refused)
    assert refused.retry_after_s == 27.5 * 24 * 3600
    assert refusal(again, Caller("b", 2, tokens_a_month=100)) is None
    clock.s += 27.5 * 24 * 3600
    assert refusal(again, caller) is None


def test_a_count_that_cannot_be_read_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "months.json"
    path.write_text('{"month": "2026-03", "tokens": {"a": 1}}')
    used = Spent(Clock().monotonic, Clock().now, path)
    used.add_tokens(1, 5)
    assert refusal(used, Caller("a", 1, tokens_a_month=6)) is None
    assert '"1": 5' in path.read_text()


def test_without_a_key_or_a_limit_nothing_is_refused() -> None:
    used = spent(Clock())
    used.add_tokens(1, 10**9)
    for _ in range(500):
        assert refusal(used, Caller("a", 1)) is None
        assert refusal(used, NOBODY) is None


def test_more_at_once_than_the_server_takes_on_are_told_to_come_again() -> None:
    async def both() -> list[int]:
        first_is_in, done = asyncio.Event(), asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            first_is_in.set()
            await done.wait()
            await send({"type": "http.response.start", "status": 200})

        limited, statuses = Limited(app, Spent(), Refusals(), most_at_once=1), []

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                names = [name for name, _ in message.get("headers", [])]
                assert (b"retry-after" in names) == (message["status"] == 503)

        async def receive() -> Message:
            return {"type": "http.request"}

        def ask() -> "asyncio.Task[None]":
            scope = {"type": "http", "method": "POST", "path": "/v1/classify"}
            return asyncio.create_task(limited(scope, receive, send))  # type: ignore[arg-type]

        first = ask()
        await first_is_in.wait()
        await ask()
        done.set()
        await first
        await ask()
        return statuses

    assert asyncio.run(both()) == [503, 200, 200]


@pytest.mark.parametrize("limit", [1, 3])
def test_a_limit_that_is_changed_counts_for_what_was_asked_before(limit: int) -> None:
    used = spent(Clock())
    for _ in range(3):
        used.check(Caller("a", 1, requests_a_minute=3))
    assert refusal(used, Caller("a", 1, requests_a_minute=limit)) is not None
    assert refusal(used, Caller("a", 1, requests_a_minute=4)) is None
