"""What takes the disk space, and what of it can be freed without losing anything in use."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from storage import cache, files, jobs, models, sweep
from storage.database import Store
from storage.files import size_of
from storage.rights.require import require_administrator
from storage.tables import OPEN, TERMINAL, BaseModel, Project
from workbench.core.words import joined, plural
from workbench.models import bundled

CHECKPOINTS, MODELS, CACHE = "checkpoints", "models", "cache"
LEFT, ASIDE = "leftovers", "aside"
"""What can be freed."""


@dataclass(frozen=True)
class Part:
    """Something that takes space."""

    key: str
    title: str
    what: str
    """One sentence for somebody who does not know the word."""
    size_bytes: int


@dataclass(frozen=True)
class Freeable:
    """Something that may go, and exactly what."""

    key: str
    title: str
    why: str
    """Why nobody misses it; a sentence."""
    paths: tuple[Path, ...]
    size_bytes: int
    names: str = ""
    """What goes, by name, where it has names."""


@dataclass(frozen=True)
class DiskUse:
    """The space of everything that the workbench keeps."""

    home: Path
    parts: tuple[Part, ...]
    freeable: tuple[Freeable, ...]
    free_bytes: int
    disk_bytes: int

    @property
    def used_bytes(self) -> int:
        """All parts together."""
        return sum(part.size_bytes for part in self.parts)


def measure(store: Store) -> DiskUse:
    """Where the space goes at this moment."""
    home, store = files.home(), store.acting_as(None)  # sizes of all, and nothing of anybody
    with store.read() as session:
        freeable = tuple(found for found in _freeable(session) if found.size_bytes)
    disk = shutil.disk_usage(home)
    return DiskUse(
        home, tuple(_parts(home, freeable, store.size_bytes())), freeable, disk.free, disk.total
    )


def free(store: Store, key: str) -> int:
    """Remove what can be freed under this key now; the bytes.

    It is looked up anew, so what came into use since the page was drawn stays.

    Raises:
        StorageError: people have accounts, and somebody asks who is no administrator.
    """
    with store.read() as session:
        require_administrator(session, "what lies on the disk")
    if key == LEFT:
        return sweep.sweep(store)
    if key == CACHE:
        return sum(cache.remove(entry) for entry in cache.entries())
    with store.write() as session:
        found = next((what for what in _freeable(session) if what.key == key), None)
        if found is None:
            return 0
        if key == MODELS:
            for model in _unused_models(session):
                models.delete(session, model)
        for path in found.paths:
            shutil.rmtree(path, ignore_errors=True)
    return found.size_bytes - sum(size_of(path) for path in found.paths)


def _parts(home: Path, freeable: tuple[Freeable, ...], database_bytes: int) -> Iterator[Part]:
    of = {found.key: found for found in freeable}
    left = of[LEFT].paths if LEFT in of else ()
    job_folders = [path for path in _folders(home / "jobs") if path not in left]
    checkpoints = [path / "checkpoints" for path in job_folders]
    trained = [path / "adapter" for path in job_folders]
    kept, learned = _total(checkpoints), _total(trained)
    taken_out = _total(path / "export" for path in job_folders)
    yield Part(
        "data",
        "Datasets and uploads",
        "The files that you uploaded, the examples made from them, and models' answers to them.",
        size_of(home / "objects") - _total(p for p in left if p.is_relative_to(home / "objects")),
    )
    yield Part(
        "bundled",
        "Installed base models",
        "They came with the workbench and stay.",
        _total({bundled.bundled_path(name) for name in bundled.BUNDLED}),
    )
    yield Part(
        MODELS,
        "Added base models",
        "Downloaded from the hub, or converted from other forms.",
        size_of(home / "models"),
    )
    yield Part("trained", "Trained models", "What your base models have learned.", learned)
    yield Part(
        "exports",
        "Exports",
        "Models and data written for other programs; they are deleted where they were made.",
        taken_out,
    )
    yield Part(
        CHECKPOINTS,
        "Checkpoints",
        "States of a training, from which it can go on after an interruption.",
        kept,
    )
    yield Part(
        CACHE,
        "Encoded examples",
        "Texts as the models read them, so that another training on the same data begins at once.",
        size_of(home / "cache") - _total(p for p in left if p.is_relative_to(home / "cache")),
    )
    yield Part(
        "logs",
        "Logs and working files",
        "What the trainings reported, and the logs of the workbench.",
        _total(home / name for name in ("logs", "serve", "shared", "uploads"))
        + _total(job_folders)
        - kept
        - learned
        - taken_out,
    )
    yield Part(
        "database",
        "Database",
        "Projects, settings, curves, scores and conversations; on PostgreSQL its server has them.",
        database_bytes,
    )
    yield Part("backups", "Backups", "Made on this page.", size_of(home / "backups"))
    yield Part(
        ASIDE,
        "Set aside by a restore",
        "What was here before a backup was restored.",
        of[ASIDE].size_bytes if ASIDE in of else 0,
    )
    yield Part(
        LEFT,
        "Left behind",
        "Half-written files and what belonged to deleted things.",
        of[LEFT].size_bytes if LEFT in of else 0,
    )


def _freeable(session: Session) -> Iterator[Freeable]:
    home = files.home()
    over = [job.id for job in jobs.listing(session, TERMINAL)]
    folders = tuple(
        path for job_id in over if (path := files.job_folder(job_id) / "checkpoints").is_dir()
    )
    yield Freeable(
        CHECKPOINTS,
        f"Checkpoints of {plural(len(folders), 'finished run')}",
        "Nobody goes on from them; the trained models stay.",
        folders,
        _total(folders),
    )
    encoded = [path for entry in cache.entries() if entry.is_free for path in entry.paths]
    yield Freeable(
        CACHE,
        "Encoded examples",
        "No training uses them at the moment; they are made again when one needs them.",
        tuple(encoded),
        _total(encoded),
    )
    unused = _unused_models(session)
    places = tuple(Path(model.facts["path"]) for model in unused)
    yield Freeable(
        MODELS,
        plural(len(unused), "downloaded base model"),
        "No project and no run uses it; it can be downloaded again."
        if len(unused) == 1
        else "No project and no run uses them; they can be downloaded again.",
        places,
        _total(places),
        joined([model.name for model in unused]),
    )
    left = sweep.find(session)
    yield Freeable(
        LEFT,
        plural(len(left), "leftover"),
        "Half-written files and what belonged to deleted things; nothing refers to it.",
        tuple(found.path for found in left),
        sum(found.size_bytes for found in left),
    )
    aside = tuple(_set_aside(home))
    yield Freeable(
        ASIDE,
        "What was here before a restore",
        "Delete it when the restored projects are as you want them.",
        aside,
        _total(aside),
        joined([path.name for path in aside]),
    )


def _unused_models(session: Session) -> list[BaseModel]:
    """Downloaded and converted models that no run, no project and no open job refers to."""
    chosen = set(session.scalars(sa.select(Project.base_model_id)))
    specs = str([job.spec for job in jobs.listing(session, OPEN)])
    return [
        model
        for model in models.listed(session)
        if model.facts.get("path")
        and model.id not in chosen
        and not models.run_count(session, model.id)
        and Path(model.facts["path"]).parent == files.home() / "models"
        and model.facts["path"] not in specs
    ]


def _set_aside(home: Path) -> list[Path]:
    pattern = f"{home.name}.before-restore-*"
    return [
        path for folder in (home.parent, home) for path in folder.glob(pattern) if path.is_dir()
    ]


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _total(paths: Iterable[Path]) -> int:
    return sum(size_of(path) for path in paths)
