"""How an answer leaves: piece by piece or whole, and never computed for nobody."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from workbench.engine.serving.errors import ApiError
from workbench.engine.serving.generation import Generation
from workbench.engine.serving.responses import ResponseFormat, sse
from workbench.jobs.process.stop import Check

T = TypeVar("T")


class AnswerStream(StreamingResponse):
    """Server-sent events of one answer; whatever ends the response also ends the computing."""

    def __init__(self, generation: Generation, shape: ResponseFormat) -> None:
        super().__init__(
            _events(generation, shape),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-cache"},
        )
        self._generation = generation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._generation.cancel()


async def streamed(generation: Generation, shape: ResponseFormat) -> Response:
    """The answer as it grows; an error that is known before the first token has its status.

    Raises:
        ApiError: the model cannot be loaded or the question is too long.
    """
    await generation.start()
    return AnswerStream(generation, shape)


async def whole(request: Request, generation: Generation, shape: ResponseFormat) -> Response:
    """The answer once it is complete; given up when the caller goes away.

    Raises:
        ApiError: the model failed.
    """
    watcher = asyncio.create_task(_when_left(request, generation.cancel))
    try:
        await generation.start()
        text = "".join([piece async for piece in generation])
    finally:
        watcher.cancel()
        generation.cancel()
    invented = await run_in_threadpool(generation.invented, text)
    return JSONResponse(shape.whole(text, generation.finish_reason, generation.usage, invented))


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


def told(events: Iterable[str]) -> Response:
    """A stream whose events are all known already."""
    return Response("".join(events), media_type="text/event-stream")


async def _events(generation: Generation, shape: ResponseFormat) -> AsyncIterator[str]:
    try:
        for event in shape.opening():
            yield event
        text = ""
        async for piece in generation:
            text += piece
            yield shape.piece(piece)
        invented = await run_in_threadpool(generation.invented, text)
        for event in shape.closing(generation.finish_reason, generation.usage, invented):
            yield event
    except ApiError as error:
        yield sse(error.body())


async def _when_left(request: Request, give_up: Callable[[], None]) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    give_up()
