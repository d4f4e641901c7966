"""What a model costs: time and memory as measured, electricity measured or as an estimate that says so."""

from workbench.core.words import duration, short_count, size
from workbench.evaluation.answer_costs import answer_costs
from workbench.evaluation.report.content import Section
from workbench.evaluation.report.facts import Facts
from workbench.evaluation.worth_table import seconds_in_words
from workbench.training.energy import Energy

PROCESSOR_W, GRAPHICS_W = 65, 300
"""What a desktop processor, or a large graphics card, draws at full load, roughly: the rated heat (TDP)
that is usual among them."""


def costs(facts: Facts) -> Section:
    """Seconds to train, seconds an answer, electricity."""
    rows = [("Training", _training(facts))]
    energy = Energy.of(facts.result)
    if energy is not None:
        rows.append(("Electricity", f"{energy.words(facts.prices.kwh)} to train"))
    elif facts.result.get("seconds"):
        rows.append(("Electricity", electricity(facts, float(facts.result["seconds"]))))
    tuned = facts.ladder.tuned
    seconds = tuned.seconds if tuned else None
    rows.append(("An answer", "not measured" if seconds is None else seconds_in_words(seconds)))
    rows += answer_costs(facts.ladder, facts.answers, energy, facts.prices).rows
    rows.append(("Size", f"{short_count(facts.model.parameters)} numbers (parameters)"))
    rows.append(("Fees", "none: it runs on this computer, without the internet"))
    return Section("What it costs", facts=tuple(rows))


def _training(facts: Facts) -> str:
    seconds, memory = facts.result.get("seconds"), facts.result.get("peak_memory_mb")
    told = duration(float(seconds)) if seconds else "not measured"
    return f"{told}, {size(float(memory) * 1e6)} of memory" if memory else told


def electricity(facts: Facts, seconds: float) -> str:
    """What so many seconds at full load take, as an estimate."""
    watts, what = (PROCESSOR_W, "processor")
    if facts.machine.gpu_name:
        watts, what = (GRAPHICS_W, "graphics card")
    used = watts * seconds / 3_600_000
    shown = f"about {used:.3f}" if used >= 0.001 else "less than 0.001"
    return f"{shown} kWh to train (an estimate: {watts} W for a {what} at full load)"
