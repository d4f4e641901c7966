"""Asking a judge, on the Evaluate page: against whom, by which rubric, and the question before it is sent."""

from dataclasses import dataclass

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.evaluation import evaluations
from workbench.evaluation.judge import rubric
from workbench.evaluation.judged import judgements, pairs, plan, setup
from workbench.evaluation.judged.plan import Plan
from workbench.evaluation.judged.setup import Judge
from workbench.jobs.process.specs import JudgeSpec
from workbench.system import drafts
from workbench.training import runs as training
from workbench.training.run_view import RunView
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.settings import judge as judge_form
from workbench.ui.text import plain
from workbench.ui.use import server as model_server
from workbench.use import judge_here
from workbench.use.judge_here import Here

_DRAFT = "judge"
_PLANNED, _WAITING = "judge-planned", "judge-waiting"


@dataclass(frozen=True)
class _Choice:
    """What was entered."""

    run_id: int
    other: str
    rubric: str
    repeat: int
    most: int
    with_expected: bool
    max_tokens: int


def show(run: RunView, *, first: bool) -> None:
    """The form; where no judge is set up, the way to one."""
    judge = setup.kept(context.store())
    if judge is None:
        st.write(
            "A language model can read two answers to each exam question without knowing whose they are, "
            "and say which is better. None is asked until you name one."
        )
        with st.expander("Set up a judge", expanded=first, icon=":material/gavel:"):
            judge_form.form(None)
        return
    others = _others(run)
    if not others:
        st.info("There is nothing to compare it with: score the exam again.")
        return
    planned: Plan | None = st.session_state.get(_PLANNED)
    if planned is not None and planned.spec.run_id == run.id:
        _confirm(planned)
        return
    waiting: _Choice | None = st.session_state.get(_WAITING)
    if waiting is not None and waiting.run_id == run.id and judge.is_here:
        with errors.shown():
            _wait(run, judge, waiting)
        return
    with st.expander("Ask the judge", expanded=first, icon=":material/gavel:"):
        where = "of this workbench" if judge.is_here else f"at {judge.address}"
        st.caption(plain(f"The judge is {judge.model} {where}; change it on the Settings page."))
        choice = _fields(run, others)
        if allowed.button(
            "Ask the judge", key="judge-start", type="primary", icon=":material/gavel:"
        ):
            with errors.shown():
                _begin(run, judge, choice)
                st.rerun()


def _others(run: RunView) -> dict[str, str]:
    """With whom it can be compared; read again only once there is another exam or run."""
    runs = training.list_runs(context.store(), run.project_id)
    exam = evaluations.exam_of(context.store(), run.id)
    names = tuple((one.id, one.name) for one in runs)
    return _read_others(run.id, exam.predictions_hash if exam else "", names)


@st.cache_data(show_spinner=False, max_entries=16)
def _read_others(run_id: int, exam: str, names: tuple[tuple[int, str], ...]) -> dict[str, str]:
    return pairs.others(context.store(), run_id)


def _fields(run: RunView, others: dict[str, str]) -> _Choice:
    names = sorted(others, key=lambda name: name != "base")
    other = st.selectbox(
        "Compare with", names, format_func=lambda name: plain(others[name]), key="judge-other"
    )
    draft = drafts.get_draft(context.store(), run.project_id, _DRAFT)
    text = st.text_area(
        "What a good answer is",
        str(draft.get("rubric") or rubric.DEFAULT),
        key="judge-rubric",
        height=200,
        max_chars=rubric.LONGEST,
        help="The rubric, in plain words; the judge goes by it, and it is kept with the judgement.",
    )
    left, middle, right = st.columns(3)
    most = left.number_input(
        "Questions at most", 1, plan.MOST_QUESTIONS, plan.MOST, key="judge-most"
    )
    repeat = middle.number_input(
        "Times each", 1, plan.MOST_REPEAT, 1, key="judge-repeat",
        help="Each time it is asked in both orders; most of its verdicts decide.",
    )  # fmt: skip
    tokens = right.number_input(
        "Longest reply (tokens)", *plan.TOKENS, JudgeSpec.max_tokens, key="judge-tokens",
        help="More for models that think aloud before they answer.",
    )  # fmt: skip
    expected = st.checkbox(
        "The judge also sees the expected answer", value=True, key="judge-expected"
    )
    return _Choice(run.id, str(other), text, int(repeat), int(most), expected, int(tokens))


def _begin(run: RunView, judge: Judge, choice: _Choice) -> None:
    """Ask, or first start the model that is to be asked."""
    if not judge.is_here:
        _ask(run, judge, choice)
        return
    judge_here.check(context.store(), judge.model)
    st.session_state[_WAITING] = choice
    model_server.begin(judge.model)


def _wait(run: RunView, judge: Judge, choice: _Choice) -> None:
    """What the start of the judge waits for, with a button to cancel; then the questions go to it."""
    url = None if model_server.was_declined() else model_server.address(judge.model)
    if url is None and not model_server.was_declined():
        if st.button("Back", key="judge-back", icon=":material/arrow_back:"):
            del st.session_state[_WAITING]
            st.rerun()
        return
    del st.session_state[_WAITING]
    if url is not None:
        _ask(run, judge, choice, judge_here.at(url))
    st.rerun()


def _ask(run: RunView, judge: Judge, choice: _Choice, here: Here | None = None) -> None:
    """Start it; where texts would leave this computer, ask first."""
    store = context.store()
    planned = plan.plan(
        store,
        run.id,
        here.url if here else judge.address,
        judge.model,
        other=choice.other,
        rubric_text=choice.rubric,
        repeat=choice.repeat,
        with_expected=choice.with_expected,
        most=choice.most,
        max_tokens=choice.max_tokens,
        key_file=here.key_file if here else None,
    )
    drafts.save_draft(store, run.project_id, _DRAFT, {"rubric": planned.spec.rubric})
    if planned.leaves:
        st.session_state[_PLANNED] = planned
        return
    judgements.start(store, planned)
    context.ensure_worker()


def _confirm(planned: Plan) -> None:
    """Exactly what leaves, and the two answers."""
    st.warning(plain(planned.sentence), icon=":material/cloud_upload:")
    with st.container(horizontal=True):
        yes = allowed.button(
            "Send it to the judge", key="judge-yes", icon=":material/cloud_upload:"
        )
        no = st.button("Send nothing", key="judge-no", type="primary")
    if yes:
        with errors.shown():
            try:
                judgements.start(context.store(), planned, agreed=True)
            except WorkbenchError:
                del st.session_state[_PLANNED]
                raise
            context.ensure_worker()
    if yes or no:
        del st.session_state[_PLANNED]
        st.rerun()
