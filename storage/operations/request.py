"""What is being worked at: a request by its id, a person and a job by their numbers, for the log.

The id comes with the request (a proxy's X-Request-ID) or is made for it; a job keeps the id of the
request that asked for it, so that a trace leads from a page to the worker's log and back.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Request:
    """Ids only: never a name, never a text."""

    id: str = ""
    person_id: int | None = None
    job_id: int | None = None


_NONE = Request()
_current: ContextVar[Request] = ContextVar("request", default=_NONE)


def current() -> Request:
    """What this thread or task works at."""
    return _current.get()


def begin(request_id: str) -> None:
    """From now on this thread or task works at another request, of nobody yet."""
    _current.set(Request(request_id))


def by_person(person_id: int | None) -> None:
    """Who asks, as soon as that is known."""
    _current.set(replace(_current.get(), person_id=person_id))


@contextlib.contextmanager
def of_job(job_id: int, request_id: str) -> Iterator[None]:
    """A job, as long as the block lasts."""
    token = _current.set(Request(request_id, job_id=job_id))
    try:
        yield
    finally:
        _current.reset(token)
