"""The checkup of a dataset version: what its texts show, and what an encoder sees in them.

Everything that wants no model is in `workbench.data.checkup`; here are the encoder's part and the order
of the work. At most `MOST_READ` rows, drawn with the version's seed, are read by the encoder.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from transformers import AutoTokenizer

from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.checkup import record
from workbench.data.checkup import run as checks
from workbench.data.checkup.checks import fair_split
from workbench.data.checkup.checks.answers import given
from workbench.data.checkup.checks.fair_split import FairSplit
from workbench.data.checkup.checks.marking import marking_words
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows, rows_of
from workbench.data.examples.unlabelled import Unlabelled
from workbench.engine.checkup import (
    data_map,
    label_errors,
    learning_curve,
    split_probe,
    suggestions,
)
from workbench.engine.checkup import source_table as checkup_table
from workbench.engine.checkup.progress import Watch
from workbench.engine.encoder.encoder import load_encoder, load_reader, read
from workbench.engine.models.load import base_folder
from workbench.jobs.process.shell import Process

MOST_READ = 20_000
READ_TOKENS = 128
"""Of each text so much is read by the encoder: enough to know what it is about."""


def checkup(process: Process) -> dict[str, Any]:
    """Write what was found into the job's folder (see `workbench.data.checkup.record`).

    The spec has the version's `data`, `task`, `mapping` and `seed`; perhaps the `encoder` to read
    the texts with; perhaps a `tokenizer` (a base model) with the `max_tokens` an example may have;
    and perhaps the `table` the version came from (see `checkup_table`). Whoever stops it interrupts
    it, since nothing is kept of a part.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    began = time.monotonic()
    spec, watch = process.spec, Watch(process, begun=time.monotonic())
    with process.leaving_at_once(), checkup_table.opened(process, watch.part(0.0, 0.02)) as table:
        process.phase("reading", "Reading the examples")
        watch.part(0.02, 0.03)(0.0)
        task, data = task_named(spec["task"]), pq.read_table(spec["data"])
        rows = rows_of(task, data, seed=spec["seed"], progress=watch.part(0.03, 0.4))
        del data
        process.phase("checking", f"Looking through {count(len(rows))} examples")
        found = checks.run(rows, _counter(spec), spec.get("max_tokens"))
        facts: dict[str, Any] = {"rows": len(rows), "embedded": 0, "notes": table.notes}
        process.phase("checking", "Looking at the table that they came from")
        seen = table.look(rows, watch.part(0.4, 0.45))
        if seen.split is not None:
            found.append(_split_finding(rows, seen.split))
            facts["split"] = fair_split.facts(seen.split)
        facts["unsorted"] = seen.unsorted
        if task.name == "classification":
            facts["words"] = marking_words(rows.questions(), rows.answers())
        if spec.get("encoder"):
            found += _read_by_encoder(process, rows, seen.unlabelled, facts, watch.part(0.45, 1.0))
        found = checks.ordered(found)
        process.phase("saving", "Writing down what was found")
        record.write(process.job.path, checks.score(found), found, facts)
    return {
        "score": checks.score(found),
        "findings": len(found),
        "rows": len(rows),
        "seconds": round(time.monotonic() - began, 1),
    }


def _split_finding(rows: Rows, fair: FairSplit) -> Finding:
    """The finding, with what a probe scores on the exam as it is and on the fairer one, unless that
    says nothing."""
    if rows.task.name != "classification":
        return fair_split.finding(rows, fair, None, 0)
    some = fair.sample(split_probe.MOST_ROWS, rows.seed)
    texts, labels = rows.questions(), rows.meant
    gap = split_probe.gap(
        [texts[i] for i in some],
        [labels[i] for i in some],
        [rows.splits[i] for i in some],
        [fair.sides[i] for i in some],
    )
    return fair_split.finding(rows, fair, gap, len(some))


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
        labels = [rows.meant[i] for i in chosen]
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
            watch.part(0.6, 0.7),
        )
        if len(unlabelled):
            part = watch.part(0.7, 0.8)
            _suggest(process, part, unlabelled, embeddings, labels, facts)
    elif rows.task.learned != "text":
        answers = given(rows)
        process.phase("judging", "Measuring whether more data would help")
        facts["curve"] = learning_curve.measure_texts(
            embeddings,
            [answers[i] for i in chosen],
            [rows.is_learned(i) for i in chosen],
            rows.seed,
            watch.part(0.4, 0.8),
        )
    process.phase("drawing", "Drawing the map of the examples")
    watch(0.85)
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
    watch: Watch,
    unlabelled: Unlabelled,
    embeddings: torch.Tensor,
    labels: Sequence[str],
    facts: dict[str, Any],
) -> None:
    process.phase("judging", f"Guessing the category of {count(len(unlabelled))} unsorted rows")
    own = _embed(process, unlabelled.texts, watch)
    table = suggestions.suggest(embeddings, labels, own, unlabelled)
    pq.write_table(table, process.job.path / record.UNLABELLED, compression="zstd")
    facts["unlabelled"] = len(unlabelled)


def _draw(process: Process, rows: Rows, chosen: Sequence[int], embeddings: torch.Tensor) -> None:
    drawn = data_map.drawn(len(chosen), rows.seed)
    places = data_map.places(embeddings[drawn], rows.seed)
    columns = data_map.rows_with_places([rows.row_ids[chosen[i]] for i in drawn], places)
    process.check()
    pq.write_table(pa.table(columns), Path(process.job.path) / record.MAP, compression="zstd")
