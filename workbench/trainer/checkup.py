"""The checkup of a dataset version: what its texts show, and what an encoder sees in them.

Everything that wants no model is in `workbench.checkup`; here are the encoder's part and the order
of the work. At most `MOST_READ` rows, drawn with the version's seed, are read by the encoder.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from transformers import AutoTokenizer

from workbench.checkup import checks, record, source
from workbench.checkup.answers import given
from workbench.checkup.finding import Finding
from workbench.checkup.marking import marking_words
from workbench.checkup.rows import Rows, rows_of
from workbench.checkup.source import FairSplit, Unlabelled
from workbench.tasks import task_named
from workbench.trainer import data_map, label_errors, learning_curve, split_probe, suggestions
from workbench.trainer.encoder import load_encoder, load_reader, read
from workbench.trainer.models import base_folder
from workbench.trainer.process import Process
from workbench.words import count

MOST_READ = 20_000
READ_TOKENS = 128
"""Of each text so much is read by the encoder: enough to know what it is about."""
STEPS = 1000


@dataclass
class Watch:
    """Tells the share of the whole checkup that is done, with the time left."""

    process: Process
    start: float = 0.0
    end: float = 1.0
    begun: float = 0.0

    def __call__(self, share: float) -> None:
        """So much of this part is done.

        Raises:
            Cancelled, Orphaned: the process is to leave.
        """
        self.process.check()
        whole = self.start + (self.end - self.start) * min(1.0, max(0.0, share))
        spent = time.monotonic() - self.begun
        left = {"seconds_left": spent * (1 - whole) / whole} if whole > 0.02 and spent > 2 else {}
        self.process.progress(min(STEPS - 1, round(STEPS * whole)), STEPS, **left)

    def part(self, start: float, end: float) -> "Watch":
        """For a part of the way."""
        return Watch(self.process, start, end, self.begun)


def checkup(process: Process) -> dict[str, Any]:
    """Write what was found into the job's folder (see `workbench.checkup.record`).

    The spec has the version's `data`, `task`, `mapping` and `seed`; perhaps the `encoder` to read
    the texts with; perhaps a `tokenizer` (a base model) with the `max_tokens` an example may have;
    and perhaps the `table` the version came from (`path`, `name` and reading `options`).

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    began = time.monotonic()
    spec, watch = process.spec, Watch(process, begun=time.monotonic())
    task = task_named(spec["task"])
    process.phase("reading", "Reading the examples")
    rows = rows_of(
        task, pq.read_table(spec["data"]), seed=spec["seed"], progress=watch.part(0.02, 0.4)
    )
    process.phase("checking", f"Looking through {count(len(rows))} examples")
    found = checks.run(rows, _counter(spec), spec.get("max_tokens"))
    facts: dict[str, Any] = {"rows": len(rows), "embedded": 0}
    process.phase("checking", "Looking at the table that they came from")
    table = source.look(rows, spec, watch.part(0.4, 0.45))
    if table.split is not None:
        found.append(source.split_finding(rows, table.split, _gap(rows, table.split)))
        facts["split"] = {"by": table.split.by.as_dict(), "report": table.split.report}
    if task.name == "classification":
        facts["words"] = marking_words(rows.questions(), rows.answers())
    if spec.get("encoder"):
        found += _read_by_encoder(process, rows, table.unlabelled, facts, watch.part(0.45, 1.0))
    found = checks.ordered(found)
    process.phase("saving", "Writing down what was found")
    record.write(process.job.path, checks.score(found), found, facts)
    return {
        "score": checks.score(found),
        "findings": len(found),
        "rows": len(rows),
        "seconds": round(time.monotonic() - began, 1),
    }


def _gap(rows: Rows, fair: FairSplit) -> tuple[float, float] | None:
    """What a probe scores on the exam as it is, and on the fairer one; None if that says nothing."""
    places = [i for i in range(len(rows)) if rows.row_ids[i] in fair.sides]
    if rows.task.name != "classification" or len(places) > split_probe.MOST_ROWS:
        return None
    sides = [fair.sides[rows.row_ids[i]] for i in places]
    texts, labels = rows.questions(), rows.answers()
    found = split_probe.compare(
        [texts[i] for i in places],
        [labels[i] for i in places],
        [rows.splits[i] for i in places],
        sides,
    )
    return (found.random.accuracy, found.recommended.accuracy) if found.flatters else None


def _counter(spec: dict[str, Any]) -> Callable[[Sequence[str]], list[int]] | None:
    """Counts the tokens of texts as the chosen base model does."""
    if not spec.get("tokenizer"):
        return None
    folder = base_folder(spec["tokenizer"])
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)

    def counted(texts: Sequence[str]) -> list[int]:
        found = tokenizer(list(texts), add_special_tokens=False, return_attention_mask=False)
        return [len(ids) for ids in found["input_ids"]]

    return counted


def _read_by_encoder(
    process: Process, rows: Rows, unlabelled: Unlabelled, facts: dict[str, Any], watch: Watch
) -> list[Finding]:
    """What the embeddings show; the rest goes into the facts and files."""
    chosen = _drawn(len(rows), rows.seed)
    facts["embedded"] = len(chosen)
    process.phase("embedding", f"Reading {count(len(chosen))} texts with the encoder")
    texts = rows.questions()
    embeddings = _embed(process, [texts[i] for i in chosen], watch.part(0.0, 0.4))
    found: list[Finding] = []
    if rows.task.name == "classification":
        labels = [rows.answers()[i] for i in chosen]
        process.phase("judging", "Asking of each row whether its category fits")
        judgement = label_errors.judge(embeddings, labels, rows.seed, watch.part(0.4, 0.6))
        if judgement and (suspects := label_errors.finding(rows, chosen, judgement)):
            found.append(suspects)
        process.phase("judging", "Measuring whether more data would help")
        facts["curve"] = learning_curve.measure(
            embeddings,
            labels,
            [rows.is_learned(i) for i in chosen],
            rows.seed,
            watch.part(0.6, 0.75),
        )
        if len(unlabelled):
            _suggest(process, rows, unlabelled, embeddings, labels, facts)
    elif rows.task.learned != "text":
        answers = given(rows)
        process.phase("judging", "Measuring whether more data would help")
        facts["curve"] = learning_curve.measure_texts(
            embeddings,
            [answers[i] for i in chosen],
            [rows.is_learned(i) for i in chosen],
            rows.seed,
            watch.part(0.4, 0.75),
        )
    process.phase("drawing", "Drawing the map of the examples")
    watch.part(0.75, 0.8)(1.0)
    _draw(process, rows, chosen, embeddings)
    return found


def _drawn(rows: int, seed: int) -> list[int]:
    if rows <= MOST_READ:
        return list(range(rows))
    picked = np.random.default_rng(seed).choice(rows, MOST_READ, replace=False)
    return [int(row) for row in sorted(picked)]


def _embed(process: Process, texts: Sequence[str], watch: Watch) -> torch.Tensor:
    """Embeddings (texts, hidden)."""
    folder = base_folder(process.spec["encoder"])
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, READ_TOKENS)
    total = max(1, len(texts))
    return read(encoder, reader.ids(texts), reader.pad_id, lambda done: watch(done / total))


def _suggest(
    process: Process,
    rows: Rows,
    unlabelled: Unlabelled,
    embeddings: torch.Tensor,
    labels: Sequence[str],
    facts: dict[str, Any],
) -> None:
    process.phase("judging", f"Guessing the category of {count(len(unlabelled))} unsorted rows")
    own = _embed(process, unlabelled.texts, Watch(process, 0.8, 0.85, time.monotonic()))
    table = suggestions.suggest(embeddings, labels, own, unlabelled)
    pq.write_table(table, process.job.path / record.UNLABELLED, compression="zstd")
    facts["unlabelled"] = len(unlabelled)


def _draw(process: Process, rows: Rows, chosen: Sequence[int], embeddings: torch.Tensor) -> None:
    drawn = data_map.drawn(len(chosen), rows.seed)
    places = data_map.places(embeddings[drawn], rows.seed)
    columns = data_map.rows_with_places([rows.row_ids[chosen[i]] for i in drawn], places)
    process.check()
    pq.write_table(pa.table(columns), Path(process.job.path) / record.MAP, compression="zstd")
