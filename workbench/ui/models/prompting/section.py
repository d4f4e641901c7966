"""Prompt first, on the Model page: an instruction is written, tried, made better, and kept."""

import streamlit as st

from workbench.core.words import plural
from workbench.data.versions import VersionInfo
from workbench.evaluation.prompting import trials
from workbench.evaluation.prompting.trials import SHOWN, Trial
from workbench.models.model_info import ModelInfo
from workbench.system import drafts
from workbench.ui import context, errors, job_progress
from workbench.ui.accounts import allowed
from workbench.ui.models.prompting import tried
from workbench.ui.text import plain

_PAGE = "prompt"


def show(version: VersionInfo, models: list[ModelInfo], chosen_id: int | None) -> None:
    """The section; nothing of it where no model here can be told what to do.

    Args:
        models: those of this computer.
        chosen_id: the project's model, which comes first.
    """
    able = [model for model in models if trials.can_be_tried(model, version.task)]
    if not able or not trials.practice_questions(version):
        return
    able.sort(key=lambda model: model.id != chosen_id)
    title = "Try an instruction first"
    box = st.expander(title, icon=":material/edit_note:", key="prompt-first", on_change="rerun")
    if not box.open:
        return
    with box, errors.shown():
        _show(version, able)


def _show(version: VersionInfo, able: list[ModelInfo]) -> None:
    asked = plural(trials.practice_questions(version), "practice question")
    st.write(
        "Sometimes a model needs no training, only to be told what to do (prompting). Write it down, "
        f"and see what it makes of {asked} from your data: none of the exam. Once you keep an "
        "instruction it sits the exam, and a training has to beat it."
    )
    store, draft = context.store(), drafts.get_draft(context.store(), version.project_id, _PAGE)
    model = _choose_model(able, draft)
    found = trials.list_trials(store, version, model.id)
    instruction = st.text_area(
        "Instruction",
        str(draft.get("instruction") or _newest(found) or trials.usual_instruction(version)),
        height=120,
        max_chars=trials.MOST_SIGNS,
        key=f"prompt-text-{version.id}",
        help="What the model is to do, in plain words: the task, the tone, how long, what not to say.",
    )
    shown = _choose_shown(version, model, draft)
    entered = {"instruction": instruction, "shown": shown, "model_id": model.id}
    drafts.save_draft(store, version.project_id, _PAGE, entered)
    running = [one for one in found if not one.job.is_over]
    if allowed.button(
        f"Try it on {asked}", key="prompt-try", icon=":material/play_arrow:", disabled=bool(running)
    ):
        trials.start_trial(store, version.id, model.id, instruction, shown=shown)
        context.ensure_worker()
        st.rerun()
    for one in running:
        job_progress.show(one.job)
    _tell_failure(found)
    tried.show(version, model, found)


def _choose_model(able: list[ModelInfo], draft: dict[str, object]) -> ModelInfo:
    if len(able) == 1:
        st.caption(f"Asked is {plain(able[0].name)}.")
        return able[0]
    by_id = {model.id: model for model in able}
    wanted = draft.get("model_id")
    picked = st.selectbox(
        "Asked is",
        list(by_id),
        index=list(by_id).index(wanted) if wanted in by_id else 0,
        format_func=lambda i: by_id[i].name,
        key="prompt-model",
    )
    return by_id[picked]


def _choose_shown(version: VersionInfo, model: ModelInfo, draft: dict[str, object]) -> int:
    if not trials.can_be_shown(model, version.task):
        return 0
    kept = draft.get("shown", 0)
    return int(
        st.segmented_control(
            "Examples shown before each question",
            SHOWN,
            default=kept if kept in SHOWN else 0,
            required=True,
            format_func=lambda number: "none" if not number else f"the nearest {number}",
            key="prompt-shown",
            help="Those of your examples that are most like the question, each with its answer. They "
            "often help more than words do, and make each answer slower.",
        )
        or 0
    )


def _newest(found: list[Trial]) -> str:
    return found[0].instruction if found else ""


def _tell_failure(found: list[Trial]) -> None:
    if found and found[0].job.status == "failed":
        st.error(plain(found[0].job.reason), icon=":material/error:")
