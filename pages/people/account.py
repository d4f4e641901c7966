"""One's own account: who one is, where one is signed in, and the password."""

import streamlit as st

from workbench.system.accounts import passwords, people, sign_ins, signing_in
from workbench.system.accounts.sign_ins import SignInView
from workbench.ui import context, errors, frame
from workbench.ui.accounts import cookie, gate
from workbench.ui.numbers import when
from workbench.ui.text import plain

secret = cookie.of_page()


def change_password() -> None:
    with st.form("password", clear_on_submit=False):
        old = st.text_input(
            "Present password", type="password", key="password-old", autocomplete="current-password"
        )
        new = st.text_input(
            "New password",
            type="password",
            key="password-new",
            autocomplete="new-password",
            help=f"At least {passwords.LEAST} characters: three or four words that do not belong "
            "together are easy to remember.",
        )
        again = st.text_input(
            "The new password again",
            type="password",
            key="password-again",
            autocomplete="new-password",
        )
        asked = st.form_submit_button("Change the password")
    if not asked:
        return
    with errors.shown():
        if new != again:
            st.error("The two new passwords differ: type both again.", icon=":material/error:")
            return
        signing_in.change_password(context.installation(), secret, old, new)
        st.success(
            "Your password is changed, and you are signed out everywhere else.",
            icon=":material/check_circle:",
        )


def sign_in_row(one: SignInView) -> None:
    about, ending = st.columns([6, 2], vertical_alignment="center")
    with about:
        here = " :green-badge[This browser]" if one.is_this else ""
        place = f"{plain(one.address)}, " if one.address else ""
        st.markdown(
            f"**{plain(one.browser)}**{here}  \n:small[:gray[{place}used {when(one.seen_at)}, since "
            f"{when(one.created_at)}]]"
        )
    with ending:
        if not one.is_this and st.button("Sign out there", key=f"end-{one.id}"):
            with errors.shown():
                sign_ins.end(context.installation(), secret, one.id)
                st.rerun()


frame.header(None, "Your account")
who = gate.only_with_accounts()
me = people.get(context.store(), who.person_id)
rights = "an administrator of this workbench" if me.administrator else "a member of your projects"
st.write(f"{plain(me.name)}, {plain(me.email)}, {rights}.")

with st.container(width=800):
    st.markdown("##### Where you are signed in")
    with errors.shown():
        found = sign_ins.mine(context.installation(), secret)
        for one in found:
            sign_in_row(one)
        if len(found) > 1 and st.button(
            "Sign out everywhere", key="end-all", icon=":material/logout:"
        ):
            sign_ins.end_everywhere(context.installation(), secret)
            st.rerun()

    st.markdown("##### Password")
    if me.has_password:
        change_password()
    else:
        st.write("You sign in with your company's account, whose password is changed there.")
