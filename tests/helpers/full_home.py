"""A home in which something of every kind is kept, for tests of backup and restore."""

import io
import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from storage import files, jobs, rows, runs
from storage.database import Store
from storage.tables import (
    FAILED,
    PAUSED,
    QUEUED,
    RUNNING,
    SUCCEEDED,
    BaseModel,
    BlindTest,
    Conversation,
    Dataset,
    DatasetVersion,
    Job,
    JobAttempt,
    Message,
    MustPass,
    Project,
    Release,
    Run,
    Vote,
    now,
)
from workbench.core.recipe import Recipe

DONE, WORKING, STOPPED, WAITING, SERVING, LOST = 1, 2, 3, 4, 5, 6
"""The jobs: trained, at work, paused, in the queue, a model server, and one without its files."""
MORE_THAN_A_BATCH = 510
"""Rows of a table are read and written 500 at a time."""
_tables: dict[str, list[sa.Table]] = {}
"""What a database of the newest schema has, by dialect: to ask takes longer than to read it all."""


def put(text: str) -> str:
    return files.put(io.BytesIO(text.encode()))


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))


def fill(store: Store) -> None:
    """Something of every kind."""
    home = files.home()
    data = put("text,label\na,b\n")
    model = home / "models" / "ann--tiny"
    write(model / "config.json", {"layers": 2})
    write(model / "model.safetensors", "weights" * 1000)
    adapter = home / "jobs" / str(DONE) / "adapter"
    result = {"status": SUCCEEDED, "adapter": str(adapter), "note": None, "reply": "Grüße – 你好"}
    spec = {"kind": "train", "data": str(files.object_path(data)), "base": {"path": str(model)}}
    with store.write() as session:
        _shared(session, model, data)
        for job_id, (kind, status) in {
            DONE: ("train", SUCCEEDED),
            WORKING: ("train", RUNNING),
            STOPPED: ("train", PAUSED),
            WAITING: ("predict", QUEUED),
            SERVING: ("serve", RUNNING),
            LOST: ("predict", QUEUED),
        }.items():
            run_id = _run(session, result if job_id == DONE else None) if kind == "train" else None
            job = Job(kind=kind, title=f"job {job_id}", spec=spec, status=status, run_id=run_id)
            job.project_id, job.attempt, job.result = 1, 1, result if job_id == DONE else None
            session.add(job)
            session.flush()
            assert job.id == job_id
            session.add(JobAttempt(job_id=job.id, attempt=1, handle={"pid": 1}))
        jobs.get(session, LOST).spec = {"data": str(home / "objects" / "ff" / ("f" * 64))}  # type: ignore[union-attr]
        jobs.get(session, DONE).finished_at = now()  # type: ignore[union-attr]
        curve = [("train", step, {"loss": 1 / step}) for step in range(1, MORE_THAN_A_BATCH)]
        runs.put_metrics(session, 1, curve)
        runs.add_evaluation(session, 1, "test", 3, {"tuned": {"accuracy": 0.9}}, put("answers"))
        pairs = [{"row_id": 2, "question": "Wo? 🙂", "mine": "Hier.", "other": ""}]
        test = BlindTest(
            project_id=1,
            run_id=1,
            asked={"pairs": pairs},
            seed=1,
            token_hash="digest",
            expires_at=now(),
        )
        session.add(test)
        session.flush()
        session.add(Vote(blind_test_id=test.id, pair=0, seat="digest", choice=-1))
        _live(session)
    _folders(home, spec, adapter, model)


def _shared(session: Any, model: Path, data: str) -> None:
    session.add(
        BaseModel(
            name="tiny",
            source="hub",
            location="ann/tiny",
            kind="causal",
            facts={"path": str(model), "parameters": 7},
        )
    )
    session.flush()
    session.add(Project(name="Mails", drafts={"data": {"upload": put("draft")}}, base_model_id=1))
    session.flush()
    session.add_all([Dataset(project_id=1, name="Replies"), Conversation(project_id=1, title="t")])
    session.flush()
    session.add(Message(conversation_id=1, role="user", content="Where is it?\n" + "x" * 5000))
    session.add(
        DatasetVersion(
            dataset_id=1,
            number=1,
            task="classification",
            content_hash=data,
            source_hash=data,
            source_name="mails.csv",
            mapping={"text": "text"},
            rows=10,
            dropped=0,
            splits={},
            split_seed=1,
            report={},
        )
    )
    session.flush()


def _live(session: Any) -> None:
    example = MustPass(project_id=1, task="classification", question="Grüße?", expected="a")
    example.asked, example.rule = {"text": "Grüße?"}, "same"
    release = Release(project_id=1, run_id=1, approver="Ann", gate={"passed": True})
    release.about = {"name": "Run"}
    session.add_all([example, release])


def _run(session: Any, result: dict[str, Any] | None) -> int:
    run = Run(
        project_id=1,
        dataset_version_id=1,
        base_model_id=1,
        name="Run",
        recipe=Recipe().as_dict(),
        seed=1,
        result=result,
    )
    session.add(run)
    session.flush()
    return run.id


def _folders(home: Path, spec: dict[str, Any], adapter: Path, model: Path) -> None:
    write(adapter / "adapter_model.safetensors", "adapter")
    write(adapter / "workbench.json", {"base": {"name": "tiny", "path": str(model)}})
    for job_id in (DONE, WORKING, STOPPED):
        folder = home / "jobs" / str(job_id)
        write(folder / "spec.json", spec)
        write(folder / "log.txt", "learning …")
        write(folder / "events" / "000001.jsonl", '{"type": "alive"}\n')
        write(folder / "checkpoints" / "checkpoint-50" / "manifest.json", {"step": 50})
        write(folder / "lock", "")


def all_rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with store.read() as session:
        connection = session.connection()
        dialect = connection.dialect.name
        if dialect not in _tables:
            _tables[dialect] = rows.tables(connection)
        return {table.name: list(rows.dump(connection, table)) for table in _tables[dialect]}


def last_write(store: Store) -> object:
    """Another value after each transaction that wrote; far quicker than `all_rows`."""
    if store.engine.dialect.name == "postgresql":
        with store.read() as session:
            return session.scalar(sa.text("SELECT pg_current_wal_insert_lsn()::text"))
    path = Path(store.engine.url.database or "")
    found = [path.with_name(path.name + end) for end in ("", "-wal")]
    return [(f.stat().st_mtime_ns, f.stat().st_size) for f in found if f.exists()]


def count(store: Store, table: type) -> int:
    with store.read() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def job_states(store: Store) -> dict[int, str]:
    """Job → its state."""
    with store.read() as session:
        return {job.id: job.status for job in jobs.listing(session)}


__all__ = ["FAILED", "all_rows", "count", "fill", "job_states", "last_write"]
