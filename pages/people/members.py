"""Members of a project: who may do what in it; its owners decide."""

import streamlit as st

from workbench.system.accounts import invitations, members
from workbench.system.accounts.members import MEANINGS, MemberView
from workbench.ui import context, dialogs, errors, frame
from workbench.ui.accounts import gate, invited
from workbench.ui.text import plain

ROLES, WIDTH = list(MEANINGS), 800
store, project_id = context.store(), context.project_id()


@st.dialog("Remove this member?", on_dismiss=dialogs.answered)
def ask_remove(member: MemberView) -> None:
    whom = "You" if member.is_me else plain(member.name)
    verb = "belong" if member.is_me else "belongs"
    st.write(
        f"**{whom}** {verb} to this project no longer, from the next click on. What was made stays."
    )
    dialogs.decide(
        "remove", "Remove", "Keep", lambda: members.remove(store, project_id, member.person_id),
        icon=":material/person_remove:",
    )  # fmt: skip


def row(member: MemberView, *, may_change: bool) -> None:
    name, role_of, removing = st.columns([4, 2, 2], vertical_alignment="center")
    with name:
        me = " :green-badge[You]" if member.is_me else ""
        off = " :gray-badge[:material/block: Account disabled]" if member.disabled else ""
        st.markdown(f"**{plain(member.name)}**{me}{off}  \n:small[:gray[{plain(member.email)}]]")
    if not may_change:
        role_of.markdown(plain(member.role.capitalize()), help=MEANINGS[member.role])
        return
    with role_of:
        role = st.selectbox(
            f"Role of {plain(member.name)}",
            ROLES,
            index=ROLES.index(member.role),
            format_func=str.capitalize,
            key=f"role-{member.person_id}-{member.role}",
            label_visibility="collapsed",
        )
    with removing:
        if st.button("Remove", key=f"remove-{member.person_id}", icon=":material/person_remove:"):
            dialogs.ask("remove", member.person_id)
    if role != member.role:
        with errors.shown():
            members.add(store, project_id, member.person_id, role)
            st.rerun()


def invite() -> None:
    st.markdown("##### Let somebody in")
    with st.form("invite", clear_on_submit=True):
        email = st.text_input(
            "E-mail address", key="invite-email", placeholder="name@company.example"
        )
        role = st.selectbox("Role", ROLES, format_func=str.capitalize, key="invite-role")
        asked = st.form_submit_button("Invite", type="primary", icon=":material/person_add:")
    if asked:
        with errors.shown():
            secret = invitations.invite(store, email, project_id=project_id, role=role)
            if secret:
                invited.keep(secret, f"The link for {plain(email)}")
            else:
                st.session_state["toasts"] = [f"{email.strip()} belongs to this project now."]
            st.rerun()


frame.header(None, "Who belongs to this project?")
gate.only_with_accounts()
st.markdown(
    "  \n".join(
        f":gray[**{plain(role.capitalize())}** {plain(meaning)}.]"
        for role, meaning in MEANINGS.items()
    )
)
found = members.listing(store, project_id)
may_change = members.may_change(store, project_id)
with st.container(width=WIDTH), errors.shown():
    with st.container(border=True):
        for member in found:
            row(member, may_change=may_change)
        if not found:
            st.write("Nobody yet: administrators alone see this project.")
    if may_change:
        invited.show()
        invite()
        invited.listing(invitations.listing(store, project_id))
    question, about_id = dialogs.asked()
    asked_about = next((one for one in found if one.person_id == about_id), None)
    if question == "remove" and asked_about is not None:
        ask_remove(asked_about)
