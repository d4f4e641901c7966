"""Checkpoints that are whole or count as absent: each has a manifest, written last."""

import os
import shutil
from pathlib import Path

from workbench.jobs.process.job_dir import read_json, write_json

MANIFEST = "manifest.json"
STATE = "trainer_state.json"


def seal(folder: Path) -> None:
    """Say that the checkpoint is whole: its files are on the disk, and their sizes are noted."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in files}
    write_json(folder / MANIFEST, {"step": step_of(folder), "files": sizes})


def is_whole(folder: Path) -> bool:
    """Whether the manifest is there and every file has the size that it notes."""
    manifest = read_json(folder / MANIFEST)
    sizes = manifest.get("files") if isinstance(manifest, dict) else None
    return isinstance(sizes, dict) and all(
        (folder / name).is_file() and (folder / name).stat().st_size == size
        for name, size in sizes.items()
    )


def last_whole(folder: Path) -> Path | None:
    """The whole checkpoint of the highest step among those in `folder`; None if there is none."""
    whole = [path for path in _all(folder) if is_whole(path)]
    return max(whole, key=step_of, default=None)


def drop_torn(folder: Path) -> None:
    """Delete checkpoints that are not whole; also makes room on a full disk."""
    for path in _all(folder):
        if not is_whole(path):
            shutil.rmtree(path, ignore_errors=True)


def take_over(former: Path, folder: Path) -> None:
    """Copy the whole checkpoints of another job's folder, which may be deleted from then on."""
    for path in _all(former):
        if is_whole(path):
            without = shutil.ignore_patterns(MANIFEST)
            copy = Path(shutil.copytree(path, folder / path.name, ignore=without))
            _point_to(copy / STATE, former, folder)
            seal(copy)


def _point_to(state: Path, former: Path, folder: Path) -> None:
    """Let the loop's memory of its best checkpoint name the copy."""
    remembered = read_json(state)
    best = remembered.get("best_model_checkpoint") if isinstance(remembered, dict) else None
    if best and Path(best).parent == former:
        write_json(state, {**remembered, "best_model_checkpoint": str(folder / Path(best).name)})


def step_of(folder: Path) -> int:
    """The step at which a checkpoint was taken."""
    return int(folder.name.rsplit("-", 1)[-1])


def _all(folder: Path) -> list[Path]:
    return [path for path in folder.glob("checkpoint-*") if path.is_dir()]
