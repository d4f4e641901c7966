"""What is said of a suggested model on the Model page, in words."""

from collections.abc import Sequence

from workbench.data.checkup.checks.languages import NAMES, named_in
from workbench.models.suggested import CONDITIONS, NO, YES, Suggestion
from workbench.projects.model_candidates import Candidate
from workbench.training.estimate import Fit
from workbench.ui.numbers import joined, short_count, size
from workbench.ui.text import plain

COMPANY = {
    YES: ":green[:material/check:] a company may use it",
    CONDITIONS: ":orange[:material/rule:] a company may use it under conditions",
    NO: ":red[:material/block:] not for companies",
    "": ":gray[:material/help:] whether a company may use it is told before the download",
}
_SIZES = {"files": "{}", "weights": "about {}", "most": "at most {}"}
_NAMED = 4
"""So many languages are named in a list."""
_USUAL = ("en", "de", "fr", "es", "it", "pt", "nl", "zh", "ja")
"""Languages that are named before others."""


def languages(suggestion: Suggestion, most: int | None = _NAMED, first: Sequence[str] = ()) -> str:
    """The languages that it was made for, as far as they are listed, and how many more.

    Args:
        most: so many are named; None for all.
        first: those that are named before others.
    """
    count = max(len(suggestion.languages), suggestion.many_languages)
    if not count:
        return "languages not stated"
    order = dict.fromkeys((*first, *_USUAL, *NAMES, *suggestion.languages))
    named = named_in([code for code in order if code in suggestion.languages][:most])
    left = count - len(named)
    return joined([*named, *([f"{left} more" if named else f"{left} languages"] if left else [])])


def download(suggestion: Suggestion) -> str:
    """How much has to be downloaded, and how sure that is."""
    return _SIZES[suggestion.download_told_by].format(size(suggestion.expected_bytes))


def licence(suggestion: Suggestion) -> str:
    """The licence and whether a company may use it, as Markdown."""
    named = plain(suggestion.licence) or "licence told before the download"
    return f"{named} · {COMPANY[suggestion.commercial_use]}"


def fits(fit: Fit) -> str:
    """Whether it can be trained here, as Markdown."""
    icon = ":green[:material/check_circle:]" if fit.ok else ":orange[:material/warning:]"
    return f"{icon} {plain(fit.sentence)}"


def parameters(one: Candidate) -> str:
    """How many parameters it has."""
    return f"{short_count(one.model.parameters)} parameters"
