"""Where a model comes from: its data, its exam, and how to make it again."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from workbench.core.recipe import FIELDS, Recipe
from workbench.core.tasks import task_named
from workbench.core.words import plural, shortened
from workbench.data.examples import left_out
from workbench.data.splits.split_by import GROUP, TIME, split_by_from
from workbench.evaluation.report.content import Section
from workbench.evaluation.report.facts import Facts
from workbench.evaluation.verdict import TURN
from workbench.jobs.process.chain import Link

_CATEGORIES, _SETTINGS = 12, 8
_LIBRARIES = ("python", "torch", "transformers", "peft")


def learned_from(facts: Facts) -> Section:
    """The data that it learned from."""
    version, splits = facts.version, facts.run.splits
    rows = [
        ("Data", f"{version.dataset_name}, version {version.number}"),
        ("From", version.source_name),
        ("Saved", f"{version.created_at:%d %B %Y}"),
        ("Examples", _examples(facts, splits)),
    ]
    if version.labels:
        rows.append(("Categories", _categories(version.labels)))
    if version.dropped:
        why = left_out.reasons(version.report.get("dropped") or {})
        rows.append(("Left out", plural(version.dropped, "row") + (f": {why}" if why else "")))
    return Section("What it learned from", facts=tuple(rows))


def _examples(facts: Facts, splits: Mapping[str, int]) -> str:
    if facts.run.was_by_turns:
        return f"{facts.version.rows:,}, all of them learned"
    practice, exam = splits.get("validation", 0), splits.get("test", 0)
    return f"{splits.get('train', 0):,} learned, {practice:,} to practise on while it learned, {exam:,} kept for the exam"


def _categories(labels: list[str]) -> str:
    shown = ", ".join(shortened(label, 40) for label in labels[:_CATEGORIES])
    more = f" and {len(labels) - _CATEGORIES} more" if len(labels) > _CATEGORIES else ""
    return f"{len(labels)}: {shown}{more}"


def how_tested(facts: Facts) -> Section:
    """The exam: what was asked, and that the model had not seen it."""
    info, n = facts.info, len(facts.answers)
    asked = plural(n, facts.task.exam_noun)
    if not info.is_exam:
        text = f"On a file of its own, {info.split}: {asked} that it did not learn from."
    elif TURN in facts.answers:
        turns = facts.answers[TURN].nunique()
        text = (
            f"Each of {asked} was an exam question once: the model was trained {turns} times without "
            "a part of them and asked about that part. The model itself has learned from all."
        )
    else:
        text = f"On {asked} that were put aside before the training; it had never seen them."
        text += _drawn(facts)
        if n < facts.run.splits.get("test", 0):
            text += f" They are a random part of {facts.run.splits['test']:,}."
    when = f"Scored on {info.created_at:%d %B %Y}."
    return Section("How it was tested", (f"{text} {when}",))


def _drawn(facts: Facts) -> str:
    by = split_by_from(facts.version.mapping.get("split_by"))
    if facts.version.mapping.get("test"):
        return " They come from a file of their own."
    if by.kind == GROUP:
        return f" Rows that share '{by.column}' were kept on one side."
    if by.kind == TIME:
        return f" They are the newest ones by '{by.column}'."
    return " They were drawn at random."


def made_again(facts: Facts) -> Section:
    """Everything that somebody needs to make the same model."""
    model, run = facts.model, facts.run
    rows = [
        ("Base model", f"{model.name}{_revision(model.revision)}"),
        *_chain(run.chain),
        ("Its licence", model.licence or "not known"),
        (
            "Data",
            f"{run.dataset_name}, version {run.version_number}, sha256 {facts.version.path.name[:16]}",
        ),
        ("Random seed", str(run.recipe.get("seed", "–"))),
        ("Settings", _settings(run.recipe)),
        ("Libraries", _libraries(facts.result)),
    ]
    return Section("How to make it again", facts=tuple(rows))


def _chain(chain: Sequence[Link]) -> list[tuple[str, str]]:
    """The trainings behind it, in their order."""
    told = [
        f"{number}. {shortened(link.name, 40)}: {task_named(link.task).title}, from "
        f"{shortened(link.data, 60)}"
        for number, link in enumerate(chain, 1)
    ]
    return [("Trained before", "; ".join(told))] if told else []


def _revision(revision: str) -> str:
    return f", revision {revision[:12]}" if revision else ""


def _settings(recipe: Mapping[str, Any]) -> str:
    """The settings that differ from the usual ones, by their names in the field."""
    usual = dataclasses.asdict(Recipe())
    own = [
        f"{name} {value}"
        for name, value in recipe.items()
        if name in FIELDS and name != "seed" and value != usual.get(name)
    ]
    if not own:
        return "the usual ones"
    more = f" and {len(own) - _SETTINGS} more" if len(own) > _SETTINGS else ""
    return ", ".join(own[:_SETTINGS]) + more


def _libraries(result: Mapping[str, Any]) -> str:
    found = result.get("versions") or {}
    told = ", ".join(f"{name} {found[name]}" for name in _LIBRARIES if name in found)
    return told or "not kept"
