"""Where a classifier goes wrong: per category, and which categories it takes for each other."""

import pandas as pd

from workbench.evaluation.scoring.by_task.categories import Counts
from workbench.evaluation.scoring.intervals import SPREAD

OTHER = "(no category)"
"""Stands for an answer that is none of the exam's categories, as a model that writes may give."""


def per_category(answers: pd.DataFrame, system: str = "tuned") -> pd.DataFrame:
    """One row for each category of the exam, the weakest first.

    Returns:
        Columns category, examples, right (recall, 0 to 1) with the ends of its 95 % interval low
        and high, precision (share right among the answers that name it; nan where none does), f1,
        mistaken_for (the category it is most often taken for; empty if it never is) and mistakes
        (how often).
    """
    spread = SPREAD if "turn" in answers else 1.0
    counts = Counts(answers["expected"].tolist(), answers[system].tolist())
    grouped = answers.groupby("expected")[f"right_{system}"]
    table = pd.DataFrame({"examples": grouped.size(), "right": grouped.mean()})
    told = {
        own.name: (*own.recall_interval, own.precision, own.f1)
        for own in counts.categories(spread)
        if own.wanted
    }
    table = table.join(
        pd.DataFrame.from_dict(told, orient="index", columns=["low", "high", "precision", "f1"])
    )
    worst = pairs(answers, system).drop_duplicates("category").set_index("category")
    table["mistaken_for"] = worst["mistaken_for"].reindex(table.index).fillna("")
    table["mistakes"] = worst["mistakes"].reindex(table.index).fillna(0).astype(int)
    table = table.rename_axis("category").reset_index()
    return table.sort_values(["right", "examples"], ascending=[True, False], ignore_index=True)


def pairs(answers: pd.DataFrame, system: str = "tuned") -> pd.DataFrame:
    """Which category was taken for which, the most frequent first.

    Returns:
        Columns category (the right one), mistaken_for and mistakes (how often).
    """
    wrong = answers.loc[~answers[f"right_{system}"], ["expected", system]]
    counts = wrong.groupby(["expected", system]).size().rename("mistakes").reset_index()
    counts.columns = pd.Index(["category", "mistaken_for", "mistakes"])
    return counts.sort_values(
        ["mistakes", "category", "mistaken_for"], ascending=[False, True, True], ignore_index=True
    )


def matrix(answers: pd.DataFrame, system: str = "tuned", limit: int | None = None) -> pd.DataFrame:
    """The confusion matrix in long form: one row for each pair of categories that occurs or could.

    Args:
        limit: only the categories with the most mistakes, made for them or instead of them.

    Returns:
        Columns expected, answered, examples and share (of the expected category's examples).
    """
    known = sorted(answers["expected"].unique())
    answered = answers[system].where(answers[system].isin(known), OTHER)
    kept = known if limit is None else sorted(_most_mixed(answers["expected"], answered)[:limit])
    columns = [*kept, OTHER] if (answered == OTHER).any() else kept
    table = pd.crosstab(answers["expected"], answered).reindex(
        index=kept, columns=columns, fill_value=0
    )
    totals = answers["expected"].value_counts()
    table = table.rename_axis("expected").reset_index()
    frame = table.melt("expected", var_name="answered", value_name="examples")
    frame["share"] = frame["examples"] / frame["expected"].map(totals)
    return frame


def _most_mixed(expected: pd.Series, answered: pd.Series) -> list[str]:
    wrong = expected != answered
    involved = pd.concat([expected[wrong], answered[wrong]])
    ranked = [name for name in involved.value_counts().index if name != OTHER]
    return ranked + sorted(set(expected.unique()) - set(ranked))
