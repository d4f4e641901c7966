"""A version of a dataset on the hub: what leaves this computer, said before, and the job that sends it."""

import re
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from storage import conversions
from storage.database import Store
from storage.rights.require import require
from storage.rights.rule import CHANGE
from storage.tables import DatasetVersion
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.words import joined, plural, size
from workbench.data.export import saved_set, write
from workbench.data.export.hub_set import LICENCES
from workbench.data.versions import VersionInfo, check_there
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, spec_of, view_of
from workbench.jobs.process.specs import PushSpec
from workbench.models import hub
from workbench.models.online import session, token

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


@dataclass(frozen=True)
class Push:
    """What is to be pushed, and where to; nothing was sent yet."""

    version: VersionInfo
    hub_id: str
    is_public: bool
    licence: str
    exists: bool
    """Whether a data set of this name is there already."""
    columns: tuple[str, ...]
    size_bytes: int
    """As it is kept here; about what is sent."""

    @property
    def sentence(self) -> str:
        """Exactly what leaves this computer, and who may see it then."""
        version = self.version
        splits = [f"{number:,} {split}" for split, number in version.splits.items() if number]
        seen = "everybody can see it" if self.is_public else "private: only who you let in sees it"
        what = (
            f"{plural(version.rows, 'row')} ({joined(splits)}) of version {version.number} of "
            f"'{version.dataset_name}', with the columns {joined(self.columns)}, about "
            f"{size(self.size_bytes)}, go to {session.place()}, into the data set {self.hub_id} "
            f"({seen})."
        )
        there = (
            f" There is a data set {self.hub_id} already: this becomes a new version of it. Its card "
            "(README.md) and the files in its folder data are replaced; its history keeps them."
            if self.exists
            else ""
        )
        licence = f" Its licence will be {self.licence}." if self.licence else ""
        return f"{what}{there}{licence} Nothing else leaves this computer."


def plan(
    store: Store, version: VersionInfo, hub_id: str, *, is_public: bool = False, licence: str = ""
) -> Push:
    """What pushing would do; the hub is asked whether the data set is there.

    Raises:
        WorkbenchError: it cannot be pushed there, or there is no access token.
        StorageError: the token cannot be had, or who asks may not send these examples anywhere.
    """
    with store.read() as session_:
        require(session_, DatasetVersion, version.id, CHANGE)
    hub_id = _clean_id(hub_id)
    if licence not in LICENCES:
        known = ", ".join(filter(None, LICENCES))
        raise WorkbenchError(f"The hub has no licence '{licence}' here: choose one of {known}.")
    check_there(version)
    if token.about(store).source == token.NONE:
        raise WorkbenchError(
            "To push to the hub takes an access token that may write: make one in your hub settings, "
            "then enter it on the Settings page, or with `python -m workbench hub token --set`."
        )
    about = _on_hub(hub_id)
    if about is not None and not about.private and not is_public:
        raise WorkbenchError(
            f"The data set {hub_id} is on the hub already, and everybody can see it: choose another "
            "name for what is to be private, or say that it is to be public."
        )
    if about is not None and about.private and is_public:
        raise WorkbenchError(
            f"The data set {hub_id} is on the hub already, and private: push without making it "
            "public, and change who may see it on its page."
        )
    columns = _columns(version)
    return Push(
        version,
        hub_id,
        is_public,
        licence,
        about is not None,
        columns,
        version.path.stat().st_size,
    )


def start(store: Store, push: Push) -> JobView:
    """Let a job do it.

    Raises:
        WorkbenchError: the version is being pushed already.
    """
    version = push.version
    running = newest(store, version)
    if running is not None and not running.is_over:
        raise WorkbenchError("This version is on its way to the hub already: wait, or stop that.")
    spec = PushSpec(
        dataset_id=version.dataset_id,
        version_id=version.id,
        data=version.path,
        task=version.task,
        system=_system(version),
        rows=version.rows,
        hub_id=push.hub_id,
        is_public=push.is_public,
        licence=push.licence,
        title=version.dataset_name,
    )
    title = f"Push of {version.dataset_name}, version {version.number}, to {push.hub_id}"
    with store.write() as session_:
        job_id = queue.enqueue(session_, title, spec, project_id=version.project_id)
    return get_job(store, job_id)


def newest(store: Store, version: VersionInfo) -> JobView | None:
    """The newest job that pushes this version, whatever became of it."""
    with store.read() as session_:
        for job in conversions.of_project(session_, version.project_id, (PushSpec.kind,)):
            if (spec := spec_of(job, PushSpec)) and spec.version_id == version.id:
                return view_of(session_, job)
    return None


def _on_hub(hub_id: str) -> Any:
    """What the hub has of this name; None if nothing."""
    from huggingface_hub import HfApi
    from huggingface_hub import errors as of_hub

    def ask() -> Any:
        api = HfApi(token=token.value())
        try:
            return api.dataset_info(hub_id, timeout=hub.TIMEOUT_S)
        except of_hub.RepositoryNotFoundError as error:
            # The hub says so of a token that it does not know, too.
            if not isinstance(error, of_hub.GatedRepoError):
                return None
            raise

    return hub.answered(hub_id, "data set", ask)


def _clean_id(text: str) -> str:
    given = session.without_address(text).strip("/").removeprefix("datasets/")
    if not _ID.fullmatch(given) or ".." in given or "--" in given or given.endswith((".git", ".")):
        raise WorkbenchError(
            f"'{names.shown(text.strip())}' cannot be the name of a data set on the hub: it is your "
            "name there, a slash, and a name of letters, digits, '-', '_' and '.', such as "
            "ann/harbour-letters."
        )
    return given


def _columns(version: VersionInfo) -> tuple[str, ...]:
    """What the rows will have there, known from the first."""
    with pq.ParquetFile(version.path) as file:
        for batch in file.iter_batches(1):
            (first,) = next(write.records(iter([batch]), version.task, _system(version)))
            with_system = write.has_system(file, _system(version))
            return tuple(
                saved_set.schema_of(
                    saved_set.of_split([first], first["split"])[0], with_system
                ).names
            )
    return ()


def _system(version: VersionInfo) -> str:
    return str(version.mapping.get("system") or "")
