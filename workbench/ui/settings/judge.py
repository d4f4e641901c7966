"""The judge of free answers: its address, its model and its key; set up, changed and forgotten."""

import streamlit as st

from workbench.evaluation.judged import setup
from workbench.evaluation.judged.setup import HERE, Judge
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import plain
from workbench.use import judge_here

_SAID = "judge-said"
ADDRESS, HERE_TITLE = "At an address", "A model here"


def show() -> None:
    """What is set up, and the form to change it."""
    st.markdown("##### A judge of free answers")
    st.write(
        "A language model can be asked which of two answers is better (*Evaluate* → *Let a model judge*). "
        "None is asked until you name one: any address that speaks OpenAI's format, on this computer or "
        "elsewhere, or a model of this workbench."
    )
    with errors.shown():
        kept = setup.kept(context.store())
        if kept is not None:
            _state(kept)
        if said := st.session_state.pop(_SAID, ""):
            st.success(plain(said), icon=":material/check:")
        form(kept)


def form(kept: Judge | None) -> None:
    """Takes the judge, and a key for it."""
    where = st.segmented_control(
        "Where the judge is",
        (ADDRESS, HERE_TITLE),
        default=HERE_TITLE if kept and kept.is_here else ADDRESS,
        required=True,
        key="judge-where",
    )
    with st.form("judge-form", border=False):
        sent = _here_fields(kept) if where == HERE_TITLE else _address_fields(kept)
        done = allowed.form_submit_button(
            "Keep this judge",
            needs=allowed.ADMINISTRATOR,
            key="judge-keep",
            icon=":material/gavel:",
        )
    if done:
        with errors.shown():
            _keep(*sent)
            st.rerun()


def _here_fields(kept: Judge | None) -> tuple[str, str, str]:
    models = judge_here.models(context.store())
    if not models:
        st.info("There is no model here that writes text: add one on the Model page.")
        return HERE, "", ""
    names = list(models)
    start = names.index(kept.model) if kept and kept.is_here and kept.model in models else 0
    model = st.selectbox(
        "Model",
        names,
        index=start,
        format_func=lambda name: plain(models[name]),
        key="judge-model-here",
        help="A judge should be larger than what it judges, and not one of the two.",
    )
    return HERE, model or "", ""


def _address_fields(kept: Judge | None) -> tuple[str, str, str]:
    far = kept if kept and not kept.is_here else None
    address = st.text_input(
        "Address",
        far.address if far else "",
        key="judge-address",
        placeholder="http://127.0.0.1:11434/v1",
        help="As its makers write it for programs (base URL); it mostly ends in /v1.",
    )
    model = st.text_input(
        "Name of the model", far.model if far else "", key="judge-model", placeholder="gpt-4o-mini"
    )
    key = st.text_input(
        "Key (leave empty to change nothing)",
        key="judge-key",
        type="password",
        help="It is kept by your system's keyring, or encrypted in your home folder where there is none, "
        "and sent to this address only.",
    )
    return address, model, key


def _keep(address: str, model: str, key: str) -> None:
    judge = setup.judge_at(address, model)
    said = setup.keep_key(context.store(), judge.address, key) if key.strip() else ""
    setup.keep(context.store(), judge)
    st.session_state[_SAID] = f"The judge is kept. {said}".strip()


def _state(kept: Judge) -> None:
    where = "on this computer" if not kept.leaves else "not on this computer"
    at = "of this workbench" if kept.is_here else f"at {kept.address} ({where})"
    key = setup.key_of(context.store(), kept)
    ends = f" The key ends in {key.ends}." if key.ends else ""
    st.markdown(f":material/gavel: **{plain(kept.model)}** {plain(f'{at}.{ends} {key.sentence}')}")
    with st.container(horizontal=True):
        if key.kept and allowed.button(
            "Forget the key",
            needs=allowed.ADMINISTRATOR,
            key="judge-key-forget",
            icon=":material/key_off:",
        ):
            setup.forget_key(context.store(), kept.address)
            st.session_state[_SAID] = "The key is deleted from this computer."
            st.rerun()
        if allowed.button(
            "Have no judge",
            needs=allowed.ADMINISTRATOR,
            key="judge-forget",
            icon=":material/delete:",
        ):
            setup.forget(context.store())
            st.session_state[_SAID] = "No judge is set up any more."
            st.rerun()
