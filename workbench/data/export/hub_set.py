"""Examples as a data set of the hub: Parquet files, one a split, and the card that names them.

README.md                                 the card: licence, configuration, splits, columns
data/SPLIT-00000-of-00001.parquet         the examples of a split
"""

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.core import names, parquet
from workbench.core.progress import Progress, silent
from workbench.core.tasks import SPLITS, task_named
from workbench.core.words import plural
from workbench.data.export import saved_set
from workbench.data.export.write import has_system, has_weights, records, watched

CARD, DATA = "README.md", "data"
LICENCES = {
    "": "Say nothing of it",
    "cc0-1.0": "CC0 1.0: anything, by anybody",
    "cc-by-4.0": "CC BY 4.0: anything, naming you",
    "cc-by-sa-4.0": "CC BY-SA 4.0: anything, naming you, under the same licence",
    "cc-by-nc-4.0": "CC BY-NC 4.0: nothing commercial, naming you",
    "odc-by": "ODC-BY: a database, naming you",
    "mit": "MIT",
    "apache-2.0": "Apache 2.0",
    "other": "another one, told on the page",
}
"""As the hub names them → in words."""


@dataclass(frozen=True)
class Written:
    """What was written."""

    files: dict[str, Path]
    """Path in the data set → file here."""
    rows: dict[str, int]
    """Split → rows, in the usual order."""
    columns: list[str]


def write(
    source: Path,
    folder: Path,
    task: str,
    *,
    title: str,
    licence: str = "",
    system: str = "",
    progress: Progress = silent,
) -> Written:
    """Write the files of a data set into `folder`.

    Args:
        source: the version's Parquet file: columns row_id, split and the roles of the task.
        system: the instruction for every example.

    Raises:
        WorkbenchError: the source is damaged.
    """
    parquet.check(source, parquet.damaged_examples(source))
    (folder / DATA).mkdir(parents=True, exist_ok=True)
    rows: dict[str, int] = {}
    schema: pa.Schema | None = None
    writers: dict[str, pq.ParquetWriter] = {}
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(pq.ParquetFile(source, buffer_size=1 << 20, pre_buffer=False))
        weight, instructed = has_weights(file), has_system(file, system)
        for some in records(watched(file, progress), task, system):
            for split in SPLITS:
                if not (own := saved_set.of_split(some, split)):
                    continue
                schema = schema or saved_set.schema_of(own[0], instructed, weight)
                if split not in writers:
                    writer = pq.ParquetWriter(folder / path_of(split), schema)
                    writers[split] = stack.enter_context(writer)
                writers[split].write_table(pa.Table.from_pylist(own, schema))
                rows[split] = rows.get(split, 0) + len(own)
    rows = {split: rows[split] for split in SPLITS if split in rows}
    columns = list(schema.names) if schema else []
    (folder / CARD).write_text(card(title, task, licence, rows, columns), "utf-8")
    paths = [CARD, *map(path_of, rows)]
    return Written({path: folder / path for path in paths}, rows, columns)


def path_of(split: str) -> str:
    """Where the examples of a split lie in the data set."""
    return f"{DATA}/{split}-00000-of-00001.parquet"


def card(title: str, task: str, licence: str, rows: dict[str, int], columns: list[str]) -> str:
    """The data set's page: YAML that the hub reads, then words for people."""
    name = " ".join(names.shown(title).split()) or "Examples"
    splits = "".join(f"  - split: {split}\n    path: {path_of(split)}\n" for split in rows)
    about = f"license: {licence}\n" if licence else ""
    counted = "\n".join(f"| {split} | {number:,} |" for split, number in rows.items())
    return (
        f"---\n{about}pretty_name: {json.dumps(name, ensure_ascii=False)}\n"
        f"configs:\n- config_name: default\n  data_files:\n{splits}---\n\n"
        f"# {_held(name)}\n\n"
        f"{plural(sum(rows.values()), 'example')} for the task "
        f"*{task_named(task).title.lower()}*, with the columns "
        f"{', '.join(f'`{column}`' for column in columns)}.\n\n"
        f"| split | examples |\n| --- | --- |\n{counted}\n"
    )


def _held(text: str) -> str:
    """A user's text as itself in Markdown."""
    return "".join(f"\\{sign}" if sign in r"\`*_{}[]<>()#+-.!|~" else sign for sign in text)
