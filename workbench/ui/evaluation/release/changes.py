"""A version against another: what it gets right now, what no longer, and which groups changed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from workbench.core.metrics import Metric, metric_of
from workbench.core.tasks import task_named
from workbench.core.units import AMOUNT, few_figures
from workbench.evaluation.release.comparison import Comparison
from workbench.evaluation.release.gate import score_sentence
from workbench.evaluation.release.groups import FEWEST, GroupDifference
from workbench.evaluation.release.paired import BROKEN, CLEARLY, MENDED, changed, clearly
from workbench.evaluation.release.releases import ReleaseInfo
from workbench.training.run_view import RunView
from workbench.ui import calls_view, errors
from workbench.ui.evaluation.release import compared
from workbench.ui.numbers import plural
from workbench.ui.text import plain

_LARGE = 420


def show(run: RunView, runs: Sequence[RunView], live: ReleaseInfo | None) -> None:
    """The run against the live one, or another."""
    others = {one.id: one for one in runs if one.id != run.id and one.task == run.task}
    if not others:
        st.write(
            "There is no other version of this task yet: train one, then compare the two here."
        )
        return
    ids = list(others)
    usual = ids.index(live.run_id) if live and live.run_id in others else 0
    other_id = st.selectbox(
        "Compare with",
        ids,
        index=usual,
        format_func=lambda i: others[i].name + (" (live)" if live and live.run_id == i else ""),
        key=f"compare-{run.id}-{live.run_id if live else 0}",
    )
    with errors.shown():
        with st.spinner("Comparing, question by question …"):
            found = compared.compared(run.id, other_id)
        _show(found)


def _show(found: Comparison) -> None:
    if found.difference is None:
        if found.losses is None:
            st.info(plain(found.why_not), icon=":material/help:")
        else:
            unit = metric_of(found.new.task).unit
            new, old = (unit.words(loss) for loss in found.losses)
            st.write(
                f"On the same texts it is still wrong by {plain(new)}, the other by {plain(old)} (loss)."
            )
        return
    st.markdown(plain(score_sentence(found, f"'{found.old.name}'")))
    _counts(found)
    _rows(found)
    _groups(found)


def _counts(found: Comparison) -> None:
    difference = found.difference
    if difference is None:
        return
    task = task_named(found.new.task)
    free = task.answers_are_free_text or task.answers_are_numbers
    mended, broken = (
        ("Clearly better", "Clearly worse") if free else ("Right now", "No longer right")
    )
    same = difference.rows - difference.mended - difference.broken
    with st.grid(3, min_column_width=150):
        st.metric(mended, f"{difference.mended:,}", help="Mended: wrong before.")
        st.metric(broken, f"{difference.broken:,}", help="Broken: right before.")
        st.metric("As before", f"{same:,}")
    if task.answers_are_numbers:
        least = clearly(metric_of(found.new.task), found.rows["expected"].tolist())
        st.caption(f"Clearly: more than {few_figures(least)} nearer or farther off.")
    elif free:
        st.caption(f"Clearly: more than {CLEARLY:g} points more or less like your answer (chrF).")


def _rows(found: Comparison) -> None:
    difference = found.difference
    if difference is None or not (difference.broken or difference.mended):
        return
    names = {BROKEN: f"Broken ({difference.broken:,})", MENDED: f"Mended ({difference.mended:,})"}
    chosen = st.pills(
        "Show", list(names), default=BROKEN if difference.broken else MENDED, required=True,
        format_func=names.__getitem__, key=f"changes-{found.new.id}-{found.old.id}",
    )  # fmt: skip
    columns = ["row_id", "input", "expected", "old", "new"]
    table = calls_view.in_table(changed(found.rows, chosen)[columns])
    task = task_named(found.new.task)
    titles = {
        "row_id": "Row",
        "input": task.question_title,
        "expected": task.answer_title,
        "old": found.old.name,
        "new": found.new.name,
    }
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * max(1, len(table)), _LARGE),
        key=f"changed-{found.new.id}-{found.old.id}-{chosen}",
        column_config={
            name: st.column_config.TextColumn(
                title, width="small" if name == "row_id" else "medium"
            )
            for name, title in titles.items()
        },
        alt=f"Table of the questions that are {chosen}",
    )


def _groups(found: Comparison) -> None:
    if not found.groups:
        return
    metric = metric_of(found.new.task)
    table = pd.DataFrame([_group_row(metric, group) for group in found.groups])
    st.markdown("**Group by group**, what lost most first")
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), _LARGE),
        key=f"groups-{found.new.id}-{found.old.id}",
        alt="Table of the groups, what lost most first",
    )
    if small := sum(group.is_small for group in found.groups):
        st.caption(
            f"{plural(small, 'group')} of fewer than {FEWEST} questions: there chance decides, so "
            "the gate does not look at them."
        )


def _group_row(metric: Metric, group: GroupDifference) -> dict[str, object]:
    return {
        "Grouped by": group.column,
        "Group": group.name,
        "Questions": group.rows,
        "Before": metric.unit.words(group.old),
        "Now": metric.unit.words(group.new),
        "Better by (%)" if metric.unit is AMOUNT else "Points": f"{group.gain:+.1f}",
        "Mended": group.mended,
        "Broken": group.broken,
        "More than chance": "too few" if group.is_small else "yes" if group.is_certain else "no",
    }
