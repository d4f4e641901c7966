"""An open page without a browser: it speaks Streamlit's protocol over its WebSocket.

So fifty of them fit onto a small machine, and what a page's script costs is measured without what a
browser costs. It does as a browser does: asks for a page by its name and query, runs fragments again
when their time has come, and says what its fields hold.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from scripts.deployment.line import Closed, Line

PATIENCE_S = 120.0
_OPENS_S = 60.0


@dataclass
class Run:
    """One run of a page's script, or of a fragment."""

    page: str
    seconds: float
    """From asking for it to its end."""
    fragment: bool = False
    at_s: float = 0.0
    """When it was asked for, since its visitors began; whoever counts says it."""
    elements: list[Element] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        """What the page says in red, and traces."""
        alerts = [e.alert.body for e in self.elements if _is_error(e)]
        return alerts + [e.exception.message for e in self.elements if e.HasField("exception")]

    @property
    def texts(self) -> str:
        """Headings and texts, for who looks for a word."""
        said = [e.heading.body for e in self.elements if e.HasField("heading")]
        return "\n".join(said + [e.markdown.body for e in self.elements if e.HasField("markdown")])


def _is_error(element: Element) -> bool:
    return element.HasField("alert") and element.alert.format == Alert.ERROR


class Lost(Exception):
    """The connection is gone, or nothing came in time."""


class Visitor:
    """One tab; a context that closes it."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        """`address` is the app's, with its base path; `headers` are those of the WebSocket."""
        self._address = address
        where = urlsplit(address)
        self._url = f"ws://{where.netloc}{where.path}/_stcore/stream"
        self._origin, self._headers = f"{where.scheme}://{where.netloc}", dict(headers or {})
        self._line: Line | None = None
        self.page, self.query = "", ""
        self.fragments: dict[str, float] = {}
        """Fragments that run by themselves, and after how many seconds."""

    def __enter__(self) -> "Visitor":
        self.open()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._hang_up()

    def open(self) -> None:
        """Connect, or connect again.

        Raises:
            Lost: nobody answers.
        """
        self._hang_up()
        try:
            self._line = Line(self._url, self._origin, self._headers, _OPENS_S)
        except Closed as error:
            raise Lost(str(error)) from error

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def visit(self, page: str, query: str = "") -> Run:
        """Open a page by its name in the URL ("" is the home page).

        Raises:
            Lost: the connection broke.
        """
        self.page, self.query, self.fragments = page, query, {}
        return self.run()

    def run(self, fragment: str = "") -> Run:
        """Run the page's script, or one fragment of it.

        Raises:
            Lost: the connection broke.
        """
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_name = self.query, self.page
        rerun.fragment_id, rerun.is_auto_rerun = fragment, bool(fragment)
        rerun.context_info.url = f"{self._address}/{self.page}"
        rerun.context_info.timezone, rerun.context_info.locale = "UTC", "en"
        found = Run(self.page, 0.0, bool(fragment))
        began = time.perf_counter()
        self._send(message)
        self._receive(found)
        found.seconds = time.perf_counter() - began
        return found

    def upload_address(self, name: str) -> str:
        """Where a field of this page would send a file of this name.

        Raises:
            Lost: the connection broke.
        """
        message = BackMsg()
        message.file_urls_request.request_id = "1"
        message.file_urls_request.file_names.append(name)
        self._send(message)
        while True:
            said = self._next()
            if said.WhichOneof("type") == "file_urls_response":
                return str(said.file_urls_response.file_urls[0].upload_url)

    def _send(self, message: BackMsg) -> None:
        if self._line is None:
            raise Lost("nothing is open")
        try:
            self._line.send(message.SerializeToString())
        except Closed as error:
            raise Lost(str(error)) from error

    def _next(self) -> ForwardMsg:
        if self._line is None:
            raise Lost("nothing is open")
        try:
            return ForwardMsg.FromString(self._line.next(PATIENCE_S))
        except Closed as error:
            raise Lost(str(error)) from error

    def _receive(self, run: Run) -> None:
        due: dict[str, float] = {}
        while True:
            said = self._next()
            kind = said.WhichOneof("type")
            if kind == "delta" and said.delta.HasField("new_element"):
                run.elements.append(said.delta.new_element)
            elif kind == "auto_rerun":
                due[said.auto_rerun.fragment_id] = said.auto_rerun.interval
            elif kind == "stop_auto_rerun":
                for fragment in said.stop_auto_rerun.fragment_ids:
                    self.fragments.pop(fragment, None)
            elif kind == "new_session":
                run.elements.clear()
                due.clear()
            elif kind == "page_info_changed":  # the script has led to another page, or query
                self.query = said.page_info_changed.query_string
            elif kind == "script_finished":
                if said.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self.fragments.clear()  # a whole page: those that it does not name are gone
                self.fragments.update(due)
                return
