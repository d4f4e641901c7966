"""People of the installation: invited, disabled, signed out, made administrators."""

import streamlit as st

from workbench.system.accounts import company, invitations, people
from workbench.system.accounts.people import PersonView
from workbench.ui import context, dialogs, errors, frame
from workbench.ui.accounts import gate, invited
from workbench.ui.numbers import when
from workbench.ui.text import code, plain

PROMOTE, DEMOTE = "Make an administrator", "No administrator any more"
TRUST = "Trust its addresses"
OUT, RENEW, DISABLE, ENABLE = "Sign out everywhere", "Link for a new password", "Disable", "Enable"
ICONS = {
    PROMOTE: "shield_person", DEMOTE: "remove_moderator", OUT: "logout", RENEW: "link",
    DISABLE: "block", ENABLE: "check",
}  # fmt: skip
store = context.store()


@st.dialog("Disable this account?", on_dismiss=dialogs.answered)
def ask_disable(person: PersonView) -> None:
    st.write(
        f"**{plain(person.name)}** is signed out everywhere at once and cannot sign in until you enable "
        "the account. What they made stays, and trainings go on."
    )
    dialogs.decide(
        "disable", "Disable", "Leave it", lambda: people.disable(store, person.id),
        icon=":material/block:",
    )  # fmt: skip


@st.dialog("Make an administrator?", on_dismiss=dialogs.answered)
def ask_promote(person: PersonView) -> None:
    st.write(
        f"**{plain(person.name)}** sees and changes every project then, and decides about all people."
    )
    dialogs.decide(
        "promote", "Make an administrator", "Leave it",
        lambda: people.set_administrator(store, person.id, True), icon=":material/shield_person:",
    )  # fmt: skip


def menu(person: PersonView) -> None:
    options = [DEMOTE if person.administrator else PROMOTE, OUT, RENEW, DISABLE]
    if person.disabled:
        options = [ENABLE]
    choice = st.menu_button(
        "More",
        options,
        key=f"menu-{person.id}",
        type="tertiary",
        format_func=lambda option: f":material/{ICONS[option]}: {option}",
    )
    if choice is not None:
        with errors.shown():
            act(person, choice)


def act(person: PersonView, choice: str) -> None:
    if choice in (PROMOTE, DISABLE):
        dialogs.ask(choice, person.id)
        return
    if choice == RENEW:
        secret = invitations.renew_password(store, person.id)
        invited.keep(secret, f"The link by which {plain(person.name)} chooses a new password")
    elif choice == DEMOTE:
        people.set_administrator(store, person.id, False)
    elif choice == OUT:
        people.sign_out(store, person.id)
    elif choice == ENABLE:
        people.enable(store, person.id)
    st.rerun()


def row(person: PersonView) -> None:
    about, more = st.columns([6, 1], vertical_alignment="center")
    with about:
        badges = " :blue-badge[:material/shield_person: Administrator]" * person.administrator
        badges += " :gray-badge[:material/block: Disabled]" * person.disabled
        seen = f"last seen {when(person.seen_at)}" if person.seen_at else "not signed in"
        st.markdown(
            f"**{plain(person.name)}**{badges}  \n:small[:gray[{plain(person.email)}, {seen}]]"
        )
    with more:
        menu(person)


def invite() -> None:
    st.markdown("##### Let somebody in")
    with st.form("invite", clear_on_submit=True):
        email = st.text_input(
            "E-mail address", key="invite-email", placeholder="name@company.example"
        )
        administrator = st.checkbox(
            "As an administrator",
            key="invite-administrator",
            help="who sees and changes every project",
        )
        asked = st.form_submit_button("Make a link", type="primary", icon=":material/person_add:")
    if asked:
        with errors.shown():
            secret = invitations.invite(store, email, administrator=administrator)
            invited.keep(secret, f"The link for {plain(email)}")
            st.rerun()


@st.dialog("Trust its e-mail addresses?", on_dismiss=dialogs.answered)
def ask_trust() -> None:
    st.write(
        "Whoever can enter an address of their choice at the identity provider then signs in here as the "
        "person who has that address, administrators included. Agree only if nobody but your company "
        "gives out the addresses there."
    )
    dialogs.decide(
        "trust", "Trust them", "Leave it", lambda: company.trust_addresses(store, True),
        icon=":material/warning:",
    )  # fmt: skip


def company_account() -> None:
    """Whether addresses are believed that the provider does not call verified."""
    provider = company.offered()
    if provider is None:
        return
    st.markdown("##### The company's account")
    st.write(
        f"People can sign in by {code(provider.host)}. The first time, their e-mail address says who they "
        "are, and the provider has to say that it verified it."
    )
    if not company.trusts_addresses(store):
        st.caption(
            "Some providers never say that, and then nobody can sign in by them. If your company alone "
            "gives out the addresses there, they can be trusted all the same."
        )
        if st.button("Trust its e-mail addresses", key="trust", icon=":material/warning:"):
            dialogs.ask(TRUST)
        return
    st.warning(
        "**E-mail addresses of this provider are trusted without a proof.** Whoever can enter an address of "
        "their choice there signs in here as the person who has it.",
        icon=":material/warning:",
    )
    if st.button("Trust them no longer", key="distrust", icon=":material/shield:"):
        company.trust_addresses(store, False)
        st.rerun()


frame.header(None, "Who uses this workbench?")
gate.only_with_accounts()
with st.container(width=800), errors.shown():
    found = people.listing(store)
    with st.container(border=True):
        for person in found:
            row(person)
    invited.show()
    invite()
    invited.listing(invitations.listing(store))
    company_account()
    question, about_id = dialogs.asked()
    asked_about = next((one for one in found if one.id == about_id), None)
    if question == TRUST:
        ask_trust()
    if asked_about is not None and question == DISABLE:
        ask_disable(asked_about)
    if asked_about is not None and question == PROMOTE:
        ask_promote(asked_about)
