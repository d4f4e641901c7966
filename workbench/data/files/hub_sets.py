"""Data sets of the Hugging Face hub: what there is of one, its download, and the file it becomes.

Only what is data is taken (Parquet, Arrow, CSV, JSON): a program that makes a data set is never run.
"""

import fnmatch
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage import conversions, files
from storage.database import Store
from storage.tables import SUCCEEDED
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural, size
from workbench.data.examples.plan import Source
from workbench.data.files import sources
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, view_of
from workbench.jobs.process.specs import FetchSpec
from workbench.models import hub
from workbench.models.online import token
from workbench.models.online.session import without_address

FETCHED = "fetched"
"""The file that the download leaves in its job's folder."""
DEFAULT = "default"
_READ = (".parquet", ".arrow", ".csv", ".tsv", ".json", ".jsonl")
_SPLITS = {"train": "train", "training": "train", "validation": "validation", "valid": "validation",
           "dev": "validation", "val": "validation", "test": "test", "testing": "test",
           "eval": "test", "evaluation": "test"}  # fmt: skip
_SIDE = re.compile(rf"(?:^|[/._-])({'|'.join(_SPLITS)})(?=[/._-]|[0-9])")
_SPARE = 3
"""The download, the file that is made of it, and the table that is read from that."""


@dataclass(frozen=True)
class HubFile:
    """A file of a data set."""

    path: str
    size_bytes: int
    config: str
    split: str


@dataclass(frozen=True)
class HubSet:
    """A data set on the hub, at one revision."""

    hub_id: str
    revision: str
    licence: str
    """As its card names it; empty if it does not."""
    summary: str
    """What its card says of it, as far as the hub tells that; a user's text."""
    files: tuple[HubFile, ...]

    @property
    def configs(self) -> list[str]:
        """The names of its configurations, in the order of the card."""
        return list(dict.fromkeys(file.config for file in self.files))

    def splits(self, config: str) -> list[str]:
        """The splits of a configuration."""
        return list(dict.fromkeys(f.split for f in self.files if f.config == config))

    def chosen(self, config: str, split: str = "") -> list[HubFile]:
        """The files of a configuration, of one split or of all.

        Raises:
            WorkbenchError: there is no such configuration or split; it names those there are.
        """
        if config not in self.configs:
            raise WorkbenchError(
                f"{self.hub_id} has no configuration '{config}': choose one of "
                f"{', '.join(self.configs)}."
            )
        if split and split not in self.splits(config):
            raise WorkbenchError(
                f"'{config}' of {self.hub_id} has no split '{split}': choose one of "
                f"{', '.join(self.splits(config))}."
            )
        return [f for f in self.files if f.config == config and split in ("", f.split)]


def look_up(text: str) -> HubSet:
    """What the hub says of a data set.

    Args:
        text: its name, or its address on the hub.

    Raises:
        hub.GatedModel: it is given out only with a token.
        WorkbenchError: there is no network, no such data set, or no data in it that can be read.
    """
    from huggingface_hub import HfApi

    hub_id = clean_id(text)
    info: Any = hub.answered(
        hub_id,
        "data set",
        lambda: HfApi(token=token.value()).dataset_info(
            hub_id, files_metadata=True, timeout=hub.TIMEOUT_S
        ),
    )
    sizes = {file.rfilename: int(file.size or 0) for file in info.siblings or []}
    card = info.card_data.to_dict() if info.card_data else {}
    found = tuple(_files(sizes, card))
    if not found:
        raise WorkbenchError(_without_data(hub_id, sizes))
    licence = card.get("license") or ""
    return HubSet(
        hub_id=hub_id,
        revision=str(info.sha),
        licence=", ".join(licence) if isinstance(licence, list) else str(licence),
        summary=str(getattr(info, "description", None) or "").strip(),
        files=found,
    )


def clean_id(text: str) -> str:
    """The name in what was typed or pasted: "owner/name", also out of a hub address.

    Raises:
        WorkbenchError: there is none in it.
    """
    given = without_address(text).removeprefix("datasets/")
    parts = [part for part in given.split("/") if part][:2]
    if not parts or not all(re.fullmatch(r"[\w.-]+", part, re.ASCII) for part in parts):
        raise WorkbenchError(
            f"'{names.shown(text.strip())}' is not the name of a data set on the hub: it looks "
            "like owner/name."
        )
    return "/".join(parts)


def start(store: Store, project_id: int, about: HubSet, config: str, split: str = "") -> JobView:
    """Let a job download a configuration, whole or one split.

    Raises:
        WorkbenchError: there is no such part, or too little disk space.
    """
    wanted = about.chosen(config, split)
    total = sum(file.size_bytes for file in wanted)
    _check_disk(about.hub_id, total)
    spec = FetchSpec(
        hub_id=about.hub_id,
        revision=about.revision,
        files=tuple(file.path for file in wanted),
        size_bytes=total,
        name=_called(about, config, split, wanted),
    )
    forget(store, project_id)
    with store.write() as session:
        title = f"Download of {about.hub_id}"
        job_id = queue.enqueue(session, title, spec, project_id=project_id)
    return get_job(store, job_id)


def newest(store: Store, project_id: int) -> JobView | None:
    """The project's download, if there is one that was not used or given up."""
    with store.read() as session:
        for job in conversions.of_project(session, project_id, (FetchSpec.kind,)):
            gone = job.result is None and job.spec.keys() <= {"kind"}
            return None if gone else view_of(session, job)
    return None


def take(store: Store, job: JobView) -> Source:
    """The file that a download has become, kept like one that was uploaded.

    Raises:
        WorkbenchError: it is not there.
        StorageError: the disk is full.
    """
    path = files.job_folder(job.id) / FETCHED
    if job.status != SUCCEEDED or not path.is_file():
        raise WorkbenchError(f"{job.title} left no file: download it again.")
    with path.open("rb") as stream:
        source = sources.keep(stream, str((job.result or {}).get("name") or "data"))
    if job.project_id is not None:
        forget(store, job.project_id)
    return source


def forget(store: Store, project_id: int) -> None:
    """Give up the project's downloads, and delete what they left."""
    with store.write() as session:
        found = conversions.of_project(session, project_id, (FetchSpec.kind,))
        conversions.release(session, found)


def _files(sizes: Mapping[str, int], card: Mapping[str, Any]) -> Iterator[HubFile]:
    data = [path for path in sorted(sizes) if path.endswith(_READ) and not _is_about(path)]
    told = [entry for entry in card.get("configs") or [] if isinstance(entry, dict)]
    listed = [found for entry in told for found in _of_config(entry, data)]
    if listed:
        for config, split, path in listed:
            yield HubFile(path, sizes[path], config, split)
        return
    for path in data:
        side = _SIDE.search(path.lower())
        yield HubFile(path, sizes[path], DEFAULT, _SPLITS[side[1]] if side else "train")


def _of_config(entry: Mapping[str, Any], data: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Configuration, split and path of the files that an entry of a card's `configs` names."""
    config, given = str(entry.get("config_name") or DEFAULT), entry.get("data_files")
    for part in given if isinstance(given, list) else [given]:
        split, patterns = "train", part
        if isinstance(part, dict):
            split, patterns = str(part.get("split") or "train"), part.get("path")
        wanted = [p for p in (patterns if isinstance(patterns, list) else [patterns]) if p]
        for path in data:
            if any(fnmatch.fnmatchcase(path, str(pattern)) for pattern in wanted):
                yield config, split, path


def _is_about(path: str) -> bool:
    """Whether a file is about the data set, or hidden, rather than of it."""
    name = path.rsplit("/", 1)[-1]
    return name in {"dataset_infos.json", "dataset_info.json", "state.json"} or any(
        part.startswith(".") for part in path.split("/")
    )


def _without_data(hub_id: str, sizes: Mapping[str, int]) -> str:
    programs = sorted(path for path in sizes if path.endswith(".py"))
    if programs:
        return (
            f"'{hub_id}' is made by a program ({names.shown(programs[0])}), and programs from the "
            "hub are not run here: choose a data set that is kept as Parquet, CSV or JSON."
        )
    return f"'{hub_id}' has no Parquet, CSV or JSON file: choose another data set."


def _called(about: HubSet, config: str, split: str, wanted: list[HubFile]) -> str:
    parts = [about.hub_id.replace("/", " "), "" if config == DEFAULT else config, split]
    ending = Path(wanted[0].path).suffix if len(wanted) == 1 else ".zip"
    return " ".join(part for part in parts if part) + ending


def _check_disk(hub_id: str, total: int) -> None:
    free = shutil.disk_usage(files.home()).free
    if free < _SPARE * total:
        raise WorkbenchError(
            f"{hub_id} has {size(total)} and needs {size(_SPARE * total)} on the disk of "
            f"{files.home()}, but only {size(free)} are free: free some space, or choose a split."
        )


def line(about: HubSet, config: str, split: str = "") -> str:
    """How much it is, and under which licence; a sentence."""
    wanted = about.chosen(config, split)
    licence = f"licence {about.licence}" if about.licence else "no licence is named"
    return f"{plural(len(wanted), 'file')}, {size(sum(f.size_bytes for f in wanted))}, {licence}."
