"""A trained model as a folder: what its workbench.json says, for whoever loads or lists it."""

import contextlib
import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.core.recipe import APART, TURNS
from workbench.jobs.process.chain import Link
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.job_dir import read_json, write_json
from workbench.jobs.process.number_range import NumberRange
from workbench.jobs.process.specs import BaseModelRef

FACTS = "workbench.json"
LEANED_ON = "leaned_on.parquet"
"""The examples that its answers lean on, where they do: `question` and `answer`, one a row."""


@dataclass(frozen=True, kw_only=True)
class Learned(Contract):
    """Examples that a model had learned which a training went on from."""

    task: str
    data: Path
    whole: bool = False
    """Its exam questions, too, since its exam was by turns."""


@dataclass(frozen=True, kw_only=True)
class TrainedModel(Contract):
    """What was trained, on what, and how it is asked."""

    task: str
    family: str = field(metadata={"key": "kind"})
    method: str = "lora"
    """lora, or full where all weights of the base were tuned."""
    base: BaseModelRef
    quantization: str = "none"
    """Of the base while it learned."""
    system: str = ""
    labels: tuple[str, ...] = ()
    """The categories, sorted; empty for other tasks."""
    out_of_scope: str = ""
    """The category of texts that belong to none of the others; empty where there is none."""
    fields: tuple[dict[str, Any], ...] = ()
    """Those that are pulled out of texts (`core.fields.field.read` reads them); empty for other tasks."""
    tools: tuple[dict[str, Any], ...] = ()
    """Those that its examples name or call (`core.tools.tool.read` reads them)."""
    calls_tools: bool = False
    """Whether its examples taught it to call tools."""
    max_length: int = 2048
    """Tokens; what is done with a longer question, `long_texts` says."""
    long_texts: str = ""
    """How it reads longer texts (`core.long_texts.ways`); empty: as models did that do not say so, an
    encoder the beginning, a writer all but some tokens of the middle."""
    window_join: str = ""
    """How an encoder makes one answer of a long text's windows (`core.long_texts.joins`); empty: the
    mean."""
    pooling: str = ""
    """How an encoder makes one embedding of a text's tokens."""
    alpha: float | None = field(default=None, metadata={"key": "share"})
    """Of what tuning changed in an encoder, how much is in its weights (WiSE-FT's alpha)."""
    thresholds: tuple[float, ...] = ()
    """From which probability on each category holds, in the order of `labels`, where a text may have
    several; empty for other tasks, and for models that write them."""
    pair: tuple[str, ...] = ()
    """The headings of two texts that belong together, where a question is two (`core.tasks.text_pair`)."""
    probe_thresholds: tuple[float, ...] = ()
    """The same before tuning."""
    shows: int | None = None
    """It learned nothing: it is told what to do (`system`), with so many of the nearest examples before
    each question; None for a model that was trained."""
    numbers: NumberRange | None = None
    """What was learned of the numbers that are estimated; None for other tasks."""
    chat_template: str = ""
    data: Path | None = None
    """The examples it learned from, for baselines that learn from them, too."""
    exam: str = APART
    """How it was examined; by turns it has learned from all rows of its data."""
    chain: tuple[Link, ...] = ()
    """The trainings that it went on from, the first one first; empty where it began with its base."""
    learned: tuple[Learned, ...] = ()
    """What the models of that chain had learned."""
    versions: dict[str, Any] = field(default_factory=dict)
    """Of Python and the libraries that shape a result."""


def read_trained(folder: Path) -> TrainedModel:
    """What the model in a folder is.

    Raises:
        WorkbenchError: the folder is no trained model, or a field of it is wrong.
    """
    file = folder / FACTS
    with contextlib.suppress(OSError):
        about = file.stat()
        return _read(file, about.st_ino, about.st_mtime_ns, about.st_size)
    return _told(file)


@functools.lru_cache(maxsize=4096)
def _read(file: Path, _inode: int, _changed_ns: int, _size: int) -> TrainedModel:
    """Of many models, whenever a page lists them; it is read again when it is another file."""
    return _told(file)


def _told(file: Path) -> TrainedModel:
    folder, values = file.parent, read_json(file)
    if values is None and not file.exists():
        raise WorkbenchError(
            f"{folder} holds no trained model ({FACTS} is missing): train it again."
        )
    try:
        return TrainedModel.from_dict(values)
    except WorkbenchError as error:
        raise WorkbenchError(
            f"The trained model in {folder} is damaged ({FACTS} cannot be read: "
            f"{str(error).rstrip('.')}): restore a backup, or train it again."
        ) from error


def learned_by(folder: Path | None) -> tuple[Learned, ...]:
    """What the model in a folder and all before it had learned; empty for none, a base model as it came.

    Raises:
        WorkbenchError: see `read_trained`.
    """
    if folder is None:
        return ()
    model = read_trained(folder)
    if model.data is None or model.shows is not None:
        return model.learned
    own = Learned(task=model.task, data=model.data, whole=model.exam == TURNS)
    return (*model.learned, own)


def write_trained(folder: Path, model: TrainedModel) -> None:
    """Say what the model in a folder is."""
    write_json(folder / FACTS, model.as_dict())
