"""How a training went, in a sentence or two, and what to do next."""

from typing import Any

from workbench.core.metrics import main_score, metric_of
from workbench.core.words import count, duration, plural, size
from workbench.models.families import family_named
from workbench.training.run_view import RunView

PHASES = {
    "preparing": "Getting the model and the examples ready",
    "embedding": "Reading every example once",
    "trying": "Trying it out with a part held out",
    "measuring": "Measuring what it takes",
    "training": "Learning",
    "evaluating": "Answering the exam questions",
    "saving": "Saving what was learned",
}

TURN = "turn"
"""The phase that says itself which of several it is."""
BYTES = "downloading"
"""The phase whose steps are bytes."""
SHARES = ("fetching", "sending")
"""The phases whose steps are thousandths of the whole."""
COUNTED = {"preparing": "example", "embedding": "example", "evaluating": "question", "sweep": "try"}
"""What is counted in a phase, where it is not steps."""

_LEARNED_BEFORE = (
    "It could not be examined: every exam question had been learned by the model that it went on from. "
    "Test it on another file, or train from the base model."
)
_UNCHECKED = (
    "It sorts by the descriptions of the categories. Nobody has checked it yet: label some texts to "
    "find out."
)


def phase(run: RunView) -> str:
    """What a training does at this moment, in plain words."""
    job = run.job
    if job.is_ending:
        return "Stopping; the best state so far is being saved"
    if job.held:
        return job.held
    if job.status == "paused":
        return job.reason.rstrip(".") or "Paused"
    if job.status == "pausing":
        return "Pausing; where it stands is being saved"
    if job.status == "queued":
        if job.ahead == 0:
            return "Starts in a moment"
        return f"Waits for its turn: {plural(job.ahead, 'job')} before it"
    if job.status == "starting":  # on a cluster, files are sent first and a machine is waited for
        return str(job.progress.get("message") or "Starting")
    name = str(job.progress.get("phase") or "preparing")
    if name == TURN:
        return str(job.progress.get("message") or name)
    return PHASES.get(name, name.capitalize())


def progress_line(progress: dict[str, Any]) -> str:
    """Where a training stands: "step 120 of 450 · 3.2 examples/s · 1,240 tokens/s"."""
    parts = []
    phase_name = str(progress.get("phase") or "training")
    step, total = progress.get("step"), progress.get("total_steps")
    if step is not None and total and phase_name == BYTES:
        parts.append(f"{size(step)} of {size(total)}")
    elif step is not None and total and phase_name in SHARES:
        parts.append(f"{step / total:.0%}".replace("%", " %"))
    elif step is not None and total:
        parts.append(f"{COUNTED.get(phase_name, 'step')} {count(step)} of {count(total)}")
    if phase_name != "training":
        return "".join(parts)  # the speed is that of learning
    for key, unit in (("examples_per_second", "examples/s"), ("tokens_per_second", "tokens/s")):
        value = progress.get(key)
        if value:
            parts.append(f"{value:.1f} {unit}" if value < 10 else f"{count(value)} {unit}")
    return " · ".join(parts)


def share_done(progress: dict[str, Any]) -> float:
    """How much of the steps is done, from 0 to 1."""
    step, total = progress.get("step") or 0, progress.get("total_steps") or 0
    return min(1.0, step / total) if total else 0.0


def ending(run: RunView) -> str:
    """What happened in a training that is over."""
    result = run.result or {}
    seconds = result.get("seconds") or run.job.seconds
    time = f" in {duration(seconds)}" if seconds else ""
    if run.status == "cancelled":
        kept = (
            "The best state so far is kept and can be used like any other trained model."
            if result.get("adapter")
            else "It had not learned enough yet to keep anything."
        )
        return f"The training was stopped at your request. {kept}"
    if run.status == "failed":
        return run.reason or "The training ended without a result; the log has the details."
    if run.is_told:
        return f"Nothing was learned: it is asked after your instruction. {exam(run)}".strip()
    early = (
        " and stopped early because the practice questions no longer improved"
        if result.get("stopped_early")
        else ""
    )
    return f"Training finished{time}{early}. {exam(run)}".strip()


def exam(run: RunView) -> str:
    """The exam result of a run in one sentence; empty without one."""
    test = run.scores.get("test") or {}
    tuned = main_score(run.task, test.get("tuned") or {})
    if tuned is None:
        if (run.result or {}).get("learned_before"):
            return _LEARNED_BEFORE
        return _UNCHECKED if (run.result or {}).get("described") else ""
    rows = (run.result or {}).get("rows") or run.splits.get("test") or 0
    base = main_score(run.task, test.get("base") or {})
    untrained = "" if base is None else f", {_comparison(run, tuned, base)}"
    metric = metric_of(run.task)
    outcome = metric.outcome.format(metric.unit.brief(tuned))
    if turns := run.scores.get("by_turns"):
        asked = f"Asked by turns about {plural(rows, 'row')}, each by a training without it"
        low, high = (metric.unit.brief(end) for end in turns["interval"])
        return f"{asked}, {outcome}{untrained}; the model lies between {low} and {high}."
    return f"On {plural(rows, 'exam question')} that it had never seen, {outcome}{untrained}."


def _comparison(run: RunView, tuned: float, base: float) -> str:
    before = family_named(run.base_family).before
    if tuned == base:
        return f"the same as {before}"
    metric = metric_of(run.task)
    shown = metric.unit.brief(base)
    if not metric.higher_is_better:
        return f"after {shown} {before}"
    return f"{'up' if tuned > base else 'down'} from {shown} {before}"
