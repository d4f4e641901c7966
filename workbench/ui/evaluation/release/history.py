"""The versions that could be live, and what was live when."""

from collections.abc import Sequence

import streamlit as st

from workbench.core.metrics import headline
from workbench.evaluation import evaluations
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.release import releases
from workbench.evaluation.release.releases import ReleaseInfo
from workbench.training.run_view import RunView
from workbench.ui import context
from workbench.ui.numbers import when

_LARGE = 420


def show_versions(run: RunView, runs: Sequence[RunView], live: ReleaseInfo | None) -> None:
    """The trained models of the project, each with its score; the live one marked."""
    exams = evaluations.exams_of(context.store(), run.project_id)
    rows = [
        {
            "Version": one.name,
            "": "live" if live and live.run_id == one.id and not live.rung else "",
            "Score": _score(one, exams.get(one.id)) or "–",
            "Learned from": f"{one.dataset_name}, version {one.version_number}",
            "Base model": one.base_model,
            "Trained": when(one.created_at),
        }
        for one in runs
    ]
    _table(rows, "versions-table", "Table of the trained versions")


def _score(run: RunView, exam: EvaluationInfo | None) -> str:
    """The newest score on the version's own exam; empty without."""
    return headline(run.task, exam.scores.get("tuned") or {}) if exam else ""


def show_history(run: RunView, runs: Sequence[RunView], live: ReleaseInfo | None) -> None:
    """What was live when, who approved it, why, and what the gate said."""
    found = releases.history(context.store(), run.project_id)
    if not found:
        st.write("Nothing has been live yet.")
        return
    rows = [
        {
            "Version": one.run_name,
            "From": when(one.released_at),
            "To": "now" if one.ended_at is None else when(one.ended_at),
            "Approved by": one.approver,
            "Why": one.note or ("Back to this one" if one.back_to else "–"),
            "Gate": f"overruled: {one.overruled}" if one.overruled else "passed",
            "Score then": str(one.about.get("score") or "–"),
        }
        for one in found
    ]
    _table(rows, "history-table", "Table of what was live when")


def _table(rows: list[dict[str, str]], key: str, alt: str) -> None:
    st.dataframe(rows, hide_index=True, height=min(38 + 35 * len(rows), _LARGE), key=key, alt=alt)
