"""Where a model fails: its weakest categories or fields, what it mixes up, its groups."""

from workbench.core.metrics import CHRF, METRICS
from workbench.core.words import percent, plural, shortened
from workbench.evaluation import confusion, number_spots, refusals, slices
from workbench.evaluation.report.content import Section, Table
from workbench.evaluation.report.facts import Facts
from workbench.evaluation.scoring.by_task.calls_told import calling_of
from workbench.evaluation.scoring.by_task.category_sets import counts
from workbench.evaluation.scoring.by_task.fields import each_field
from workbench.evaluation.scoring.by_task.fields_told import remarks

_CATEGORIES, _MIXUPS = 5, 3


def weak_spots(facts: Facts) -> Section:
    """The weakest parts of the exam; that there are none is said, too."""
    title = "Where it fails"
    if facts.task.answers_are_categories and "right_tuned" in facts.answers:
        told = (*_mixups(facts), *_groups(facts))
        return Section(title, told, table=_categories(facts))
    if facts.task.answers_are_sets and "tuned" in facts.answers:
        return Section(title, tuple(_groups(facts)), table=_set_categories(facts))
    if facts.task.answers_are_numbers and "tuned" in facts.answers:
        table = Table(number_spots.HEADERS, number_spots.rows(facts.answers))
        return Section(
            title, (*number_spots.sentences(facts.answers), *_groups(facts)), table=table
        )
    told = (*_calls(facts), *_spread(facts), *_groups(facts), *_invented(facts))
    if facts.task.answers_are_json:
        return Section(title, (*told, *remarks(facts.answers)), table=_fields(facts))
    return Section(title, told or ("The exam does not tell: read its answers.",))


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


def _set_categories(facts: Facts) -> Table | None:
    """The weakest categories, where a text may have several."""
    expected, given = (facts.answers[name].astype(str).tolist() for name in ("expected", "tuned"))
    weak = [own for own in counts(expected, given).categories() if own.f1 != 1]
    rows = [
        (
            shortened(own.name, 48),
            f"{own.wanted:,}",
            percent(own.f1) if own.f1 == own.f1 else "–",
            f"missed {own.wanted - own.right} ×, too many {own.given - own.right} ×",
        )
        for own in sorted(weak, key=lambda own: (own.f1, own.name))[:_CATEGORIES]
    ]
    return (
        Table(("Weakest categories", "Texts", "F1", "What is wrong"), tuple(rows)) if rows else None
    )


def _fields(facts: Facts) -> Table | None:
    """The weakest fields of answers that are fields."""
    if "tuned" not in facts.answers:
        return None
    found = each_field(facts.answers["expected"].tolist(), facts.answers["tuned"].tolist())
    weak = [field for field in found if field.right.value < 1][:_CATEGORIES]
    if not weak:
        return None
    rows = [
        (
            shortened(field.name, 48),
            f"{field.wanted:,}",
            f"{percent(field.right.value)} ({percent(field.right.low)} to "
            f"{percent(field.right.high)})",
            f"missing {percent(field.missing)}, another value {percent(field.wrong)}, "
            f"too much {field.too_much} ×",
        )
        for field in weak
    ]
    return Table(("Weakest fields", "Answers", "Right", "What is wrong"), tuple(rows))


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
    often = int(pairs["mistakes"].iloc[0]) > 1
    how = "most often" if often else "each of another kind" if wrong > 1 else "this one"
    more = f"; and {plural(len(pairs) - _MIXUPS, 'more kind')}" if len(pairs) > _MIXUPS else ""
    found = [f"{plural(wrong, 'mistake')}, {how}: {'; '.join(told)}{more}."]
    if facts.refusals is not None:
        found.append(refusals.sentences(facts.refusals, facts.info.questions))
    return found


def _groups(facts: Facts) -> list[str]:
    """The groups in which it is weaker than elsewhere, or that there are none."""
    found = facts.slices
    tested = found is not None and any(one.p is not None for one in found.slices)
    return [slices.sentence(found)] if found is not None and tested else []


def _spread(facts: Facts) -> list[str]:
    """How far single answers lie apart, where each is more or less like the wanted one."""
    column = f"{CHRF}_tuned"
    if not facts.task.answers_are_free_text or column not in facts.answers:
        return []
    brief = METRICS[CHRF].unit.brief
    weak, half, strong = (brief(float(facts.answers[column].quantile(q))) for q in (0.1, 0.5, 0.9))
    return [
        f"Its answers differ: half of them have a likeness below {half} of 100, the weakest tenth "
        f"below {weak}, the best tenth above {strong}. The examples from the exam show what that means."
    ]


def _calls(facts: Facts) -> list[str]:
    """How it calls tools, where the exam calls some."""
    found = calling_of(facts.answers)
    return found.sentences() if found else []


def _invented(facts: Facts) -> list[str]:
    share = facts.tuned.get("invented")
    if share is None:
        return []
    return [
        f"{percent(share)} of its answers have an amount, date, name or the like that stands in none "
        "of the examples, nor in the question."
    ]
