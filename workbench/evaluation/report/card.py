"""The model card: README.md as the Hugging Face hub reads it, of the same words as the report."""

import re
from typing import Any

from storage.database import Store
from workbench.core.metrics import METRICS
from workbench.evaluation.report.content import Example, Section, Table
from workbench.evaluation.report.facts import Facts, gather
from workbench.evaluation.report.safe import clean
from workbench.evaluation.report.write import written
from workbench.evaluation.scoring.by_task.calls_told import calling_of
from workbench.models.bundled import BUNDLED
from workbench.models.exports.tool_note import FORM, TITLE
from workbench.models.families import family_named

_SORTS, _WRITES = "text-classification", "text-generation"
"""What our models do, as the hub names it (`pipeline_tag`)."""
LORA = "lora"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_LICENCE = re.compile(r"[a-z0-9][a-z0-9.-]*")
_USE = """## How to use it

On the computer on which it was made, in the playground of SLM Workbench, or from any program that speaks
OpenAI's protocol:

    python -m workbench serve --run {run}"""
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#+!|~$&]")


def model_card(store: Store, run_id: int, evaluation_id: int | None = None) -> str:
    """The card of a run's model.

    Raises:
        WorkbenchError: it has no trained model, has not taken an exam, or its answers are gone.
    """
    return card(gather(store, run_id, evaluation_id))


def card(facts: Facts) -> str:
    """The facts as a card."""
    from huggingface_hub import EvalResult, ModelCardData

    report = clean(written(facts))
    results = [EvalResult(**values) for values in _results(facts)]
    data = ModelCardData(
        **_about(facts),
        model_name=report.title if results else None,
        eval_results=results or None,
    )
    parts = [f"# {_held(report.title)}", _held(report.subtitle), f"**{_held(report.verdict)}**"]
    parts += [_held(" ".join(report.evidence))] if report.evidence else []
    scores = tuple(
        (bar.title, bar.label, bar.interval or "–", bar.seconds or "–") for bar in report.chart.bars
    )
    parts.append(
        _table(Table(("Who", report.chart.title, "95 % interval", "An answer takes"), scores))
    )
    parts.append(_held(" ".join(report.chart.notes)))
    parts += [_section(section) for section in report.sections]
    parts.append(_USE.format(run=facts.run.id))
    parts += [f"{TITLE}\n\n{FORM}"] if calling_of(facts.answers) else []
    return f"---\n{data.to_yaml()}\n---\n\n" + "\n\n".join(part for part in parts if part) + "\n"


def _about(facts: Facts) -> dict[str, Any]:
    """The head of the card; what is not known, or not a name of the hub's, is left out."""
    licence = facts.model.licence.strip().casefold()
    found: dict[str, Any] = {
        "language": list(facts.texts.languages) or None,
        "license": licence if _LICENCE.fullmatch(licence) else None,
        "base_model": base_model(facts),
        "tags": ["slm-workbench", facts.run.task],
        "pipeline_tag": _pipeline(facts),
        "library_name": _library(facts),
    }
    return {name: value for name, value in found.items() if value is not None}


def _pipeline(facts: Facts) -> str:
    return _SORTS if facts.task.is_read_off else _WRITES


def _library(facts: Facts) -> str | None:
    """What loads the model elsewhere; the encoders' heads are our own, so nothing does."""
    if not family_named(facts.run.base_family).writes_text:
        return None
    return "peft" if facts.run.recipe.get("method", LORA) == LORA else "transformers"


def base_model(facts: Facts) -> str | None:
    """The base model as the hub names it; None where it is not from there."""
    bundled = BUNDLED.get(facts.model.name)
    name = bundled.source if bundled else facts.model.location
    return name if facts.model.source != "folder" and _HUB_ID.fullmatch(name) else None


def _results(facts: Facts) -> list[dict[str, Any]]:
    """The trained model's scores, as the hub's `model-index` has them."""
    return [
        {
            "task_type": _pipeline(facts),
            "dataset_type": "private",
            "dataset_name": f"{facts.run.dataset_name}, version {facts.run.version_number}",
            "dataset_split": "test" if facts.info.is_exam else "other",
            "metric_type": name,
            "metric_name": METRICS[name].label,
            "metric_value": value,
        }
        for name, value in facts.tuned.items()
        if name in METRICS and isinstance(value, int | float)
    ]


def _section(section: Section) -> str:
    parts = [f"## {_held(section.title)}", *map(_held, section.text)]
    if section.facts:
        parts.append(_table(Table(("", ""), section.facts)))
    if section.table:
        parts.append(_table(section.table))
    if section.points:
        parts.append("\n".join(f"- {_held(point)}" for point in section.points))
    parts += map(_example, section.examples)
    return "\n\n".join(parts)


def _table(table: Table) -> str:
    rows = [table.headers, ("---",) * len(table.headers), *table.rows]
    lines = [
        f"| {' | '.join(cell if number == 1 else _held(cell) for cell in row)} |"
        for number, row in enumerate(rows)
    ]
    return "\n".join(lines)


def _example(example: Example) -> str:
    return (
        f"**{_held(example.verdict)}**\n\n- Question: {_held(example.question)}\n"
        f"- Wanted: {_held(example.wanted)}\n- Its answer: {_held(example.answer)}"
    )


def _held(text: str) -> str:
    """A text on one line of Markdown, shown as it was written."""
    return _MARKS.sub(r"\\\g<0>", " ".join(text.split()))
