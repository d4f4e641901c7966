"""The report as a PDF of two pages, set by Typst from a template of ours."""

import functools
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from workbench.core.errors import WorkbenchError
from workbench.evaluation.report.content import Report

PAGES = 2
_TEMPLATE = Path(__file__).with_name("report.typ")
_SCALES = (1.12, 1.05, 0.98, 0.92, 0.86, 0.8, 0.74, 0.68, 0.6)
"""Sizes that are tried until everything stands on two pages."""
_LONG = re.compile(r"\S{30}(?=\S)")
_ALWAYS = ("LATIN", "GREEK", "CYRILLIC")
"""The scripts that Typst's own fonts have."""
_NOTICE = (
    "Parts of this report are written in a script for which this computer may have no font; "
    "the report as HTML shows them."
)


def to_pdf(report: Report) -> bytes:
    """The report as a PDF; the same bytes for the same report.

    Raises:
        WorkbenchError: it cannot be set.
    """
    import typst  # its library is large, and only this needs it

    values = {**_breakable(report.as_dict()), "notice": _notice(report)}
    told = json.dumps(values, ensure_ascii=False)
    template = _TEMPLATE.read_bytes()
    made = b""
    for scale in _SCALES:
        try:
            made = typst.compile(
                template,
                font_paths=_fonts(),
                sys_inputs={"report": told, "scale": str(scale)},
                timestamp=0,
            )
        except typst.TypstError as error:
            raise WorkbenchError(
                f"The report could not be set as a PDF ({error.message}): take the HTML file instead."
            ) from error
        if _pages(made) <= PAGES:
            break
    return made


@functools.cache
def _fonts() -> Any:
    """Typst's own fonts and the system's, looked for once: there may be thousands."""
    import typst

    return typst.Fonts()


def needs_other_fonts(report: Report) -> bool:
    """Whether it has letters of a script for which the fonts that come along have none."""
    return any(map(_is_foreign, set(json.dumps(report.as_dict(), ensure_ascii=False))))


def _is_foreign(letter: str) -> bool:
    return letter.isalpha() and not unicodedata.name(letter, "").startswith(_ALWAYS)


def _notice(report: Report) -> str:
    return _NOTICE if needs_other_fonts(report) else ""


def _breakable(value: Any) -> Any:
    """Words without an end, as addresses are, get places where a line may end (zero width)."""
    if isinstance(value, str):
        return _LONG.sub(lambda found: f"{found[0]}\u200b", value)
    if isinstance(value, dict):
        return {name: _breakable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(inner) for inner in value]
    return value


def _pages(pdf: bytes) -> int:
    import pypdfium2

    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)
