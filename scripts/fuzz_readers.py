"""Damages files of every kind and brings each as the pages do; prints what came of them.

    .venv/bin/python scripts/fuzz_readers.py [--files 2000] [--seed 7] [--keep FOLDER]

A file may be read, or refused in a sentence, also where it harmed its reader. It is a failure if
anything else comes: another error, a sentence with a trace in it, or death or 300 MB more memory
of the process that asks. Failing files are kept in FOLDER. Exit code 1 if there are any.
"""

import argparse
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402
import psutil  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from planted.damage import damaged, packed  # noqa: E402

from workbench.core.errors import WorkbenchError  # noqa: E402
from workbench.core.tasks import task_named  # noqa: E402
from workbench.data.checkup.import_report import judge  # noqa: E402
from workbench.data.columns import guessing  # noqa: E402
from workbench.data.examples.plan import Plan  # noqa: E402
from workbench.data.examples.prepare import prepare  # noqa: E402
from workbench.data.files import reader, unreadable  # noqa: E402
from workbench.data.readers import Table  # noqa: E402

CORPUS = ROOT / "tests" / "corpus" / "files"
FILES, SEED = 2000, 7
MOST_GROWN_BYTES = 300 << 20
READ, REFUSED, HARMED, FAILED = "read", "refused in a sentence", "harmed its reader", "FAILED"
_TRACE = re.compile(
    r"Traceback|File \"|, line \d+, in |our mistake|\w(Error|Exception)\b|object at 0x|<class "
)
_MADE_AT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_LONGEST = 1200
_SLOWEST = 5


def main(arguments: list[str] | None = None) -> int:
    """Run in a process of its own, so that its death can be told."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="a folder for the files that failed")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.here:
        return fuzz(asked.files, asked.seed, asked.keep)
    given = sys.argv[1:] if arguments is None else arguments
    ended = subprocess.run([sys.executable, __file__, *given, "--here"], check=False)
    if ended.returncode not in (0, 1):
        print(f"fuzz: the process that asks died, exit code {ended.returncode}")
        return 1
    return ended.returncode


def fuzz(files: int, seed: int, keep: Path | None = None) -> int:
    """Bring so many damaged files; 1 if one of them failed."""
    counts, slow = Counter[str](), list[tuple[float, str]]()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder) / "home")
        began, begun_with = time.monotonic(), _own_bytes()
        for number, (name, content) in enumerate(damaged_files(files, seed)):
            path = Path(folder) / f"{number} {name}"
            path.write_bytes(content)
            begun = time.monotonic()
            came, told = outcome(path, name)
            slow.append((time.monotonic() - begun, name))
            counts[came] += 1
            if came == FAILED:
                print(f"fuzz: file {number}, {name}: {told}")
                _keep(path, keep)
            path.unlink()
        grown = _own_bytes() - begun_with
        reader.end_all()
    if grown > MOST_GROWN_BYTES:
        counts[FAILED] += 1
    _tell(counts, slow, grown, time.monotonic() - began, seed)
    return 1 if counts[FAILED] else 0


def _tell(
    counts: Counter[str], slow: list[tuple[float, str]], grown: int, took_s: float, seed: int
) -> None:
    parts = ", ".join(f"{counts[what]:,} {what}" for what in (READ, REFUSED, HARMED, FAILED))
    print(
        f"fuzz: {counts.total():,} files (seed {seed}) in {took_s:.0f} s: {parts}; the process that "
        f"asks grew by {grown / 1e6:.0f} MB"
    )
    slowest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(slow)[-_SLOWEST:])
    print(f"fuzz: the slowest: {slowest}")


def outcome(path: Path, name: str) -> tuple[str, str]:
    """What came of a file, and what was said."""
    try:
        with warnings.catch_warnings(action="ignore"):
            reader.kind_and_titles(path, name)
            _examples(reader.read_table(path, name))
    except WorkbenchError as error:
        return _judged(name, str(error))
    except Exception:
        return FAILED, traceback.format_exc()
    return READ, ""


def _examples(table: Table) -> None:
    """What the Data page makes of a table, in the process that asks."""
    task = guessing.guess_task(table).task
    roles = guessing.guess_all_roles(table, task)
    if all(role in roles for role in task_named(task).required):
        judge(prepare(Plan(task, roles, read=table.options), table))


def _judged(name: str, sentence: str) -> tuple[str, str]:
    if _TRACE.search(sentence) or "\n" in sentence or not sentence.endswith((".", "?")):
        return FAILED, f"no sentence: {sentence[:_LONGEST]}"
    if len(sentence) > _LONGEST:
        return FAILED, f"a sentence of {len(sentence):,} characters: {sentence[:_LONGEST]} …"
    known = ("", unreadable.MEMORY, unreadable.TIME, unreadable.DEPTH)
    harmed = any(sentence == unreadable.sentence(name, by) for by in known)
    return HARMED if harmed else REFUSED, sentence


def damaged_files(count: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents, the same for the same seed; each kind as often as the others."""
    rng = random.Random(seed)
    kinds: dict[str, list[tuple[str, bytes]]] = {}
    for kind, name, content in [*_corpus(), *_fresh(rng)]:
        kinds.setdefault(kind, []).append((name, content))
    for number in range(count):
        of = kinds[sorted(kinds)[number % len(kinds)]]
        name, content = rng.choice(of)
        yield name, damaged(rng, content)


def _corpus() -> Iterator[tuple[str, str, bytes]]:
    """Kind, name and content of each file; what is refused undamaged is one kind."""
    for path in sorted(CORPUS.rglob("*.*")):
        if content := path.read_bytes():
            folder = path.parent.name
            yield folder if folder == "refused" else folder + path.suffix, path.name, content


def _fresh(rng: random.Random) -> Iterator[tuple[str, str, bytes]]:
    """Tables of some hundred rows, which the corpus does not have."""
    rows = [
        {"text": f"Question {n} of {rng.random()}", "label": rng.choice("abc"), "n": n * 0.5}
        for n in range(300)
    ]
    yield (
        "rows.csv",
        "rows.csv",
        "\n".join(f'"{row["text"]}",{row["label"]}' for row in rows).encode(),
    )
    yield "rows.jsonl", "rows.jsonl", "\n".join(map(json.dumps, rows)).encode()
    yield "rows.json", "rows.json", json.dumps(rows, indent=1).encode()
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), stream)
    yield "rows.parquet", "rows.parquet", stream.getvalue()
    yield "rows.xlsx", "rows.xlsx", _workbook(rows)


def _workbook(rows: list[dict[str, Any]]) -> bytes:
    """A workbook without the time at which it was made."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row.values()))
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return packed([(name, _MADE_AT.sub(b"2024-01-01T00:00:00", inside)) for name, inside in parts])


def _keep(path: Path, folder: Path | None) -> None:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(path.read_bytes())


def _own_bytes() -> int:
    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    raise SystemExit(main())
