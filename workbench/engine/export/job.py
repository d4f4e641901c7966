"""The jobs `export-model` and `certify`: written, read back, compared, and only then offered."""

import shutil
from pathlib import Path
from typing import Any

from workbench.core.chats.source_text import source_text
from workbench.core.errors import WorkbenchError
from workbench.core.messages import render_prompt
from workbench.core.tasks.task import Message
from workbench.core.words import size
from workbench.engine.causal.batches import longest_example
from workbench.engine.causal.reading import text_ids
from workbench.engine.evaluation.jobs import EXAM
from workbench.engine.export.making import WORK, Making
from workbench.engine.export.questions import Fits, questions_of
from workbench.engine.export.text_exports import packed
from workbench.engine.models.config import load_config
from workbench.engine.models.load import base_folder, load_tokenizer, read_tokenizer
from workbench.engine.rows import read_rows
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.report import Report
from workbench.jobs.process.shell import Result
from workbench.jobs.process.specs import CertifySpec, ExportModelSpec
from workbench.jobs.process.stop import Stop
from workbench.models.exports.certificate import Certificate, write_certificate
from workbench.models.exports.formats import GGUF
from workbench.models.families import Family, family_named
from workbench.models.templates import template_of
from workbench.models.trained import TrainedModel, read_trained

MOST_TOKENS = 128
"""Of an answer of the check."""
EXPORT = "export"
PLACES_LEFT = 2
"""Positions that some encoders count but cannot use."""


def certify(spec: CertifySpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Ask a trained model in every way of this program.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: something is missing or cannot be read.
    """
    making = _begun(spec, job, report, stop)
    try:
        found = making.certificate(making.ways())
    finally:
        shutil.rmtree(job.path / WORK, ignore_errors=True)
    write_certificate(job.path, found)
    return {"certificate": found.as_dict()}


def export(spec: ExportModelSpec, job: JobDir, report: Report, stop: Stop) -> Result:
    """Write an export, read it back, and keep it only if it answers as the trained model does.

    Raises:
        Cancelled, Orphaned: the process is to leave.
        WorkbenchError: it cannot be written or read back; why.
    """
    target, work = job.path / EXPORT, job.path / WORK
    for folder in (target, work):
        shutil.rmtree(folder, ignore_errors=True)
    try:
        making = _begun(spec, job, report, stop)
        _check_room(job.path, spec)
        folder, certificate = _family_export(making, spec, work)
        told = {"certificate": certificate.as_dict()}
        if not certificate.passed:
            reason = f"{certificate.verdict} So it is not offered."
            return {"status": "failed", "reason": reason, **told}
        report.phase("saving", "Putting the export together")
        return {**told, "files": _kept(spec, folder, certificate, target, stop)}
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _family_export(making: Making, spec: ExportModelSpec, work: Path) -> tuple[Path, Certificate]:
    """By family: the libraries of the others are not needed."""
    if making.family.reads_apart:
        from workbench.engine.export.rewriter_job import rewriter_export

        return rewriter_export(making, spec, work)
    if making.family.writes_text:
        from workbench.engine.export.text_job import text_export

        return text_export(making, spec, work)
    from workbench.engine.export.sorter_job import sorter_export

    return sorter_export(making, spec, work)


def _begun(spec: CertifySpec, job: JobDir, report: Report, stop: Stop) -> Making:
    report.phase("preparing", "Reading the exam's questions")
    trained = read_trained(spec.adapter)
    family = family_named(trained.family)
    rows = read_rows(spec.data, EXAM) or read_rows(spec.data)
    if not rows:
        raise WorkbenchError(
            "This model's examples are gone, so nothing can be compared: import them again."
        )
    tokens = min(MOST_TOKENS, spec.recipe.eval_max_new_tokens)
    fits = _fits(spec, trained, family, tokens)
    questions = questions_of(trained, family, rows, spec.recipe.seed, fits)
    if not questions.all:
        raise WorkbenchError(
            f"No question fits into the {trained.max_length:,} tokens that this model reads, so nothing can be "
            "compared. Train it with a larger max_length."
        )
    return Making(
        spec, job, report, stop, Meter(report, stop.check), trained, family, questions, tokens
    )


def _fits(spec: CertifySpec, trained: TrainedModel, family: Family, new_tokens: int) -> Fits:
    """Which questions the model reads whole and can answer."""
    if family.reads_apart:
        return _rewrites_whole(spec, trained)
    if family.writes_text:
        return _writes_whole(spec, trained, new_tokens)
    return _reads_whole(spec, trained)


def _rewrites_whole(spec: CertifySpec, trained: TrainedModel) -> Fits:
    """Whether an encoder-decoder reads a question to its end."""
    from workbench.engine.seq2seq.model import load_pair_tokenizer

    pair = load_pair_tokenizer(spec.adapter, base_folder(spec.base), trained.max_length)
    return lambda messages, _: len(pair.whole_source(source_text(messages))) <= pair.limits.source


def _reads_whole(spec: CertifySpec, trained: TrainedModel) -> Fits:
    """Whether an encoder reads a text to its end; which part of a longer one counts is for each to say."""
    config = load_config(base_folder(spec.base))
    tokenizer = read_tokenizer(spec.adapter)
    positions = (getattr(config, "max_position_embeddings", None) or 2**20) - PLACES_LEFT
    room = min(trained.max_length, tokenizer.model_max_length, positions)
    return lambda _, text: len(tokenizer(text)["input_ids"]) <= room


def _writes_whole(spec: CertifySpec, trained: TrainedModel, new_tokens: int) -> Fits:
    """Whether a question fits a model that writes, with its answer: a longer one is cut here, and refused
    or cut otherwise elsewhere."""
    folder = base_folder(spec.base)
    template = template_of(spec.adapter, spec.base.name)
    tokenizer = load_tokenizer(spec.adapter, template)
    context = (
        getattr(load_config(folder).get_text_config(), "max_position_embeddings", None) or 2**20
    )
    room = min(longest_example(folder, trained.max_length), context - new_tokens)

    def fits(messages: list[Message], text: str) -> bool:
        whole = render_prompt(messages, template) if messages else text
        return len(text_ids(whole, tokenizer)) <= room

    return fits


def _check_room(folder: Path, spec: ExportModelSpec) -> None:
    """Refuse before minutes of work what the disk cannot take."""
    base = sum(file.stat().st_size for file in spec.base.path.glob("*.safetensors"))
    needed, free = 3 * base, shutil.disk_usage(folder).free
    if needed > free:
        raise WorkbenchError(
            f"The export needs about {size(needed)} of the disk while it is made, and {size(free)} are free: "
            "free some space on the Storage page, then export again."
        )


def _kept(
    spec: ExportModelSpec, folder: Path, certificate: Certificate, target: Path, stop: Stop
) -> list[dict[str, Any]]:
    """Put the export where it stays: a GGUF file beside its Modelfile, all else as one zip."""
    write_certificate(folder, certificate)
    if spec.format == GGUF:
        folder.rename(target)
    else:
        part = folder.parent / "packed"
        part.mkdir()
        packed(folder, part / f"{spec.name}-{spec.format}.zip", stop.check)
        shutil.rmtree(folder)
        part.rename(target)
    found = sorted(target.iterdir(), key=lambda file: -file.stat().st_size)
    return [{"name": file.name, "size_bytes": file.stat().st_size} for file in found]
