"""`export-model` and `certify`: a trained model for other programs, and whether it answers there as here."""

import argparse
from pathlib import Path
from typing import Any

from storage import files
from storage.database import Store
from storage.guard import private
from workbench.cli.output import command, emit, finished, working_store
from workbench.core.errors import WorkbenchError
from workbench.core.words import percent, size
from workbench.evaluation.report.card import model_card
from workbench.models.exports.certificate import Certificate
from workbench.models.exports.formats import BITS, FORMATS
from workbench.training.runs import get_run
from workbench.use.exports import exports
from workbench.use.exports.exports import Export


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(
        commands, "export-model", _export, "Write a trained model in the form of another program."
    )
    parser.add_argument("--run", required=True, metavar="N")
    parser.add_argument("--format", required=True, help=", ".join(FORMATS))
    parser.add_argument("--quantization", default="", help=", ".join(BITS))
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="a file or a folder"
    )
    parser = command(
        commands,
        "certify",
        _certify,
        "Ask a trained model in every way there is, and compare the answers.",
    )
    parser.add_argument("--run", required=True, metavar="N")


def _export(options: argparse.Namespace) -> int:
    run_id = _run_id(options.run)
    store = working_store()
    wanted = exports.plan(store, run_id, options.format, options.quantization)
    if not (options.out.is_dir() or options.out.parent.is_dir()):
        raise WorkbenchError(
            f"There is no folder {options.out.parent}: make it first, or choose another."
        )
    job = exports.start(store, wanted, _card(store, run_id))
    finished(store, job.id)
    export = exports.get_export(store, job.id)
    with private.taken_elsewhere(options.out, files.home()):
        written = exports.save(export, options.out)
    written_bytes = sum(file.stat().st_size for file in written)
    value = {
        "run_id": run_id,
        "format": export.form.name,
        "quantization": export.quantization,
        "path": str(written[0]),
        "files": list(map(str, written)),
        "size_bytes": written_bytes,
        "certificate": _told(export),
    }
    text = f"{written[0]} ({size(written_bytes)})."
    if export.certificate:
        text += f" {export.certificate.verdict}\n{table(export.certificate)}"
    emit(options, value, text)
    return 0


def _certify(options: argparse.Namespace) -> int:
    run_id = _run_id(options.run)
    store = working_store()
    job = exports.certify(store, run_id)
    finished(store, job.id)
    found = exports.newest_certificate(store, run_id)
    if found is None:
        raise WorkbenchError("The check left no certificate: run it again.")
    others = _exports_of(store, run_id)
    value = {
        "run_id": run_id,
        "certificate": found.as_dict(),
        "exports": [{"job_id": e.job.id, "format": e.form.name, "quantization": e.quantization,
                     "is_there": e.is_there, "certificate": _told(e)} for e in others],
    }  # fmt: skip
    lines = [found.verdict, table(found), *map(_line, others)]
    emit(options, value, "\n".join(lines))
    return 0 if found.passed else 1


def _exports_of(store: Store, run_id: int) -> list[Export]:
    listed = exports.list_exports(store, get_run(store, run_id).project_id, run_id)
    return [export for export in listed if export.certificate]


def _line(export: Export) -> str:
    what = f"{export.form.name} {export.quantization}".strip()
    verdict = export.certificate.verdict if export.certificate else ""
    return f"Export {export.job.id} ({what}): {verdict}"


def _told(export: Export) -> dict[str, Any] | None:
    return export.certificate.as_dict() if export.certificate else None


def table(certificate: Certificate) -> str:
    """The ways of a certificate, a line each."""
    return "\n".join(
        f"  {'✓' if way.passed else '✗'} {way.title:<42} {way.same} of {way.questions} the same"
        f" ({percent(way.share)}) · {way.read_by}"
        for way in certificate.ways
    )


def _card(store: Store, run_id: int) -> str:
    """The model card; without an exam there is none."""
    try:
        return model_card(store, run_id)
    except WorkbenchError:
        return ""


def _run_id(text: str) -> int:
    if not text.isdigit():
        raise WorkbenchError(f"--run takes the number of a finished run, not '{text}'.")
    return int(text)
