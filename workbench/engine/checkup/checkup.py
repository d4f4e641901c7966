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

from workbench.core import parquet
from workbench.core.tasks import task_named
from workbench.core.words import count
from workbench.data.checkup import record, run
from workbench.data.checkup.checks import fair_split
from workbench.data.checkup.checks.answers import answers_of
from workbench.data.checkup.checks.fair_split import FairSplit
from workbench.data.checkup.checks.marking import marking_words
from workbench.data.checkup.finding import Finding
from workbench.data.checkup.rows import Rows, rows_of
from workbench.data.examples.unlabelled import Unlabelled
from workbench.engine.checkup import (
    data_map,
    label_errors,
    learning_curve,
    source_table,
    split_probe,
    suggestions,
)
from workbench.engine.checkup.whole_texts import read_texts
from workbench.engine.models.load import base_folder
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import BaseModelRef, CheckSpec
from workbench.jobs.process.stop import Stop

MOST_READ = 20_000


def checkup(spec: CheckSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write what was found into the job's folder (see `workbench.data.checkup.record`).

    Whoever stops it interrupts it, since nothing is kept of a part.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    began = time.monotonic()
    meter = Meter(report, stop.check)
    with (
        stop.at_once(),
        source_table.opened(spec, job, report, meter.part(0.0, 0.02)) as table,
    ):
        report.phase("reading", "Reading the examples")
        meter.part(0.02, 0.03)(0.0)
        task, data = task_named(spec.task), parquet.examples(spec.data)
        rows = rows_of(task, data, seed=spec.seed, progress=meter.part(0.03, 0.4))
        del data
        report.phase("checking", f"Looking through {count(len(rows))} examples")
        found = run.run(rows, _counter(spec.tokenizer), spec.max_tokens)
        facts: dict[str, Any] = {"rows": len(rows), "embedded": 0, "notes": table.notes}
        report.phase("checking", "Looking at the table that they came from")
        seen = table.look(rows, meter.part(0.4, 0.45))
        if seen.split is not None:
            found.append(_split_finding(rows, seen.split))
            facts["split"] = fair_split.facts(seen.split)
        facts["unsorted"] = seen.unsorted
        if task.answers_are_categories:
            facts["words"] = marking_words(rows.questions(), rows.answers())
        if spec.encoder:
            found += _read_by_encoder(
                spec.encoder, rows, seen.unlabelled, facts, job.path, report, meter.part(0.45, 1.0)
            )
        found = run.order_findings(found)
        report.phase("saving", "Writing down what was found")
        record.write(job.path, run.score(found), found, facts)
    return {
        "score": run.score(found),
        "findings": len(found),
        "rows": len(rows),
        "seconds": round(time.monotonic() - began, 1),
    }


def _split_finding(rows: Rows, fair: FairSplit) -> Finding:
    """The finding, with what a probe scores on the exam as it is and on the fairer one, unless that
    says nothing."""
    if not rows.task.answers_are_categories:
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


def _counter(base: BaseModelRef | None) -> Callable[[Sequence[str]], list[int]] | None:
    """Counts the tokens of texts as the chosen base model does."""
    if base is None:
        return None
    folder = base_folder(base)
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False)

    def counted(texts: Sequence[str]) -> list[int]:
        found = tokenizer(list(texts), add_special_tokens=False, return_attention_mask=False)
        return [len(ids) for ids in found["input_ids"]]

    return counted


def _read_by_encoder(
    encoder: BaseModelRef,
    rows: Rows,
    unlabelled: Unlabelled,
    facts: dict[str, Any],
    folder: Path,
    report: Report,
    meter: Meter,
) -> list[Finding]:
    """What the embeddings show; the rest goes into the facts and files."""
    chosen = _drawn(len(rows), rows.seed)
    facts["embedded"] = len(chosen)
    report.phase("embedding", f"Reading {count(len(chosen))} texts with the encoder")
    texts = rows.questions()
    seen = read_texts(encoder, [texts[i] for i in chosen], meter.part(0.0, 0.4))
    embeddings = seen.embeddings
    facts["notes"] = [*facts["notes"], *seen.notes(len(chosen))]
    found: list[Finding] = []
    if rows.task.answers_are_categories:
        labels = [rows.meant[i] for i in chosen]
        report.phase("judging", "Asking of each row whether its category fits")
        judgement = label_errors.judge(embeddings, labels, rows.seed, meter.part(0.4, 0.6))
        if judgement and (suspects := label_errors.finding(rows, chosen, judgement)):
            found.append(suspects)
        report.phase("judging", "Measuring whether more data would help")
        facts["curve"] = learning_curve.measure(
            embeddings,
            labels,
            [rows.is_learned(i) for i in chosen],
            rows.seed,
            meter.part(0.6, 0.7),
        )
        if len(unlabelled):
            guessed = f"Guessing the category of {count(len(unlabelled))} unsorted rows"
            report.phase("judging", guessed)
            own = read_texts(encoder, unlabelled.texts, meter.part(0.7, 0.8)).embeddings
            table = suggestions.suggest(embeddings, labels, own, unlabelled)
            pq.write_table(table, folder / record.UNLABELLED, compression="zstd")
            facts["unlabelled"] = len(unlabelled)
    elif _has_texts_for_answers(rows):
        answers = answers_of(rows)
        report.phase("judging", "Measuring whether more data would help")
        facts["curve"] = learning_curve.measure_texts(
            embeddings,
            [answers[i] for i in chosen],
            [rows.is_learned(i) for i in chosen],
            rows.seed,
            meter.part(0.4, 0.8),
        )
    report.phase("drawing", "Drawing the map of the examples")
    meter(0.85)
    _draw(folder, rows, chosen, embeddings)
    return found


def _has_texts_for_answers(rows: Rows) -> bool:
    """Whether answers are texts, whose likeness to each other tells something."""
    task = rows.task
    return task.asks_in_writing and not (task.answers_are_sets or task.answers_are_numbers)


def _drawn(rows: int, seed: int) -> list[int]:
    if rows <= MOST_READ:
        return list(range(rows))
    picked = np.random.default_rng(seed).choice(rows, MOST_READ, replace=False)
    return [int(row) for row in sorted(picked)]


def _draw(folder: Path, rows: Rows, chosen: Sequence[int], embeddings: torch.Tensor) -> None:
    drawn = data_map.drawn(len(chosen), rows.seed)
    places = data_map.places(embeddings[drawn], rows.seed)
    columns = data_map.rows_with_places([rows.row_ids[chosen[i]] for i in drawn], places)
    pq.write_table(pa.table(columns), folder / record.MAP, compression="zstd")
