"""A small reverse proxy on loopback, as nginx or Caddy stand before an app: with TLS or without."""

import asyncio
import contextlib
import itertools
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Proxy:
    """What it says to the app behind it."""

    app_port: int
    keeps_host: bool = True
    """Whether the app sees the name that was asked; nginx sends its own unless it is told to."""
    tls: ssl.SSLContext | None = None

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, or one WebSocket, there and back."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            from_app, to_app = await asyncio.open_connection("127.0.0.1", self.app_port)
            to_app.write(self._as_proxies_say(head))
            there = asyncio.create_task(_pour(reader, to_app))
            await _pour(from_app, writer)
            there.cancel()
            await asyncio.gather(there, _close(to_app), return_exceptions=True)
        except asyncio.IncompleteReadError:
            pass  # whoever asked has left
        finally:
            await _close(writer)

    def _as_proxies_say(self, head: bytes) -> bytes:
        first, *lines = head.rstrip(b"\r\n").split(b"\r\n")
        upgrades = any(line.lower().startswith(b"upgrade:") for line in lines)
        replaced = [b"connection:"] * (not upgrades) + [b"host:"] * (not self.keeps_host)
        kept = [line for line in lines if not line.lower().startswith(tuple(replaced))]
        said = [b"X-Forwarded-For: 192.0.2.7"]
        said.append(b"X-Forwarded-Proto: " + (b"https" if self.tls else b"http"))
        if not upgrades:
            said.append(b"Connection: close")
        if not self.keeps_host:
            said.append(b"Host: 127.0.0.1:%d" % self.app_port)
        return b"\r\n".join([first, *kept, *said, b"", b""])


class InTurn:
    """Several processes of one app, as a proxy without sticky sessions asks them: in turn."""

    tls: ssl.SSLContext | None = None

    def __init__(self, *proxies: Proxy) -> None:
        self._next = itertools.cycle(proxies)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, or one WebSocket, there and back."""
        await next(self._next).carry(reader, writer)


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Everything until the end, which is told on."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
        writer.close()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


@contextlib.contextmanager
def running(proxy: Proxy | InTurn) -> Iterator[int]:
    """The port on which it listens until the end of the block."""
    loop = asyncio.new_event_loop()
    patience = {"ssl_shutdown_timeout": 1.0} if proxy.tls else {}
    start = asyncio.start_server(proxy.carry, "127.0.0.1", 0, ssl=proxy.tls, **patience)
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start, loop).result(20)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Whoever asked has left; what is still carried ends with that."""
    server.close()
    carried = asyncio.all_tasks() - {asyncio.current_task()}
    if carried:
        await asyncio.wait(carried, timeout=10)
