"""Rows that nobody has sorted, where the file says so by a word in place of the category."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from workbench.core.words import joined, plural
from workbench.data.checkup.finding import Finding, FlaggedRow, harm_of
from workbench.data.checkup.rows import Rows

KIND = "unsorted_categories"
_NONE = """
n/a, na, n.a., n.a, nan, null, nil, todo, to do, to-do, tbd, tba, fixme, undefined, missing,
blank, empty, unlabeled, unlabelled, not labeled, not labelled, no label, nolabel, unsorted,
unsup, unannotated, not annotated, untagged, not set, unset, no category, without category,
pending, to be labeled, k.a., k. a., keine angabe, ohne kategorie, nicht zugeordnet, sin
etiqueta, sin categoría, sans catégorie, non classé, 未标注, 未分类, 未標註, 未分類, 未設定
"""
"""What stands where nobody has sorted a row yet."""
_ONLY_SIGNS = re.compile(r"[-–—?.…_*/#]+")
_MAYBE_NONE = """
none, unknown, no answer, unbekannt, keine, unclear, inconnu, aucun, aucune, desconocido,
ninguno, ninguna, sconosciuto, nessuno, onbekend, 无, 無, 不明, 未知, -1
"""
"""The same, or a category of its own: of two categories, or of most rows, it is taken for that."""


def check(rows: Rows, labels: list[str]) -> Finding | None:
    """Categories whose names say that nobody has sorted the rows yet."""
    counts = Counter(labels)
    found = [name for name in counts if _says_nothing(name, counts)]
    if not found:
        return None
    numbers = {name: number for number, name in enumerate(found, start=1)}
    flagged_rows = [
        FlaggedRow(row_id, numbers[label], drop=True, note=label)
        for row_id, label in zip(rows.row_ids, labels, strict=True)
        if label in numbers
    ]
    left = len(counts) - len(found)
    one = len(found) == 1
    return Finding(
        KIND,
        f"{plural(len(found), 'category', 'categories')} that {'looks' if one else 'look'} like rows "
        "without one",
        f"{name_categories(found)} {'has' if one else 'have'} {plural(len(flagged_rows), 'row')}, "
        f"such as row {flagged_rows[0].row_id}. Were these rows not sorted yet? Then leave them out, "
        "or empty the cells in your file: rows without a category are offered to be sorted by hand. "
        "If it is a category of its own, leave it as it is.",
        "The model learns to say that of texts that belong to another category.",
        harm_of(0.2, len(flagged_rows) / len(labels), 0.5),
        flagged_rows,
        remove=f"Leave out {plural(len(flagged_rows), 'row')}" if left > 1 else "",
        ticked=all(map(_is_surely_none, found)),
    )


def _says_nothing(name: str, counts: Counter[str]) -> bool:
    if _is_surely_none(name):
        signs = sum(not any(map(str.isalnum, other)) for other in counts)
        return signs == 1 or any(map(str.isalnum, name))  # of '+' and '-', both say something
    rare = len(counts) > 2 and 2 * counts[name] < counts.total()
    return rare and _bare(name) in _listed(_MAYBE_NONE)


def _is_surely_none(name: str) -> bool:
    return _bare(name) in _listed(_NONE) or bool(_ONLY_SIGNS.fullmatch(name.strip()))


@cache
def _listed(names: str) -> frozenset[str]:
    return frozenset(" ".join(names.split()).split(", "))


def _bare(name: str) -> str:
    return " ".join(name.casefold().strip("()[]<>{}\"'#_ ").replace("_", " ").split())


def name_categories(labels: Sequence[str]) -> str:
    """ "Category 'a'", "Categories 'a', 'b', 'c' and 4 more"."""
    named = [f"'{label}'" for label in labels[:3]]
    if len(labels) > 3:
        named.append(f"{len(labels) - 3:,} more")
    return ("Category " if len(labels) == 1 else "Categories ") + joined(named)
