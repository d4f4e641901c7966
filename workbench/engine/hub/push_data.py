"""Sends a version's examples to the hub: in one commit at the very end, so whole or not at all."""

import contextlib
import io
import shutil
import time
from collections.abc import Callable
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
_TYPE = "dataset"


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
    try:
        with hub_allowed():
            return _Sending(spec, job, stop).send(written, meter.part(WRITTEN, SENT))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Unsure(WorkbenchError):
    """Nobody knows whether the commit came about."""


class _Sending:
    """One try to bring the files there."""

    def __init__(self, spec: PushSpec, job: JobDir, stop: Stop) -> None:
        session.prepare()
        self._spec, self._stop = spec, stop
        self._api = HfApi(token=handed_over())
        self._made = job.path / "made.json"
        """Names the data set that this job, or an earlier attempt at it, made."""

    def send(self, written: hub_set.Written, meter: Meter) -> Result:
        """All of it, or an error that says what is there now."""
        try:
            with contextlib.ExitStack() as stack:
                files = {p: stack.enter_context(_Counted(f)) for p, f in written.files.items()}
                return self._send(files, written, meter)
        except _Unsure:
            raise
        except Cancelled:
            return {"status": "cancelled", "reason": f"You stopped it. {self._left()}"}
        except (HfHubHTTPError, RuntimeError, OSError) as error:
            raise self._failed(error) from error
        except WorkbenchError as error:
            raise WorkbenchError(f"{error} {self._left()}") from error

    def _send(self, files: dict[str, "_Counted"], written: hub_set.Written, meter: Meter) -> Result:
        hub_id = self._spec.hub_id
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
            self._api.preupload_lfs_files(hub_id, additions, repo_type=_TYPE, free_memory=False)

        for _ in while_working(work, self._stop, _Stall(sent)):
            meter(min(1.0, sent() / max(1, total)), f"Sending {size(total)}")
        gone = [CommitOperationDelete(path) for path in former if path not in written.files]
        self._stop.check()  # the last look: what follows is done to its end
        made = self._commit([*gone, *additions])
        return {
            "hub_id": hub_id,
            "url": session.page_of(hub_id, "datasets"),
            "revision": made.oid,
            "rows": sum(written.rows.values()),
        }

    def _commit(self, steps: list[CommitOperationAdd | CommitOperationDelete]) -> Any:
        """Make what was sent visible, all at once; nobody interrupts that.

        Raises:
            _Unsure: whether it came about, the hub has not said.
        """
        made: list[Any] = []

        def work() -> None:
            message = f"Add {count(self._spec.rows)} examples"
            made.append(
                self._api.create_commit(
                    self._spec.hub_id, steps, commit_message=message, repo_type=_TYPE
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
            f"or not at all: look at {session.page_of(self._spec.hub_id, 'datasets')} before you push "
            "it again."
        )

    def _make(self) -> list[str]:
        """The data set, made if it is not there; the files in it that are replaced."""
        hub_id, private = self._spec.hub_id, not self._spec.is_public
        try:
            about: Any = self._api.dataset_info(hub_id, timeout=session.TIMEOUT_S)
        except RepositoryNotFoundError:
            self._api.create_repo(hub_id, private=private, repo_type=_TYPE)
            write_json(self._made, {"hub_id": hub_id})
            return []
        if private and not about.private:
            raise WorkbenchError(
                f"The data set {hub_id} can be seen by everybody by now: choose another name."
            )
        paths = [file.rfilename for file in about.siblings or []]
        return [path for path in paths if path.startswith(f"{hub_set.DATA}/")]

    def _failed(self, error: BaseException) -> WorkbenchError:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, HfHubHTTPError):
            cause = cause.__cause__ or cause.__context__
        said = explained(self._spec.hub_id, "data set", cause or error)
        if said is None:
            raise error
        return WorkbenchError(f"{said} {self._left()}")

    def _left(self) -> str:
        """What is on the hub now; an empty data set that was made for this goes again."""
        if read_json(self._made) is None:
            return "Nothing of this version is on the hub; what was there is as it was."
        try:
            self._api.delete_repo(self._spec.hub_id, repo_type=_TYPE, missing_ok=True)
        except Exception as error:
            if explained(self._spec.hub_id, "data set", error) is None:
                raise
            return (
                f"No row of it is on the hub, but an empty data set {self._spec.hub_id} is: delete "
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
