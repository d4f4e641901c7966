"""Examples as the library `datasets` saves them to the disk (`load_from_disk`), in a ZIP.

dataset_dict.json                         the splits
SPLIT/data-00000-of-00001.arrow           an Arrow stream
SPLIT/dataset_info.json, SPLIT/state.json what it is, and which files it has
"""

import contextlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from workbench.core.tasks import SPLITS

DATA = "data-00000-of-00001.arrow"
_SAID = [("role", pa.string()), ("content", pa.string())]
_WEIGHT = ("weight", pa.int64())
"""0 of an answer that is not to be learned, as OpenAI writes it."""

SYSTEM, PROMPT = "system", "prompt"
"""Fields of a record (`Task.record`) that is a question with its answer."""

Record = dict[str, Any]


def write(
    batches: Iterator[Sequence[Record]],
    target: Path,
    *,
    with_system: bool,
    with_weight: bool = False,
) -> None:
    """Write the records, each with its `split`, as a set of splits.

    Args:
        with_system: some of the answers may have an instruction, `system`.
        with_weight: some of the turns may not be learned, `weight` 0.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".saved-") as name:
        folder = Path(name)
        splits = _write_arrow(batches, folder, with_system, with_weight)
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            archive.writestr("dataset_dict.json", json.dumps({"splits": splits}))
            for split in splits:
                archive.write(folder / split, f"{split}/{DATA}")
                archive.writestr(f"{split}/state.json", json.dumps(_state(split)))
                archive.writestr(f"{split}/dataset_info.json", json.dumps(_ABOUT))


def _write_arrow(
    batches: Iterator[Sequence[Record]], folder: Path, with_system: bool, with_weight: bool
) -> list[str]:
    """A file for each split that there is; their names, in the usual order."""
    writers: dict[str, pa.RecordBatchStreamWriter] = {}
    with contextlib.ExitStack() as stack:
        for records in batches:
            for split in SPLITS:
                own = of_split(records, split)
                if not own:
                    continue
                schema = schema_of(own[0], with_system, with_weight)
                if split not in writers:
                    stream = stack.enter_context(pa.OSFile(str(folder / split), "wb"))
                    writers[split] = stack.enter_context(pa.ipc.new_stream(stream, schema))
                writers[split].write_table(pa.Table.from_pylist(own, schema))
    return [split for split in SPLITS if split in writers]


def of_split(records: Sequence[Record], split: str) -> list[Record]:
    """The records of a split, without saying so."""
    return [{n: v for n, v in r.items() if n != "split"} for r in records if r["split"] == split]


def schema_of(record: Record, with_system: bool, with_weight: bool = False) -> pa.Schema:
    """Texts, sets of categories, and turns of a conversation; the same for every record of a version."""
    turn = pa.list_(pa.struct([*_SAID, _WEIGHT] if with_weight else _SAID))
    own = {name: value for name, value in record.items() if name != SYSTEM}
    first = [SYSTEM] if with_system and isinstance(own.get(PROMPT), str) else []
    kinds = [(name, _kind(value, turn)) for name, value in own.items()]
    return pa.schema([*((name, pa.string()) for name in first), *kinds])


def _kind(value: Any, turn: pa.DataType) -> pa.DataType:
    """A conversation has a turn at least; any other list is one of names."""
    if not isinstance(value, list):
        return pa.string()
    return turn if value and isinstance(value[0], dict) else pa.list_(pa.string())


_ABOUT = {"citation": "", "description": "", "homepage": "", "license": ""}


def _state(split: str) -> dict[str, Any]:
    return {
        "_data_files": [{"filename": DATA}],
        "_fingerprint": "0" * 16,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": split,
    }
