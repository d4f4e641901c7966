"""A WebSocket that costs its owner little: no thread of its own, no compression, no TLS.

Fifty of them share the machine with what they measure, so what they take counts.
"""

import socket
import time
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidHandshake, ProtocolError
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.typing import Origin, Subprotocol
from websockets.uri import parse_uri

_AT_ONCE = 1 << 18


class Closed(Exception):
    """The connection is gone, was refused, or nothing came in time."""


class Line:
    """One open WebSocket."""

    def __init__(
        self, url: str, origin: str, headers: Mapping[str, str], patience_s: float
    ) -> None:
        """Connect.

        Raises:
            Closed: nobody answers, or the answer is no.
        """
        where = urlsplit(url)
        self._came: deque[bytes] = deque()
        self._parts: list[bytes] = []
        self._protocol = ClientProtocol(
            parse_uri(url),
            origin=Origin(origin),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )
        request = self._protocol.connect()
        request.headers.update(headers)
        try:
            self._socket = socket.create_connection((where.hostname, where.port or 80), patience_s)
        except OSError as error:
            raise Closed(str(error)) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._protocol.send_request(request)
        try:
            self._flush()
            while self._protocol.state is State.CONNECTING:
                self._receive(time.monotonic() + patience_s)
        except (Closed, InvalidHandshake) as error:
            self.close()
            raise Closed(str(error)) from error

    def send(self, data: bytes) -> None:
        """Send one message.

        Raises:
            Closed: the connection is gone.
        """
        try:
            self._protocol.send_binary(data)
        except ProtocolError as error:
            raise Closed(str(error)) from error
        self._flush()

    def next(self, patience_s: float) -> bytes:
        """The next message.

        Raises:
            Closed: the connection is gone, or nothing came in time.
        """
        until = time.monotonic() + patience_s
        while not self._came:
            self._receive(until)
        return self._came.popleft()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _flush(self) -> None:
        try:
            for data in self._protocol.data_to_send():
                self._socket.sendall(data)
        except OSError as error:
            raise Closed(str(error)) from error

    def _receive(self, until: float) -> None:
        try:
            self._socket.settimeout(max(0.01, until - time.monotonic()))
            data = self._socket.recv(_AT_ONCE)
        except TimeoutError as error:
            raise Closed("nothing came in time") from error
        except OSError as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("the server has hung up")
        self._protocol.receive_data(data)
        self._flush()  # what answers a ping
        if self._protocol.handshake_exc is not None:
            raise self._protocol.handshake_exc
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode in (Opcode.BINARY, Opcode.CONT):
                self._parts.append(bytes(event.data))
                if event.fin:
                    self._came.append(b"".join(self._parts))
                    self._parts.clear()
        if self._protocol.state is not State.OPEN and not self._came:
            raise Closed("the server has hung up")
