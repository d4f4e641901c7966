"""How answers leave: piece by piece or whole, and never computed for nobody."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from workbench.engine.serving.api.answers import Answers
from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.responses import ResponseFormat, sse
from workbench.jobs.process.stop import Check

T = TypeVar("T")


class AnswerStream(StreamingResponse):
    """Server-sent events of answers; whatever ends the response also ends the computing."""

    def __init__(self, answers: Answers, shape: ResponseFormat) -> None:
        super().__init__(
            _events(answers, shape),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache"},
        )
        self._answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answers.end()


async def streamed(answers: Answers, shape: ResponseFormat) -> Response:
    """The answers as they grow; an error that is known before the first token has its status.

    Raises:
        ApiError: the model cannot be loaded or the question is too long.
    """
    await answers.start()
    return AnswerStream(answers, shape)


async def whole(request: Request, answers: Answers, shape: ResponseFormat) -> Response:
    """The answers once they are complete; given up when the caller goes away.

    Raises:
        ApiError: the model failed.
    """
    watcher = asyncio.create_task(_when_left(request, answers.leave))
    try:
        await answers.start()
        async for _piece in answers.pieces():
            pass
        written = [await answers.written(index) for index in range(len(answers))]
    finally:
        watcher.cancel()
        answers.end()
    return JSONResponse(shape.whole(written, answers.usage))


async def unless_left(request: Request, work: Callable[[Check], T]) -> T:
    """What `work` gives, done in a thread; the check that it gets raises once the caller has left.

    Raises:
        ApiError: the work failed, or nobody waits for it any more.
    """
    left = threading.Event()

    def check() -> None:
        if left.is_set():
            raise ApiError(499, "Whoever asked has left, so the answer was given up.")

    watcher = asyncio.create_task(_when_left(request, left.set))
    try:
        return await run_in_threadpool(work, check)
    finally:
        watcher.cancel()


def told(events: Sequence[str]) -> Response:
    """A stream whose events are all known already."""
    return Response("".join(events), media_type="text/event-stream")


async def _events(answers: Answers, shape: ResponseFormat) -> AsyncIterator[str]:
    try:
        for index in range(len(answers)):
            for event in shape.opening(index):
                yield event
        async for index, piece in answers.pieces():
            if piece.finish_reason is None:
                yield shape.piece(piece, index)
            else:
                yield shape.closing(piece, index)
        for event in shape.end(answers.usage):
            yield event
    except ApiError as error:
        yield sse(error.body())


async def _when_left(request: Request, give_up: Callable[[], None]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    give_up()
