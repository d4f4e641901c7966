"""Likely wrong categories: what a probe that never saw a row thinks of the row's label.

The probe is logistic regression on frozen embeddings, fitted in five folds, so that every row is
judged by one that did not learn from it. A row is suspected where the probe hardly believes in the
given category and is nearly as sure of another one as it usually is of that one's own rows (after
the thresholds of confident learning, Northcutt et al. 2021).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from workbench.core.words import count, percent, plural, shortened
from workbench.data.checkup.finding import Finding, FlaggedRow
from workbench.data.checkup.rows import Rows
from workbench.engine.encoder.probe import fit_probe

FOLDS = 5
FEWEST = 3
"""Categories with fewer rows are not judged: no fold could learn them."""
HARDLY, NEARLY = 0.02, 0.5
"""A label is doubted whose own probability is below the first, if another category's reaches this
share of what is usual for it. Chosen on BANKING77 with labels flipped at random;
scripts/bench_data.py prints precision and recall."""
GOOD_PROBE = 0.8
"""From this accuracy on the probe is right about most of those that it doubts; below, about half."""
USUAL, MANY = 0.015, 0.03
"""So large a share of the rows may be doubted where no category is wrong, because they are hard; and
from the second on most of those in doubt are wrong. Measured with 0, 1, 5 and 15 % of the categories
flipped in BANKING77 and three sets of reviews (0.3 to 0.8 % doubted without any flipped)."""
FEW = 0.01
"""Fewer are no finding: as many are doubted where all is right, and most of them are."""
MISSED = 0.12
"""Nor are those up to the usual share that are less than this one of all rows that the probe gets
wrong: of hard texts it is now and then wrong and sure of it (5 to 11 % of its mistakes where no
category is wrong, 17 to 23 % where one in a hundred is and the texts are plain)."""
FAR_TOO_MANY = 0.3
"""So large a share is doubted only by a probe that knows next to nothing of the categories."""
_SHOWN = 60

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judgement:
    """The probe's view of every row."""

    labels: list[str]
    """The categories that were judged, sorted."""
    given: Ints
    """(rows,) number of each row's own category; -1 where it was not judged."""
    probabilities: Floats
    """(rows, labels); zeros where a row was not judged."""

    @property
    def judged(self) -> npt.NDArray[np.bool_]:
        """Which rows were judged."""
        return self.given >= 0

    def accuracy(self) -> float:
        """The share of judged rows whose own category the probe finds, 0 to 1."""
        right = self.probabilities[self.judged].argmax(1) == self.given[self.judged]
        return float(right.mean()) if len(right) else 0.0


def judge(
    embeddings: torch.Tensor,
    labels: Sequence[str],
    seed: int,
    done: Callable[[float], None] = lambda share: None,
) -> Judgement | None:
    """Out-of-fold probabilities of embeddings (rows, hidden); None if there is nothing to tell
    apart."""
    names, counts = np.unique(np.asarray(labels), return_counts=True)
    judged = [str(name) for name, number in zip(names, counts, strict=True) if number >= FEWEST]
    if len(judged) < 2:
        return None
    place = {name: number for number, name in enumerate(judged)}
    given = np.array([place.get(label, -1) for label in labels])
    rows = np.flatnonzero(given >= 0)
    probabilities = np.zeros((len(labels), len(judged)))
    folds = _folds(given[rows], seed)
    for number in range(FOLDS):
        inside, outside = rows[folds != number], rows[folds == number]
        known = np.unique(given[inside])
        again = np.searchsorted(known, given[inside])
        head = fit_probe(embeddings[torch.from_numpy(inside)], again.tolist())
        with torch.no_grad():
            found = head(embeddings[torch.from_numpy(outside)]).softmax(1).numpy()
        probabilities[np.ix_(outside, known)] = found
        done((number + 1) / FOLDS)
    return Judgement(judged, given, probabilities)


def _folds(given: Ints, seed: int) -> Ints:
    """A fold for each row, every category spread over all of them."""
    order = np.random.default_rng(seed).permutation(len(given))
    folds = np.empty(len(given), np.int64)
    for label in np.unique(given):
        mine = order[given[order] == label]
        folds[mine] = (np.arange(len(mine)) + label) % FOLDS
    return folds


def suspects(judgement: Judgement) -> list[tuple[int, str, float]]:
    """Rows whose label is doubted, the surest first: index, the better category, how sure (0-1)."""
    probabilities, given = judgement.probabilities, judgement.given
    rows = np.flatnonzero(judgement.judged)
    own = probabilities[rows, given[rows]]
    usual = np.array([own[given[rows] == label].mean() for label in range(len(judgement.labels))])
    best = probabilities[rows].argmax(1)
    sure = probabilities[rows, best]
    doubted = (best != given[rows]) & (own < HARDLY) & (sure >= NEARLY * usual[best])
    found = [
        (int(row), judgement.labels[label], float(share))
        for row, label, share, odd in zip(rows, best, sure, doubted, strict=True)
        if odd
    ]
    return sorted(found, key=lambda suspect: -suspect[2])


def finding(rows: Rows, places: Sequence[int], judgement: Judgement) -> Finding | None:
    """The suspects as a finding; `places` are the rows that were judged, by index."""
    found = suspects(judgement)
    if not found:
        return None
    share = len(found) / max(1, int(judgement.judged.sum()))
    if share > FAR_TOO_MANY:
        return _untold(judgement)
    if share < FEW or share < min(USUAL, MISSED * (1 - judgement.accuracy())):
        return None
    labels, texts = rows.meant, rows.questions()
    flagged_rows = [
        FlaggedRow(
            rows.row_ids[places[index]],
            drop=True,
            role="label",
            after=better,
            value=sure,
            note="exam question" if rows.is_exam(places[index]) else "",
        )
        for index, better, sure in found
    ]
    index, better, _ = found[0]
    first = places[index]
    exam = sum(rows.is_exam(places[i]) for i, _, _ in found)
    most = share >= MANY and judgement.accuracy() >= GOOD_PROBE
    right = "most of them" if most else "half of them" if share >= USUAL else ""
    trust = (
        f"read them before you change them, since the check is right about {right} only"
        if right
        else "as many may look like that where all is right, being hard to tell, so change "
        "only what you find wrong yourself"
    )
    number = len(found)
    return Finding(
        "labels",
        f"{plural(number, 'row')} {_looks(number) if right else 'may be'} wrongly sorted",
        f"Row {rows.row_ids[first]} ('{shortened(texts[first], _SHOWN)}') is in "
        f"'{labels[first]}', but everything else says '{better}'. "
        f"{count(number)} of {count(int(judgement.judged.sum()))} rows {_looks(number)} like that; {trust}.",
        _effect(exam, sure=bool(right)),
        min(0.6, (2.0 if right else 0.5) * share),
        flagged_rows,
        remove="Take these rows out",
        change="Give them the suggested category",
        ticked=most,
    )


def _untold(judgement: Judgement) -> Finding:
    """That the texts do not tell the categories: then it is said of no row that it is wrong."""
    right = judgement.accuracy()
    return Finding(
        "untold",
        "The texts hardly tell which category is meant",
        f"A quick model that had not seen a row found the right one of {count(len(judgement.labels))} "
        f"categories for {percent(right)} of the rows. Look whether the right columns are chosen, and "
        "weave several into one where it takes more to decide; join categories that are alike, or add "
        "examples of each.",
        "What the examples do not tell, the model has to guess.",
        0.6 * (1 - right),
    )


def _looks(number: int) -> str:
    return "looks" if number == 1 else "look"


def _effect(exam: int, *, sure: bool) -> str:
    """What such rows do; `exam` of them are exam questions."""
    if not exam:
        return "The model learns such mistakes, and is less sure about everything near them."
    asked = f"{plural(exam, 'exam question')} with a wrong category"
    if not sure:
        return f"The model learns such mistakes; {asked} would make its score too low."
    makes = "makes" if exam == 1 else "make"
    return f"The model learns the mistakes, and {asked} {makes} its score lower than it deserves."
