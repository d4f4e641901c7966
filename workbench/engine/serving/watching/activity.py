"""When the server was last of use, so that it can leave once nobody needs it."""

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send


class Activity:
    """Counts the requests under way and remembers when the last one ended."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        stays: Callable[[], bool] = lambda: False,
    ) -> None:
        """`stays` says whether it is not to leave, however long nobody asks."""
        self._clock, self._stays = clock, stays
        self._busy = 0
        self._last_at = clock()

    def begin(self) -> None:
        self._busy += 1

    def end(self) -> None:
        self._busy -= 1
        self._last_at = self._clock()

    def idle_s(self) -> float:
        """Seconds since the last request ended; 0 while one is under way, or it is not to leave."""
        if self._stays():
            self._last_at = self._clock()
        return 0.0 if self._busy else self._clock() - self._last_at


class Counted:
    """ASGI middleware: requests to /v1 are activity, however long their answer takes.

    /health is not, or whoever watches the server would keep it alive.
    """

    def __init__(self, app: ASGIApp, activity: Activity) -> None:
        self._app, self._activity = app, activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self._app(scope, receive, send)
            return
        self._activity.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._activity.end()
