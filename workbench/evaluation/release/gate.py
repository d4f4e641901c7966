"""The release gate: what is looked at before a version goes live, and how it came out."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from storage.database import Store
from storage.live import releases
from workbench.core.errors import WorkbenchError
from workbench.core.metrics import Metric, metric_of
from workbench.core.units import AMOUNT
from workbench.core.words import joined, plural, shortened
from workbench.evaluation import evaluations, exam_ladder, verdict
from workbench.evaluation.release import asking, in_place
from workbench.evaluation.release.comparison import Comparison, compare
from workbench.evaluation.release.groups import FEWEST, GroupDifference
from workbench.evaluation.release.paired import Difference
from workbench.training import runs
from workbench.training.run_view import RunView

Comparing = Callable[[Store, int, int, str, str], Comparison]
MOST_WORSE = 5.0
"""Points that a group may lose, unless another number is given."""
LIVE = "the live version"
_SHOWN = 3


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    """score, must_pass or slices."""
    title: str
    passed: bool | None
    """None where there was nothing to look at."""
    sentence: str
    facts: dict[str, Any] = field(default_factory=dict)
    """The numbers behind the sentence."""


@dataclass(frozen=True)
class Gate:
    """What was looked at before a version goes live."""

    run_id: int
    live_run_id: int | None
    """What it was compared with."""
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against it."""
        return all(check.passed is not False for check in self.checks)

    @property
    def refusal(self) -> str:
        """What speaks against it, in sentences; empty if nothing does."""
        return " ".join(check.sentence for check in self.checks if check.passed is False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "passed": self.passed,
            "run_id": self.run_id,
            "live_run_id": self.live_run_id,
            "checks": [asdict(check) for check in self.checks],
        }


def check_gate(
    store: Store,
    run_id: int,
    most_worse: float = MOST_WORSE,
    comparing: Comparing = compare,
    rung: str = "",
) -> Gate:
    """Look at a run before it goes live: its score, the must-pass examples, the groups.

    Args:
        most_worse: points of 100 that a group of at least 10 questions may lose; what it loses by
            chance is told and refuses nobody.
        comparing: compares two runs; a page keeps what it has compared.
        rung: what is to answer in the place of the run's model; empty for the model itself.

    Raises:
        WorkbenchError: there is no trained model of this number.
    """
    run = runs.get_run(store, run_id)
    with store.read() as session:
        found = releases.live(session, run.project_id)
    live_id = found.run_id if found else None
    there = releases.rung_of(found) if found else ""
    if (
        live_id is None
        or (live_id, there) == (run_id, rung)
        or runs.get_run(store, live_id).task != run.task
    ):
        live_id, checks = None, [_alone(store, run, rung), _nothing_to_compare()]
    else:
        checks = _against(store, (run_id, rung), (live_id, there), most_worse, comparing)
    return Gate(run_id, live_id, (checks[0], _must_pass(store, run_id, rung), checks[1]))


def _alone(store: Store, run: RunView, rung: str) -> Check:
    """The score of a version that takes nobody's place: it must not lose to what is simpler; and what
    is simpler not to the trained model."""
    if rung:
        try:
            return _score(*in_place.told(store, run, rung), {"rung": rung})
        except WorkbenchError as error:
            return _score(False, str(error))
    found = evaluations.list_evaluations(store, run.id)
    exam = next((info for info in found if info.is_exam), found[0] if found else None)
    if exam is None:
        return _score(False, f"'{run.name}' has not taken an exam: score it first.")
    try:
        ladder = exam_ladder.ladder_of(store, exam, evaluations.predictions(store, exam.id))
    except WorkbenchError as error:
        return _score(False, str(error))
    told = verdict.verdict_on(ladder, exam.questions)
    sentence = f"{told.sentence} {told.headline}"
    return _score(told.level != verdict.WORSE, sentence, {"level": told.level})


def _nothing_to_compare() -> Check:
    return _slices(
        None, "No other version of this task is live, so no group can have become worse."
    )


def _against(
    store: Store,
    new: tuple[int, str],
    live: tuple[int, str],
    most_worse: float,
    comparing: Comparing,
) -> list[Check]:
    try:
        compared = comparing(store, new[0], live[0], new[1], live[1])
    except WorkbenchError as error:
        return [_score(False, str(error)), _slices(None, "No group could be compared.")]
    return [_compared_score(compared), _compared_groups(compared, most_worse)]


def _compared_score(compared: Comparison) -> Check:
    found, metric = compared.difference, metric_of(compared.new.task)
    if found is None and compared.losses is None:
        return _score(False, f"It cannot be compared with the live version: {compared.why_not}")
    if found is None:
        new, old = compared.losses or (0.0, 0.0)
        rows = plural(len(compared.rows), compared.questions)
        told = f"On the same {rows}: {_words(metric, new, old, LIVE)}."
        return _score(metric.gain(new, old) >= 0, told, {"new": new, "old": old})
    return _score(not found.is_worse, score_sentence(compared), asdict(found))


def score_sentence(compared: Comparison, other: str = LIVE) -> str:
    """How the new version does against the other, with what chance has to say; empty where nothing
    could be compared."""
    found, metric = compared.difference, metric_of(compared.new.task)
    if found is None:
        return ""
    rows = plural(found.rows, compared.questions)
    start = f"On the same {rows}: {_words(metric, found.new, found.old, other)}"
    return f"{start}. {_chance(found)}"


def _words(metric: Metric, new: float, old: float, other: str) -> str:
    value, than = metric.unit.words(new), f"{other} {metric.unit.words(old)}"
    if metric.unit.top == 1.0:
        return f"{value} {metric.meaning}, {than}"
    return f"{metric.meaning}: {value}, {than}"


def _chance(found: Difference) -> str:
    if found.gain == 0:
        return "The two are alike."
    if found.certain is None:
        return "Whether that is chance cannot be told."
    if not found.certain:
        return "The difference is within what chance alone could do."
    better = "better" if found.gain > 0 else "worse"
    return f"It is {better} by more than chance would make it."


def _compared_groups(compared: Comparison, most_worse: float) -> Check:
    large = [group for group in compared.groups if not group.is_small]
    if not large:
        return _slices(None, f"No group has {FEWEST} questions, so none is looked at.")
    worse = [group for group in large if group.is_worse_by(most_worse)]
    lost = [group for group in large if group.gain < -most_worse]
    amounts = metric_of(compared.new.task).unit is AMOUNT
    limit = f"{most_worse:g} {'% of the usual error' if amounts else 'points'}"
    facts = {"most_worse": most_worse, "groups": len(large), "worse": [asdict(g) for g in worse]}
    if not lost:
        looked = plural(len(large), "group")
        told = f"None of {looked} of at least {FEWEST} questions is worse by more than {limit}."
        return _slices(True, told, facts)
    told = f"Worse by more than {limit}: {_named(compared, worse or lost)}"
    if worse:
        return _slices(False, f"{told}.", facts)
    return _slices(True, f"{told}; that is within what chance alone could do.", facts)


def _named(compared: Comparison, groups: list[GroupDifference]) -> str:
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return joined([_group_words(compared, group) for group in groups[:_SHOWN]]) + more


def _group_words(compared: Comparison, group: GroupDifference) -> str:
    unit = metric_of(compared.new.task).unit
    return (
        f"{group.column.lower()} '{shortened(group.name)}' ({unit.words(group.old)} → "
        f"{unit.words(group.new)} of {plural(group.rows, 'question')})"
    )


def _must_pass(store: Store, run_id: int, rung: str) -> Check:
    found = asking.results(store, run_id, rung)
    failed = [result for result in found if result.passed is False]
    missing = sum(result.passed is None for result in found)
    facts = {"examples": len(found), "failed": len(failed), "not_asked": missing}
    if not found:
        return _must(None, "There are no must-pass examples.", facts)
    parts = []
    if failed:
        named = joined([f"'{shortened(r.example.question)}'" for r in failed[:_SHOWN]])
        more = " …" if len(failed) > _SHOWN else ""
        parts.append(f"{len(failed)} of {_examples(len(found))} came out wrong: {named}{more}.")
    if missing:
        have = "has" if missing == 1 else "have"
        parts.append(
            f"{missing} of {_examples(len(found))} {have} not been asked yet: do so first."
        )
    right = "It is right." if len(found) == 1 else "All are right."
    return _must(not parts, " ".join(parts) or f"{_examples(len(found))}. {right}", facts)


def _examples(number: int) -> str:
    return plural(number, "must-pass example")


def _score(passed: bool | None, sentence: str, facts: dict[str, Any] | None = None) -> Check:
    return Check("score", "Score", passed, sentence, facts or {})


def _must(passed: bool | None, sentence: str, facts: dict[str, Any]) -> Check:
    return Check("must_pass", "Must-pass examples", passed, sentence, facts)


def _slices(passed: bool | None, sentence: str, facts: dict[str, Any] | None = None) -> Check:
    return Check("slices", "Groups", passed, sentence, facts or {})
