"""Where a model fails: its weakest categories, what it mixes up, long and short questions."""

from workbench.core.metrics import Metric
from workbench.core.words import percent, plural, shortened
from workbench.evaluation import confusion, refusals
from workbench.evaluation.release.groups import FEWEST, parts
from workbench.evaluation.report.content import Section, Table
from workbench.evaluation.report.facts import Facts

_CATEGORIES, _MIXUPS = 5, 3


def weak_spots(facts: Facts) -> Section:
    """The weakest parts of the exam; that there are none is said, too."""
    title = "Where it fails"
    if facts.task.answers_are_categories and "right_tuned" in facts.answers:
        return Section(title, tuple(_mixups(facts)), table=_categories(facts))
    told = [*_groups(facts), *_invented(facts)]
    return Section(title, tuple(told) or ("The exam does not tell: read its answers.",))


def _categories(facts: Facts) -> Table | None:
    weak = confusion.per_category(facts.answers)
    weak = weak[weak["mistakes"] > 0].head(_CATEGORIES)
    if weak.empty:
        return None
    rows = [
        (
            shortened(str(row.category), 48),
            f"{row.examples:,}",
            percent(float(str(row.right))),
            f"{shortened(str(row.mistaken_for), 48)} ({row.mistakes} ×)",
        )
        for row in weak.itertuples()
    ]
    return Table(("Weakest categories", "Questions", "Right", "Most often taken for"), tuple(rows))


def _mixups(facts: Facts) -> list[str]:
    pairs = confusion.pairs(facts.answers)
    if pairs.empty:
        return ["It made not a single mistake in this exam."]
    wrong = int(pairs["mistakes"].sum())
    told = [
        f"'{shortened(str(row.category), 40)}' taken for '{shortened(str(row.mistaken_for), 40)}' "
        f"({row.mistakes} ×)"
        for row in pairs.head(_MIXUPS).itertuples()
    ]
    found = [f"{plural(wrong, 'mistake')}, most often: {'; '.join(told)}."]
    if facts.refusals is not None:
        found.append(refusals.sentences(facts.refusals, facts.info.questions))
    return found


def _groups(facts: Facts) -> list[str]:
    """The weakest group of questions, where groups are large enough to tell."""
    metric, column = facts.metric, _row_score(facts.metric)
    if column not in facts.answers:
        return []
    found = []
    scores = facts.answers[column].to_numpy(float)
    large = [part for part in parts(facts.run.task, facts.answers) if len(part.places) >= FEWEST]
    for title in dict.fromkeys(part.column for part in large):
        means = sorted((scores[p.places].mean(), p.name) for p in large if p.column == title)
        if len(means) > 1:
            (low, worst), (high, best) = means[0], means[-1]
            found.append(
                f"{title}: {worst} ones do worst ({metric.unit.words(low)}), {best} ones best "
                f"({metric.unit.words(high)})."
            )
    return found


def _row_score(metric: Metric) -> str:
    return "right_tuned" if metric.is_share_right else f"{metric.name}_tuned"


def _invented(facts: Facts) -> list[str]:
    share = facts.tuned.get("invented")
    if share is None:
        return []
    return [
        f"{percent(share)} of its answers have an amount, date, name or the like that stands in none "
        "of the examples, nor in the question."
    ]
