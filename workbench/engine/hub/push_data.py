"""Sends a version's examples to the hub: in one commit at the very end, so whole or not at all."""

import contextlib
import io
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi
from huggingface_hub.errors import (  # type: ignore[attr-defined]
    HfHubHTTPError,
    HTTPError,
    RepositoryNotFoundError,
)

from workbench.core.errors import WorkbenchError
from workbench.core.words import count, size
from workbench.data.export import hub_set
from workbench.engine.hub.watched import while_working
from workbench.engine.runtime.offline import hub_allowed
from workbench.jobs.process.hub_token import handed_over
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import PushSpec
from workbench.jobs.process.stop import Cancelled, Stop
from workbench.models.online import session
from workbench.models.online.answers import explained

WRITTEN, SENT = 0.3, 0.98
"""Of the whole way."""
STALLED_S = 120.0
"""So long nothing may move."""
COMMIT_S = 300.0
"""So long the last step may take."""


def push(spec: PushSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write the files of the data set, send them, and make them a commit.

    Raises:
        Orphaned: the process is to leave; nothing of the rows can be seen on the hub.
        WorkbenchError: the version is gone, or the hub does not take it; says what is there now.
    """
    if not spec.data.is_file():
        raise WorkbenchError("The examples of this version are not here any more.")
    report.phase("sending", f"Writing {count(spec.rows)} examples")
    meter, folder = Meter(report, stop.check), job.path / "push"
    written = hub_set.write(
        spec.data,
        folder,
        spec.task,
        title=spec.title,
        licence=spec.licence,
        system=spec.system,
        progress=meter.part(0, WRITTEN),
    )
    sent = Sent(spec.hub_id, spec.is_public, message=f"Add {count(spec.rows)} examples",
                replaces=f"{hub_set.DATA}/")  # fmt: skip
    try:
        with hub_allowed():
            made = Sending(sent, job, stop).send(written.files, meter.part(WRITTEN, SENT))
            return {**made, "rows": sum(written.rows.values())} if "url" in made else made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Unsure(WorkbenchError):
    """Nobody knows whether the commit came about."""


@dataclass(frozen=True)
class Sent:
    """What is sent, and where to."""

    hub_id: str
    is_public: bool
    message: str
    """Of the commit."""
    kind: str = "dataset"
    noun: str = "data set"
    """What the hub, and a person, call the kind of thing."""
    replaces: str = ""
    """How the paths begin that go if they are not sent again; empty where none go."""

    @property
    def page(self) -> str:
        """Its address."""
        return session.page_of(self.hub_id, f"{self.kind}s" if self.kind == "dataset" else "")


class Sending:
    """One try to bring files there."""

    def __init__(self, sent: Sent, job: JobDir, stop: Stop) -> None:
        session.prepare()
        self._sent, self._stop = sent, stop
        self._api = HfApi(token=handed_over())
        self._made = job.path / "made.json"
        """Names what this job, or an earlier attempt at it, made on the hub."""

    def send(self, paths: Mapping[str, Path], meter: Meter) -> Result:
        """All of it, or an error that says what is there now."""
        try:
            with contextlib.ExitStack() as stack:
                files = {p: stack.enter_context(_Counted(f)) for p, f in paths.items()}
                return self._send(files, meter)
        except _Unsure:
            raise
        except Cancelled:
            return {"status": "cancelled", "reason": f"You stopped it. {self._left()}"}
        except (HfHubHTTPError, RuntimeError, OSError) as error:
            raise self._failed(error) from error
        except WorkbenchError as error:
            raise WorkbenchError(f"{error} {self._left()}") from error

    def _send(self, files: dict[str, "_Counted"], meter: Meter) -> Result:
        hub_id, kind = self._sent.hub_id, self._sent.kind
        former = self._make()
        additions = [CommitOperationAdd(path, file) for path, file in files.items()]
        for addition in additions:
            _ = (
                addition.upload_info.sha256
            )  # read for that first, so that what is read then is sent
            self._stop.check()
        total = sum(file.start_counting() for file in files.values())

        def sent() -> int:
            return sum(file.read_bytes for file in files.values())

        def work() -> None:
            self._api.preupload_lfs_files(hub_id, additions, repo_type=kind, free_memory=False)

        for _ in while_working(work, self._stop, _Stall(sent)):
            meter(min(1.0, sent() / max(1, total)), f"Sending {size(total)}")
        gone = [CommitOperationDelete(path) for path in former if path not in files]
        self._stop.check()  # the last look: what follows is done to its end
        made = self._commit([*gone, *additions])
        return {"hub_id": hub_id, "url": self._sent.page, "revision": made.oid}

    def _commit(self, steps: list[CommitOperationAdd | CommitOperationDelete]) -> Any:
        """Make what was sent visible, all at once; nobody interrupts that.

        Raises:
            _Unsure: whether it came about, the hub has not said.
        """
        made: list[Any] = []

        def work() -> None:
            sent = self._sent
            made.append(
                self._api.create_commit(
                    sent.hub_id, steps, commit_message=sent.message, repo_type=sent.kind
                )
            )

        until = time.monotonic() + COMMIT_S

        def check() -> None:
            if time.monotonic() > until:
                raise _Unsure(self._unsure())

        try:
            for _ in while_working(work, Stop(), check):
                pass
        except HTTPError as error:
            refused = isinstance(error, HfHubHTTPError) and error.response.status_code < 500
            if refused:
                raise
            raise _Unsure(self._unsure()) from error
        return made[0]

    def _unsure(self) -> str:
        return (
            "The hub has not said whether it took the last step, so this version may be there, whole, "
            f"or not at all: look at {self._sent.page} before you push "
            "it again."
        )

    def _make(self) -> list[str]:
        """What is pushed to, made if it is not there; the files in it that are replaced."""
        sent, private = self._sent, not self._sent.is_public
        hub_id, kind = sent.hub_id, sent.kind
        try:
            about: Any = self._api.repo_info(hub_id, repo_type=kind, timeout=session.TIMEOUT_S)
        except RepositoryNotFoundError:
            self._api.create_repo(hub_id, private=private, repo_type=kind)
            write_json(self._made, {"hub_id": hub_id})
            return []
        if private and not about.private:
            raise WorkbenchError(
                f"The {sent.noun} {hub_id} can be seen by everybody by now: choose another name."
            )
        paths = [file.rfilename for file in about.siblings or []]
        return [path for path in paths if sent.replaces and path.startswith(sent.replaces)]

    def _failed(self, error: BaseException) -> WorkbenchError:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, HfHubHTTPError):
            cause = cause.__cause__ or cause.__context__
        said = explained(self._sent.hub_id, self._sent.noun, cause or error)
        if said is None:
            raise error
        return WorkbenchError(f"{said} {self._left()}")

    def _left(self) -> str:
        """What is on the hub now; what was made for this, and is empty, goes again."""
        sent = self._sent
        if read_json(self._made) is None:
            return "Nothing of this version is on the hub; what was there is as it was."
        try:
            self._api.delete_repo(sent.hub_id, repo_type=sent.kind, missing_ok=True)
        except Exception as error:
            if explained(sent.hub_id, sent.noun, error) is None:
                raise
            return (
                f"No row of it is on the hub, but an empty {sent.noun} {sent.hub_id} is: delete "
                "it on its page, or push again."
            )
        self._made.unlink(missing_ok=True)
        return "Nothing of it is on the hub."


class _Counted(io.BufferedReader):
    """A file that tells how much of it was read; being no path, it goes by HTTP and not by Xet."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.FileIO(path))
        self.read_bytes, self._size = 0, path.stat().st_size

    def start_counting(self) -> int:
        """From now on; the bytes of the whole file."""
        self.read_bytes = 0
        return self._size

    def read(self, size: int | None = -1) -> bytes:
        """As any file."""
        data = super().read(size)
        self.read_bytes = min(self._size, self.read_bytes + len(data))
        return data


class _Stall:
    """Ends what does not move any more."""

    def __init__(self, sent: Callable[[], int]) -> None:
        self._sent, self._last, self._since = sent, -1, time.monotonic()

    def __call__(self) -> None:
        if (now := self._sent()) != self._last:
            self._last, self._since = now, time.monotonic()
        elif time.monotonic() - self._since > STALLED_S:
            raise WorkbenchError(
                "The hub has taken nothing for two minutes: check the network, then push again."
            )
