"""The report in words: what each part of it says, for somebody who never trained a model."""

from storage.database import Store
from workbench.core.metrics import Metric
from workbench.core.words import joined, percent, plural, sentence_case, shortened
from workbench.data.checkup.checks.languages import NAMES
from workbench.evaluation.report import examples, weak_spots
from workbench.evaluation.report.content import Bar, Chart, Report, Section
from workbench.evaluation.report.costs import costs
from workbench.evaluation.report.facts import Facts, Score, gather
from workbench.evaluation.report.origin import how_tested, learned_from, made_again
from workbench.evaluation.report.safe import TITLE, clean
from workbench.evaluation.verdict import ALONE, BETTER, UNSURE, WORSE, Verdict

_LEVELS = {BETTER: "good", UNSURE: "unsure", ALONE: "unsure", WORSE: "bad"}
_WORDS = {BETTER: "Better.", UNSURE: "Not sure yet.", WORSE: "Worse."}
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
        second=(examples.examples(facts), costs(facts), released(facts), made_again(facts)),
        footer=f"Run {facts.run.id} of the project '{shortened(facts.project)}', by SLM Workbench.",
    )


def _sentence(found: Verdict) -> str:
    """As the page has it: the word, then the sentence."""
    return f"{_WORDS.get(found.level, 'Scored.')} {found.headline}"


def _subtitle(facts: Facts) -> str:
    run = facts.run
    return (
        f"{facts.task.title}. {run.base_model}, taught with {run.dataset_name} (version "
        f"{run.version_number}) on {run.created_at:%d %B %Y}."
    )


def _chart(facts: Facts) -> Chart:
    metric = facts.metric
    ends = [value for score in facts.scores for value in (score.value, score.high) if value]
    top = metric.unit.top or 1.15 * max(ends, default=1.0)
    bars = tuple(_bar(metric, score, top) for score in facts.scores)
    note = ""
    if any(bar.interval for bar in bars):
        note = "The thin line is where the true value lies with 95 % certainty."
    if any(not score.is_tuned for score in facts.scores):
        note = f"{note} {_simple_means(facts)}".strip()
    return Chart(metric.axis, bars, note)


def _simple_means(facts: Facts) -> str:
    if any(score.title == "Simple baseline" for score in facts.scores):
        return "The simple baseline only counts words and learns in a second."
    return "Before training: the same model, which had not seen your examples."


def _bar(metric: Metric, score: Score, top: float) -> Bar:
    def place(value: float | None) -> float | None:
        return None if value is None else min(1.0, max(0.0, value / top))

    interval = ""
    if score.low is not None and score.high is not None:
        interval = f"{metric.unit.exact(score.low)} to {metric.unit.exact(score.high)}"
    return Bar(
        title=score.title,
        label=metric.unit.exact(score.value),
        interval=interval,
        length=place(score.value) or 0.0,
        low=place(score.low),
        high=place(score.high),
        is_tuned=score.is_tuned,
    )


def limits(facts: Facts) -> Section:
    """What the model is not for."""
    points = [*_of_task(facts), *_of_data(facts), *_of_exam(facts)]
    points.append("Where a wrong answer is costly, a person looks at it before it is used.")
    return Section("What it is not for", points=tuple(points))


def _of_task(facts: Facts) -> list[str]:
    if facts.task.answers_are_categories:
        number = len(facts.version.labels)
        if facts.refusals is None:
            return [
                f"It knows {number} categories and always answers with one of them, also where a "
                "text fits none."
            ]
        return [
            f"It knows {number} categories. Of a text that fits none it often, not always, says so."
        ]
    invented = facts.tuned.get("invented")
    if facts.task.answers_are_free_text and invented is not None:
        return [
            f"It writes freely: {percent(invented)} of its exam answers have an amount, date, name "
            "or the like that nobody told it. Somebody reads an answer before it is sent."
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
        "It knows what was in the examples up to "
        f"{facts.version.created_at:%d %B %Y}; where texts or rules change, it has to learn again."
    )
    return found


def language_names(facts: Facts) -> str:
    """The languages of its examples in a sentence; empty where they are not known."""
    return joined([NAMES.get(code, code) for code in facts.texts.languages[:4]])


def _of_exam(facts: Facts) -> list[str]:
    if len(facts.answers) >= _FEW_QUESTIONS:
        return []
    asked = plural(len(facts.answers), facts.info.questions)
    return [f"{sentence_case(asked)} are few: the score can be off by as much as its line is long."]


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
