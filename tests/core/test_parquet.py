"""Parquet files that are read only if they are what was written."""

import hashlib
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from workbench.core import parquet
from workbench.core.errors import WorkbenchError


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """An object: a table under the sha256 of its file."""
    stream = io.BytesIO()
    pq.write_table(pa.table({"row_id": [1, 2], "text": ["a", "b"]}), stream)
    path = tmp_path / hashlib.sha256(stream.getvalue()).hexdigest()
    path.write_bytes(stream.getvalue())
    return path


def test_what_is_whole_is_read(kept: Path) -> None:
    assert parquet.read(kept, "damaged", filters=[("row_id", "=", 2)])["text"].to_pylist() == ["b"]


def test_a_change_is_seen_in_a_process_that_has_read_it(kept: Path, tmp_path: Path) -> None:
    """Readable, but somebody else's rows."""
    parquet.examples(kept)
    pq.write_table(pa.table({"row_id": [1], "text": ["another"]}), kept)
    with pytest.raises(WorkbenchError, match=f"The examples in {kept} are damaged or gone"):
        parquet.examples(kept)


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"\x00" * 5000, b"PAR1" + b"\xff" * 99 + b"PAR1"]
)
def test_a_torn_file_of_any_name_is_the_callers_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "marks.parquet"
    path.write_bytes(content)
    with pytest.raises(WorkbenchError, match=r"^Let it run again\.$"):
        parquet.read(path, "Let it run again.")


def test_a_file_that_is_gone_is_the_callers_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="gone"):
        parquet.read(tmp_path / "no", "It is gone.")
