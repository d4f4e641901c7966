"""A sweep in words and in plain values: the same for pages and the command line."""

from typing import Any

from storage import files
from storage.database import Store
from workbench.core.metrics import metric_of
from workbench.core.words import joined, plural
from workbench.evaluation.sweeps import timer
from workbench.evaluation.sweeps.differing import (
    Beside,
    beside,
    exam_difference,
    exam_of,
    said,
    setting_words,
)
from workbench.evaluation.sweeps.sweeps import WHY_BEHIND, WHY_TIME, Sweep, Trial
from workbench.evaluation.sweeps.tried import DISK, EVERYTHING, FAILURES, FIRST, NUMBER, TIME
from workbench.training import runs

BY_PRACTICE = (
    "The best is chosen by practice questions. The exam was not used to choose, so that its score "
    "does not flatter."
)
SURE_SHARE = 0.5
"""Of how far scores lie apart, from which on a setting is said to have mattered most."""
_ENDED = {
    NUMBER: "",
    TIME: "No further try would have fit into the time.",
    EVERYTHING: "There was nothing else to try.",
    FAILURES: "It gave up, since several tries failed one after the other.",
    FIRST: "It gave up, since the try with the settings that it began with failed.",
    DISK: "It stopped, since what was made for whoever asked for it takes all the disk that they may have.",
}
_WHY = {
    WHY_BEHIND: "stopped early, was behind",
    WHY_TIME: "stopped, since the time was up",
}
_CHANCE = 0.05


def state_words(trial: Trial) -> str:
    """What became of a try, in a few words."""
    if trial.run is None:
        return "deleted"
    if trial.why:
        return _WHY.get(trial.why, trial.why)
    return {"succeeded": "done", "cancelled": "cancelled"}.get(trial.run.status, trial.run.status)


def spent_s(sweep: Sweep) -> float:
    """Seconds that its tries and exams have worked."""
    told = sweep.result.get("spent_s")
    return float(told) if told is not None else timer.Timer(files.job_folder(sweep.id)).spent_s


def sentences(store: Store, sweep: Sweep) -> list[str]:
    """What came out of a sweep, the most important first; empty before a try has ended."""
    best, first = sweep.best, sweep.first
    if best is None or first is None or best.run is None:
        return []
    found = [_best(sweep, best, first)]
    if best.number != first.number:
        found.append(_changed(best, first))
    found.append(_exams(store, best, first) or BY_PRACTICE)
    found.append(_mattered(sweep))
    found.append(_ENDED.get(str(sweep.result.get("ended")), ""))
    if dropped := sweep.result.get("dropped"):
        found.append(
            f"To save space the models of {plural(len(dropped), 'other try', 'other tries')} were dropped; "
            "their curves and scores stay, and each can be trained again exactly."
        )
    return [sentence for sentence in found if sentence]


def told(store: Store, sweep: Sweep) -> dict[str, Any]:
    """Plain values, for JSON."""
    best = sweep.best
    tried = [trial.run for trial in sweep.trials if trial.run is not None]
    rows = {one.run.id: one for one in beside(store, tried)}
    return {
        "sweep_id": sweep.id,
        "status": sweep.job.status,
        "reason": sweep.job.reason,
        "minutes": sweep.spec.minutes,
        "seconds": round(spent_s(sweep), 1),
        "most": sweep.spec.most,
        "chosen_by": "practice",
        "best": best.run.id if best and best.run else None,
        "runs": [_row(trial, rows) for trial in sweep.trials],
        "varied": {name: span.as_dict() for name, span in sweep.space.items()},
        "importance": sweep.result.get("importance") or {},
        "ended": sweep.result.get("ended") or "",
        "dropped": sweep.result.get("dropped") or [],
        "sentences": sentences(store, sweep),
    }


def compared(store: Store, run_ids: list[int]) -> list[Beside]:
    """Runs beside each other, each as it is now.

    Raises:
        WorkbenchError: one of them does not exist.
    """
    return beside(store, [runs.get_run(store, run_id) for run_id in dict.fromkeys(run_ids)])


def _row(trial: Trial, rows: dict[int, Beside]) -> dict[str, Any]:
    own = rows[trial.run.id].as_dict() if trial.run is not None else {"run_id": None}
    return {
        "number": trial.number + 1,
        **own,
        "settings": trial.settings,
        "stopped_early": trial.why or None,
        "told": state_words(trial),
        "practice": trial.practice.as_dict() if trial.practice else None,
    }


def _best(sweep: Sweep, best: Trial, first: Trial) -> str:
    over = len(sweep.over)
    count = plural(over, "try", "tries")
    if best.practice is None:
        return f"None of {count} came to its end; try {best.number + 1} had come the furthest."
    words = best.practice.words
    if best.number == first.number:
        others = over - 1
        rest = "there was no other try" if not others else f"no other of {count} did better"
        return (
            f"The settings that it began with are the best: {words} on practice questions; {rest}."
        )
    words = f"Of {count} number {best.number + 1} is the best on practice questions: {words}"
    usual = first.practice
    if usual is None:
        return f"{words}."
    if usual.score == best.practice.score:
        return f"{words}, as much as with the settings that it began with, but less wrong (loss)."
    return f"{words}, {usual.words} with the settings that it began with."


def _changed(best: Trial, first: Trial) -> str:
    parts = [
        f"{setting_words(name)} {said(value)} in place of {said(first.settings[name])}"
        for name, value in best.settings.items()
        if name in first.settings and value != first.settings[name]
    ]
    return f"What it does otherwise: {joined(parts)}." if parts else ""


def _exams(store: Store, best: Trial, first: Trial) -> str:
    """What the exam says, that nobody chose by."""
    if best.run is None:
        return ""
    exam = exam_of(store, best.run)
    if exam is None:
        return ""
    begun = f"In the exam, which was not used to choose, it gets {exam.words}"
    other = None
    if first.run is not None and first.number != best.number:
        other = exam_of(store, first.run)
    if other is None or first.run is None:
        return f"{begun}."
    found = exam_difference(store, best.run, first.run)
    chance = found is None or found.p is None or found.p >= _CHANCE
    unit = metric_of(best.run.task).unit
    told = "such a difference may be chance" if chance else "more than chance would do"
    return f"{begun}, and the first try {unit.words(other.score)}: {told}."


def _mattered(sweep: Sweep) -> str:
    shares = sweep.result.get("importance") or {}
    if not shares:
        return ""
    name = max(shares, key=lambda one: float(shares[one]))
    scored = sum(trial.practice is not None for trial in sweep.trials)
    if float(shares[name]) < SURE_SHARE:
        return f"No single setting made the difference, as far as {plural(scored, 'try', 'tries')} tell."
    words = setting_words(name)
    return f"{words[:1].upper()}{words[1:]} mattered most, as far as {plural(scored, 'try', 'tries')} tell."
