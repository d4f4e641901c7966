"""The report in words: what each part of it says, for somebody who never trained a model."""

from storage.database import Store
from workbench.core.metrics import CHRF
from workbench.core.tasks.rungs import OLDER, TUNED, rung_named
from workbench.core.words import joined, percent, plural, sentence_case, shortened
from workbench.data.checkup.checks.languages import NAMES
from workbench.evaluation import number_spots
from workbench.evaluation.ladder import Rung
from workbench.evaluation.report import examples, weak_spots
from workbench.evaluation.report.beside import beside
from workbench.evaluation.report.content import Bar, Chart, Report, Section
from workbench.evaluation.report.costs import costs
from workbench.evaluation.report.facts import Facts, gather
from workbench.evaluation.report.origin import how_tested, learned_from, made_again
from workbench.evaluation.report.safe import TITLE, clean
from workbench.evaluation.scoring.by_task import meanings
from workbench.evaluation.verdict import ALONE, NOT_YET, SIMPLE, USE_TUNED, WORSE, Verdict
from workbench.evaluation.worth_table import seconds_in_words

_LEVELS = {USE_TUNED: "good", SIMPLE: "unsure", NOT_YET: "unsure", ALONE: "unsure", WORSE: "bad"}
_FEW_ROWS, _FEW_QUESTIONS = 200, 100


def report(store: Store, run_id: int, evaluation_id: int | None = None) -> Report:
    """The report of a run.

    Args:
        evaluation_id: on which of its exams; None for the newest on its own exam, else the newest.

    Raises:
        WorkbenchError: it has no trained model, has not taken an exam, or its answers are gone.
    """
    return clean(written(gather(store, run_id, evaluation_id)))


def written(facts: Facts) -> Report:
    """The facts in words."""
    found = facts.verdict
    return Report(
        title=shortened(f"{facts.project}: {facts.run.name}", TITLE),
        subtitle=_subtitle(facts),
        level=_LEVELS.get(found.level, "unsure"),
        verdict=_sentence(found),
        evidence=found.evidence,
        next_step=found.next_step,
        chart=_chart(facts),
        first=(
            how_tested(facts),
            weak_spots.weak_spots(facts),
            limits(facts),
            learned_from(facts),
        ),
        second=(
            examples.examples(facts),
            beside(facts),
            costs(facts),
            made_again(facts),
            released(facts),
        ),
        footer=f"Run {facts.run.id} of the project '{shortened(facts.project)}', by SLM Workbench.",
    )


def _sentence(found: Verdict) -> str:
    """As the page has it: the answer, then the numbers."""
    return f"{found.sentence} {found.headline}"


def _subtitle(facts: Facts) -> str:
    run = facts.run
    return (
        f"{facts.task.title}. {run.base_model}, taught with the data '{run.dataset_name}' (version "
        f"{run.version_number}) on {run.created_at:%d %B %Y}."
    )


def _chart(facts: Facts) -> Chart:
    metric, rungs = facts.metric, facts.ladder.rungs
    ends = [end for rung in rungs for end in (facts.ladder.score(rung), *_ends(facts, rung)) if end]
    top = metric.unit.top or 1.15 * max(ends, default=1.0)
    bars = tuple(_bar(facts, rung, top) for rung in rungs)
    notes = []
    if any(bar.interval for bar in bars):
        notes.append("The thin line is where the true value most likely lies (95 % interval).")
    if any(rung.key == facts.verdict.proven for rung in rungs):
        notes.append("✓ marks the one to use.")
    if any(bar.seconds for bar in bars):
        notes.append("The time is what one answer takes on the computer that held the exam.")
    if facts.task.answers_are_free_text:
        notes.insert(0, f"Likeness: {meanings.TEXTS[CHRF][1]}")
    others = [rung for rung in rungs if rung.name != TUNED and not rung.name.startswith(OLDER)]
    notes += [f"'{rung.title}' {rung_named(rung.name).means}." for rung in others]
    return Chart(metric.axis, bars, tuple(notes))


def _ends(facts: Facts, rung: Rung) -> tuple[float, ...]:
    return rung.intervals.get(facts.metric.name, ())


def _bar(facts: Facts, rung: Rung, top: float) -> Bar:
    unit, value = facts.metric.unit, facts.ladder.score(rung)
    places = [min(1.0, max(0.0, end / top)) for end in _ends(facts, rung)]
    low, high = places or (None, None)
    return Bar(
        title=f"✓ {rung.title}" if rung.key == facts.verdict.proven else rung.title,
        label=unit.exact(value),
        interval=" to ".join(unit.exact(end) for end in _ends(facts, rung)),
        length=min(1.0, max(0.0, value / top)),
        low=low,
        high=high,
        is_tuned=rung.name == TUNED,
        seconds="" if rung.seconds is None else seconds_in_words(rung.seconds),
    )


def limits(facts: Facts) -> Section:
    """What the model is not for."""
    points = [*_of_task(facts), *_of_data(facts), *_of_exam(facts), _checking(facts)]
    return Section("What it is not for", points=tuple(points))


def _of_task(facts: Facts) -> list[str]:
    if facts.task.answers_are_categories:
        number = len(facts.version.labels)
        if facts.refusals is None:
            return [
                f"It knows {number} categories and always answers with one of them, also where a "
                "text fits none."
            ]
        knows, strange = f"It knows {number} categories.", facts.refusals.unknown
        if strange:
            told = f"Of {plural(strange, facts.info.questions)} that fit none it said so of"
            return [f"{knows} {told} {facts.refusals.unknown_refused}."]
        return [
            f"{knows} Of a text that fits none it mostly says so; how often, this exam does not tell, "
            "since each of its questions has a category."
        ]
    if facts.task.answers_are_sets:
        return [
            f"It knows {len(facts.version.labels)} categories and looks for no others; a text that has "
            "none of them is told to have none."
        ]
    if facts.task.answers_are_numbers:
        return [number_spots.limit(facts.version.report)]
    invented = facts.tuned.get("invented")
    if facts.task.answers_are_free_text and invented is not None:
        return [
            f"It writes freely: {percent(invented)} of its exam answers have an amount, date, name "
            "or the like that nobody told it. Somebody reads an answer before it is sent."
        ]
    if facts.task.compares:
        return [
            "It learned which answers you prefer, and no facts: it writes freely, and may write what is "
            "not true, so somebody reads it first."
        ]
    if facts.task.answers_are_free_text or facts.task.rows_are_documents:
        return ["It writes freely, and may write what is not true: somebody reads it first."]
    return ["It may fill a field with what does not stand in the text: check what matters."]


def _of_data(facts: Facts) -> list[str]:
    found = []
    learned = facts.run.splits.get("train", 0)
    if facts.run.was_by_turns:
        learned = facts.version.rows
    if learned < _FEW_ROWS:
        found.append(
            f"It learned from {plural(learned, 'example')} only: rare cases are unknown to it."
        )
    if languages := language_names(facts):
        found.append(f"It learned from texts in {languages}; other languages are not tested.")
    found.append(
        "It knows what was in the examples when they were saved ("
        f"{facts.version.created_at:%d %B %Y}); where texts or rules change, it has to learn again."
    )
    return found


def language_names(facts: Facts) -> str:
    """The languages of its examples in a sentence; empty where they are not known."""
    return joined([NAMES.get(code, code) for code in facts.texts.languages[:4]])


def _of_exam(facts: Facts) -> list[str]:
    if len(facts.answers) >= _FEW_QUESTIONS:
        return []
    asked = plural(len(facts.answers), facts.info.questions)
    return [f"{sentence_case(asked)} are few: the score may lie anywhere on its thin line."]


def _checking(facts: Facts) -> str:
    """Who looks at its answers: by the limit that was kept with it, else by judgement."""
    if facts.limit is None:
        return "Where a wrong answer is costly, a person looks at it before it is used."
    told = facts.limit.told
    right = "" if told.right is None else f", of which {percent(told.right.value)} are right"
    return (
        f"It answers alone where it is more than {percent(facts.limit.value)} sure: "
        f"{percent(told.alone.value)} of the texts{right}. A person checks the others."
    )


def released(facts: Facts) -> Section:
    """Whether it is live, and who said so."""
    title = "Who released it"
    if not facts.releases:
        return Section(title, ("Nobody yet: this version has not been live.",))
    newest = facts.releases[0]
    state = "live since" if newest.is_live else "live from"
    until = "" if newest.ended_at is None else f" to {newest.ended_at:%d %B %Y, %H:%M} UTC"
    rows = [
        ("State", f"{state} {newest.released_at:%d %B %Y, %H:%M}{until or ' UTC'}"),
        ("Approved by", newest.approver),
    ]
    if newest.note:
        rows.append(("Why", newest.note))
    if newest.overruled:
        rows.append(("Against the gate", newest.overruled))
    checks = newest.gate.get("checks") or []
    told = tuple(f"{check['title']}: {check['sentence']}" for check in checks)
    return Section(title, facts=tuple(rows), points=told)
