"""Arrow files, a few rows at a time, with every column turned into text."""

from pathlib import Path

from workbench.core.errors import WorkbenchError
from workbench.data.bulk.sink import MeteredSink
from workbench.data.readers.kinds import ARROW
from workbench.data.readers.table import ReadOptions, Table
from workbench.data.readers.table_file import empty
from workbench.data.readers.tables import arrow


def read(path: Path, name: str, sink: MeteredSink) -> Table:
    """The table in an Arrow file; its rows go to the sink, numbered from 1.

    Raises:
        WorkbenchError: it is damaged, too wide or empty.
    """
    done = 0
    with arrow.opened(path, name) as (schema, batches):
        names, rows, notes = arrow.texts(schema, batches)
        sink.begin(names)
        for batch in rows:
            sink.reading(lambda: 0)
            sink.add(batch, range(done + 1, done + batch.num_rows + 1))
            done += batch.num_rows
    if not done or not names:
        raise WorkbenchError(f"{name} is empty: choose a file with at least ten rows of examples.")
    return empty(name, ARROW, ReadOptions(), notes=notes)
