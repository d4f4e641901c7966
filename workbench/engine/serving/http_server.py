"""Runs the application on loopback until it is told to stop or nobody has asked for a while."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from workbench.core.errors import WorkbenchError
from workbench.engine.serving.watching.activity import Activity

HOST = "127.0.0.1"
_LOOK_EVERY_S = 0.2


class HttpServer:
    """One uvicorn server, on a port that is known before it starts."""

    def __init__(self, app: ASGIApp, port: int = 0) -> None:
        self._socket = _bound(port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Server(config)

    def run(
        self,
        on_ready: Callable[[int], None],
        stopping: Callable[[], bool],
        activity: Activity,
        idle_timeout_s: float = 0,
    ) -> str:
        """Serve; gives the reason why it ended, as a sentence.

        Args:
            on_ready: called with the port once requests are answered.
            stopping: asked several times a second; true ends the server.
            idle_timeout_s: ends it after this long without a request; 0 never does.
        """
        return asyncio.run(self._run(on_ready, stopping, activity, idle_timeout_s))

    async def _run(
        self,
        on_ready: Callable[[int], None],
        stopping: Callable[[], bool],
        activity: Activity,
        idle_timeout_s: float,
    ) -> str:
        serving = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        reason = ""
        told = False
        while not serving.done():
            await asyncio.sleep(_LOOK_EVERY_S if told else 0.01)
            if self._server.started and not told:
                told = True
                on_ready(self.port)
            reason = self._reason_to_stop(stopping, activity, idle_timeout_s)
            if reason:
                self._server.should_exit = True
                break
        await serving
        return reason

    @staticmethod
    def _reason_to_stop(
        stopping: Callable[[], bool], activity: Activity, idle_timeout_s: float
    ) -> str:
        if stopping():
            return "The model server was stopped."
        if idle_timeout_s and activity.idle_s() >= idle_timeout_s:
            return f"Nobody asked it anything for {idle_timeout_s / 60:.0f} minutes."
        return ""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the process shell's business."""
        yield


def _bound(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise WorkbenchError(
            f"The port {port} cannot be used ({error.strerror}): choose another one."
        ) from error
