"""A report as a file: PDF, HTML, or the model card as Markdown."""

from pathlib import Path

from storage import files
from storage.database import Store
from storage.guard import private
from workbench.core.errors import WorkbenchError
from workbench.core.whole import whole_file
from workbench.evaluation.report.card import model_card
from workbench.evaluation.report.html import to_html
from workbench.evaluation.report.pdf import to_pdf
from workbench.evaluation.report.write import report

PDF, HTML, CARD = ".pdf", ".html", ".md"
KINDS = {PDF: "application/pdf", HTML: "text/html", CARD: "text/markdown"}
"""Ending of the file → its MIME type."""


def to_bytes(store: Store, run_id: int, kind: str, evaluation_id: int | None = None) -> bytes:
    """The report of a run.

    Args:
        kind: one of `KINDS`; `.md` is the model card.
        evaluation_id: on which of its exams; None for the newest on its own exam, else the newest.

    Raises:
        WorkbenchError: there is no such kind, or the run has no exam to report on.
    """
    if kind == PDF:
        return to_pdf(report(store, run_id, evaluation_id))
    if kind == HTML:
        return to_html(report(store, run_id, evaluation_id)).encode()
    if kind == CARD:
        return model_card(store, run_id, evaluation_id).encode()
    raise WorkbenchError(f"A report ends in {', '.join(KINDS)}, not in '{kind}': name it so.")


def write_report(store: Store, run_id: int, path: Path) -> None:
    """Write the report of a run to a file, whole or not at all; its ending says which kind.

    Raises:
        WorkbenchError: there is no such kind, or the run has no exam to report on.
        OSError: the file cannot be written.
    """
    made = to_bytes(store, run_id, path.suffix.lower())
    with private.taken_elsewhere(path, files.home()), whole_file(path) as part:
        part.write_bytes(made)
