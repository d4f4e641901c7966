"""The fuzzer of readers: it tells what is no sentence, and finds none in a small run."""

import contextlib
import io
import itertools
import random
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.corpus import writers
from workbench.core.errors import WorkbenchError
from workbench.data.files import reader, unreadable
from workbench.data.readers import Table


def test_a_small_run_finds_no_failure(capfd: pytest.CaptureFixture[str]) -> None:
    import fuzz_readers

    assert fuzz_readers.main(["--files", "60", "--seed", "3"]) == 0
    told = capfd.readouterr().out
    assert "fuzz: 60 files (seed 3)" in told
    assert " 0 FAILED" in told


def test_the_same_seed_damages_alike_and_spares_no_kind() -> None:
    import fuzz_readers

    first, second = (list(fuzz_readers.damaged_files(60, 5)) for _ in range(2))
    assert first == second
    endings = {Path(name).suffix for name, _ in first}
    assert endings >= {".csv", ".xlsx", ".xls", ".ods", ".json", ".jsonl", ".parquet", ".zip"}
    assert endings >= {".pdf", ".docx", ".txt", ".md", ".eml", ".mbox"}


def test_damage_is_done_within_archives_too() -> None:
    from planted import damage

    content = b"text,label\n" + b"x,y\n" * 50
    found = []
    for seed in range(60):
        with contextlib.suppress(
            zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError
        ):
            odd = damage.damaged(random.Random(seed), writers.archive({"a.csv": content}))
            with zipfile.ZipFile(io.BytesIO(odd)) as archive:
                found += [archive.read(name) for name in archive.namelist()]
    assert len([inside for inside in found if inside != content]) > 10


@pytest.mark.parametrize(
    ("error", "came"),
    [
        (WorkbenchError("x.csv is empty: choose another file."), "refused in a sentence"),
        (WorkbenchError(unreadable.sentence("x.csv")), "harmed its reader"),
        (WorkbenchError(unreadable.sentence("x.csv", unreadable.TIME)), "harmed its reader"),
        (WorkbenchError("KeyError: 'text'."), "FAILED"),
        (WorkbenchError('File "/a.py", line 3, in read.'), "FAILED"),
        (WorkbenchError("one\ntwo."), "FAILED"),
        (WorkbenchError("no end"), "FAILED"),
        (WorkbenchError("long " * 1000 + "."), "FAILED"),
        (ValueError("a bug"), "FAILED"),
        (OSError(22, "Invalid argument"), "FAILED"),
        (None, "read"),
    ],
)
def test_what_is_no_sentence_is_a_failure(
    error: Exception | None, came: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fuzz_readers

    def read(*_: object) -> Table | None:
        if error is not None:
            raise error
        return None

    monkeypatch.setattr(reader, "kind_and_titles", lambda *_: ("csv", ()))
    monkeypatch.setattr(reader, "read_table", read)
    monkeypatch.setattr(fuzz_readers, "_examples", lambda _: None)
    assert fuzz_readers.outcome(tmp_path / "x.csv", "x.csv")[0] == came


def test_a_failure_is_counted_kept_and_told_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import fuzz_readers

    every = itertools.cycle([(fuzz_readers.READ, ""), (fuzz_readers.FAILED, "a trace")])
    monkeypatch.setattr(fuzz_readers, "outcome", lambda *_: next(every))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    assert fuzz_readers.fuzz(4, 1, tmp_path / "kept") == 1
    assert "2 read" in (told := capsys.readouterr().out)
    assert "2 FAILED" in told
    assert len(list((tmp_path / "kept").iterdir())) == 2
