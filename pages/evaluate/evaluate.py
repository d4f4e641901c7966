"""Evaluate: how good the trained model is, where it goes wrong, and whether to use it."""

import pandas as pd
import streamlit as st

from workbench.data import unknown_categories
from workbench.data.unknown_categories import UnknownCategory
from workbench.evaluation import evaluations as evaluation
from workbench.evaluation import exam_ladder, verdict
from workbench.evaluation.evaluations import EvaluationInfo
from workbench.evaluation.judged import judgements
from workbench.evaluation.judged.judgement import with_judge
from workbench.evaluation.ladder import Ladder
from workbench.evaluation.sweeps.sweeps import best_first
from workbench.evaluation.verdict import Verdict
from workbench.training import runs as training
from workbench.training.run_view import RunView
from workbench.ui import context, errors, frame
from workbench.ui.evaluation import (
    by_tool,
    details,
    drift_file,
    exam_file,
    exam_jobs,
    notes,
    score_table,
    scores,
)
from workbench.ui.evaluation.ladder import worth_it
from workbench.ui.evaluation.release import reporting
from workbench.ui.evaluation.release import section as release_section
from workbench.ui.numbers import plural, when
from workbench.ui.text import plain
from workbench.ui.training import chain_view, energy_view

TRAIN, ICON_TRAIN = "pages/train/train.py", ":material/model_training:"
USE, ICON_USE = "pages/use/playground.py", ":material/forum:"
Beside = tuple[tuple[int, str], ...]


@st.cache_data(show_spinner=False, max_entries=16)
def answers_of(digest: str, evaluation_id: int) -> pd.DataFrame:
    """The judged answers of an evaluation; `digest` names their content and never changes."""
    return evaluation.predictions(context.store(), evaluation_id)


@st.cache_data(show_spinner=False, max_entries=16)
def unknown_in(digest: str, evaluation_id: int, run_id: int) -> list[UnknownCategory]:
    """The categories in it that the model does not know."""
    answers = answers_of(digest, evaluation_id)
    return evaluation.unknown_categories(context.store(), run_id, answers)


@st.cache_data(show_spinner="Comparing …", max_entries=16)
def ladder_on(digest: str, evaluation_id: int, beside: Beside) -> Ladder:
    """Everyone who answered its questions; `beside` is what it may be compared with."""
    info = evaluation.get_evaluation(context.store(), evaluation_id)
    return exam_ladder.ladder_of(context.store(), info, answers_of(digest, evaluation_id))


def main() -> None:
    """The page."""
    frame.header("Evaluate", "How good is it?")
    runs = training.list_runs(context.store(), context.project_id())
    project_id = context.project_id()
    usable = best_first(context.store(), project_id, [run for run in runs if run.is_usable])
    if not usable:
        show_nothing(runs)
        return
    left, right = st.columns(2)
    run = pick_run(left, usable)
    evaluations = evaluation.list_evaluations(context.store(), run.id)
    chain_view.show(run)
    busy = exam_jobs.show_progress(run.id)
    exam_jobs.show_failure(run.id, evaluations)
    found = None
    if evaluations:
        beside = exam_ladder.compared_with(context.store(), run, usable)
        found = show_evaluation(run, pick_evaluation(right, run, evaluations), beside)
    elif not busy:
        show_unscored(run)
    release_section.show(run, usable)
    with st.expander("Test on another file, or again", icon=":material/upload_file:"):
        exam_file.show(run)
        if evaluations and not busy and not run.was_by_turns:
            exam_jobs.score_button("Score the exam again", run.id, primary=False)
    drift_file.show(run)
    if evaluations:
        show_ways_on(run, found)


def show_nothing(runs: list[RunView]) -> None:
    """What belongs here, and the way there."""
    st.write(
        "When a model has learned, it takes an exam: questions from your own examples that it has "
        "never seen. Here you will then read how many it gets right, whether that is better than "
        "before training and than a simple baseline, and which questions it gets wrong."
    )
    learning = any(not run.job.is_over for run in runs)
    st.info(
        "A model is learning now; its exam follows by itself."
        if learning
        else "There is no trained model in this project yet.",
        icon=":material/hourglass_top:" if learning else ":material/school:",
    )
    label = "Watch it learn" if learning else "Train a model"
    if st.button(label, key="to-train", type="primary"):
        context.go(TRAIN)


def pick_run(place: st.delta_generator.DeltaGenerator, runs: list[RunView]) -> RunView:
    """The run in the URL, else the newest; changed by the picker."""
    by_id = {run.id: run for run in runs}
    asked = st.query_params.get("run", "")
    if asked.isdigit() and int(asked) in by_id and "exam-run" not in st.session_state:
        st.session_state["exam-run"] = int(asked)
    if st.session_state.get("exam-run") not in by_id:
        st.session_state["exam-run"] = runs[0].id
    run_id = place.selectbox(
        "Trained model",
        list(by_id),
        format_func=lambda i: f"{by_id[i].name} · {by_id[i].base_model} · {by_id[i].dataset_name}",
        key="exam-run",
    )
    st.query_params["run"] = str(run_id)
    return by_id[run_id]


def pick_evaluation(
    place: st.delta_generator.DeltaGenerator, run: RunView, found: list[EvaluationInfo]
) -> EvaluationInfo:
    """The newest scoring; another one by the picker, which is there if there are several."""
    if len(found) == 1:
        return found[0]
    by_id = {info.id: info for info in found}
    # The newest is part of the key, so that a result that has just come in is the one shown.
    chosen = place.selectbox(
        "Scored on", list(by_id), format_func=lambda i: title_of(by_id[i]),
        key=f"exam-{run.id}-{found[0].id}",
    )  # fmt: skip
    return by_id[chosen]


def title_of(info: EvaluationInfo) -> str:
    """What was scored and when, in the picker."""
    what = "The exam" if info.is_exam else info.split
    return f"{what} · {plural(info.rows, 'question')} · {when(info.created_at)}"


def show_unscored(run: RunView) -> None:
    """A run that had no exam, or was stopped before it."""
    if (run.result or {}).get("described"):
        st.info(
            f"'{plain(run.name)}' sorts by the descriptions of your categories, and nobody has "
            "checked it yet: label some texts to find out. Texts that you sort in *Use* become "
            "examples; some of them are the next model's exam.",
            icon=":material/help:",
        )
        if st.button("Sort some texts", key="to-label", type="primary", icon=ICON_USE):
            context.go(USE, run=run.id)
        return
    if run.was_by_turns:
        st.info(
            f"'{plain(run.name)}' was stopped before its exam by turns was over, and it has learned "
            "from every row, so nobody knows how good it is. Test it on another file, or train it "
            "again.",
            icon=":material/help:",
        )
        return
    st.info(
        f"'{plain(run.name)}' has not taken its exam, so nobody knows yet how good it is. "
        "That happens when a training is stopped early.",
        icon=":material/help:",
    )
    exam_jobs.score_button("Score it now", run.id, primary=True)


def show_evaluation(run: RunView, info: EvaluationInfo, beside: Beside) -> Verdict | None:
    """The verdict first, then what shows it, then the details; None if the answers are gone."""
    with errors.shown():
        answers = answers_of(info.predictions_hash, info.id)
        ladder = ladder_on(info.predictions_hash, info.id, beside)
        judged = judgements.of_exam(context.store(), info)
        found = with_judge(verdict.verdict_on(ladder, info.questions), judged)
        scores.show_verdict(found)
        scores.show_invented(info)
        notes.show_size(run, info)
        notes.show_turns(info, answers)
        unknown = unknown_in(info.predictions_hash, info.id, run.id)
        notes.show_refusals(run, info, answers, unknown)
        if said := unknown_categories.sentence(unknown):
            st.warning(plain(said), icon=":material/warning:")
        worth_it.show(run, info, answers, ladder, found)
        by_tool.show(answers)
        score_table.show(run, info, answers)
        energy_view.show_answers(run, ladder, answers)
        details.show(run, info, answers)
        reporting.show(info)
        return found
    return None


def show_ways_on(run: RunView, found: Verdict | None) -> None:
    """The one way on: to the playground; after a loss, back to training."""
    if found and found.level == verdict.WORSE:
        if st.button("Train again", key="to-train", type="primary", icon=ICON_TRAIN):
            context.go(TRAIN)
        if st.button("Try it in the playground all the same", key="to-use", icon=ICON_USE):
            context.go(USE, run=run.id)
    elif st.button("Try it in the playground", key="to-use", type="primary", icon=ICON_USE):
        context.go(USE, run=run.id)


main()
