"""Sees to the files of watched folders: each is asked once, and its answers are put beside it.

What a look has done stands in the database, and is found there by the next one, whoever makes it: a
file is noted before it is asked, a job that asks it is looked for before one is queued, and answers
that stand in the folder already are not put there again.
"""

import logging
from dataclasses import replace
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from storage.database import Store
from storage.live import releases
from storage.tables import Watch, WatchedFile
from storage.watched import watches
from storage.watched.watches import ANSWERING, ARRIVED, DONE, FAILED
from workbench.core.errors import WorkbenchError
from workbench.core.tasks import task_named
from workbench.data import datasets
from workbench.data.examples.plan import Source
from workbench.data.files import large, sources
from workbench.data.readers import ReadOptions, Table
from workbench.data.versions import get_version
from workbench.jobs.job import JobView, get_job
from workbench.use.answered import asking, written
from workbench.use.answered.answers import answers_of
from workbench.use.answered.asking import Order
from workbench.use.watched.folder import Arrived, Folder, answered_name

logger = logging.getLogger(__name__)


class Seeing:
    """All watched folders, a `look` at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._folders: dict[str, Folder] = {}

    def look(self) -> bool:
        """Look at every folder once; whether one is watched at all."""
        with self._store.read() as session:
            found = list(watches.switched_on(session))
        for watch in found:
            try:
                self._look_at(watch)
                self._tell(watch, "")
            except WorkbenchError as error:
                self._tell(watch, str(error))
        return bool(found)

    def _tell(self, watch: Watch, trouble: str) -> None:
        if watch.trouble != trouble:
            with self._store.write() as session:
                row = session.get(Watch, watch.id)
                if row is not None:
                    row.trouble = trouble

    def _look_at(self, watch: Watch) -> None:
        folder = self._folders.setdefault(watch.folder, Folder(Path(watch.folder)))
        for arrived in folder.arrived():
            self._note(watch, arrived)
        with self._store.read() as session:
            waiting = list(watches.open_files(session, watch.id))
        for file in waiting:
            try:
                self._see_to(watch, folder, file)
            except WorkbenchError as error:
                self._give_up(folder, file, str(error))

    def _note(self, watch: Watch, arrived: Arrived) -> None:
        """Keep a file that is new; one of the same content is known."""
        with self._store.read() as session:
            if watches.known(session, watch.id, arrived.digest):
                return
        try:
            with arrived.path.open("rb") as stream:
                digest = datasets.keep(stream, arrived.path.name).digest
        except OSError as error:
            logger.warning("%s cannot be read: %s", arrived.path, error)
            return
        if digest != arrived.digest:
            return  # it has changed since; the next look sees that
        try:
            with self._store.write() as session:
                session.add(WatchedFile(watch_id=watch.id, name=arrived.path.name, digest=digest))
        except IntegrityError:
            logger.info("%s was noted by somebody else, or is watched no more", arrived.path)

    def _see_to(self, watch: Watch, folder: Folder, file: WatchedFile) -> None:
        if file.state == ARRIVED:
            job = self._ask(watch, file)
            if job is None:
                return
            self._change(file, state=ANSWERING, job_id=job.id)
            return
        job = get_job(self._store, file.job_id or 0)
        if job.status in ("failed", "cancelled"):
            raise WorkbenchError(job.reason or "It was stopped.")
        if job.status == "succeeded":
            self._put(folder, file, job)

    def _ask(self, watch: Watch, file: WatchedFile) -> JobView | None:
        """The job that answers a file; None as long as its table is being read by another."""
        source = Source(file.digest, file.name)
        sheet = str(watch.chosen.get("sheet") or "")
        read = ReadOptions(sheet=sheet if sheet and sheet in sources.outline(source)[1] else "")
        run_id, rung = self._who(watch)
        order = Order(watch.project_id, run_id, source, read, rung=rung)
        if large.is_large(source) and not self._is_read(order):
            return None
        table = asking.table(self._store, order)
        order = replace(order, columns=self._columns(watch, order, table))
        known = asking.newest(self._store, order, table.options)
        if known is not None and known.created_at >= file.arrived_at:
            return known
        return get_job(self._store, asking.start(self._store, order))

    def _who(self, watch: Watch) -> tuple[int, str]:
        """The run, and what answers in the place of its model."""
        if watch.run_id is not None:
            return watch.run_id, ""
        with self._store.read() as session:
            live = releases.live(session, watch.project_id)
            if live is None or live.run_id is None:
                raise WorkbenchError(
                    "No model of this project is live, so nobody can answer: release one, or choose a "
                    "model for the folder."
                )
            return live.run_id, releases.rung_of(live)

    def _is_read(self, order: Order) -> bool:
        """Whether the table of a large file is there; it is read if nobody has begun to."""
        options = asking.options_of(self._store, order)
        job = large.reading_of(self._store, order.project_id, order.source, options)
        if job is None:
            large.read(self._store, order.project_id, order.source, options)
        elif job.status in ("failed", "cancelled"):
            raise WorkbenchError(job.reason or f"{order.source.name} was not read.")
        return job is not None and job.status == "succeeded"

    def _columns(self, watch: Watch, order: Order, table: Table) -> dict[str, str]:
        """The columns as chosen last, where the file has them, else as guessed.

        Raises:
            WorkbenchError: one is missing.
        """
        guessed = asking.guess_columns(self._store, order.run_id, table)
        last = dict(watch.chosen.get("columns") or {})
        found = {**guessed, **{r: str(name) for r, name in last.items() if name in table.columns}}
        version = get_version(self._store, asking.version_id_of(self._store, order.run_id))
        task = task_named(version.task)
        missing = [role for role in task.required if role in guessed and not found[role]]
        if missing:
            titles = " and ".join(task.role_titles.get(role, role) for role in missing)
            raise WorkbenchError(
                f"No column of {table.name} looks like what the model has learned to read ({titles}): "
                "answer this file on the page, where its columns can be chosen."
            )
        chosen = {role: name for role, name in found.items() if name}
        return asking.woven(self._store, order.run_id, chosen)

    def _put(self, folder: Folder, file: WatchedFile, job: JobView) -> None:
        """The answers beside the file, once a job has written them."""
        answers = answers_of(self._store, job.id)
        writer = written.newest(self._store, answers) or written.start(self._store, answers)
        if writer.status in ("failed", "cancelled"):
            raise WorkbenchError(writer.reason or f"The answers to {file.name} were not written.")
        if writer.status == "succeeded":
            made = written.written_by(writer, answers)
            name = folder.put(made.path, answered_name(file.name, made.path.suffix))
            self._change(file, state=DONE, out=name)

    def _give_up(self, folder: Folder, file: WatchedFile, reason: str) -> None:
        self._change(file, state=FAILED, reason=reason)
        try:
            folder.say(file.name, reason)
        except OSError as error:
            logger.warning("%s cannot be told of in its folder: %s", file.name, error)

    def _change(self, file: WatchedFile, **values: object) -> None:
        with self._store.write() as session:
            watches.change(session, file.id, **values)
