"""`accounts`: who has an account; the first one is made here, and from then on pages ask for it."""

import argparse
import getpass
import sys
from typing import Any

from storage.acting import ROLES
from storage.schema import open_store
from workbench.cli.output import command, emit
from workbench.core.errors import WorkbenchError
from workbench.core.words import plural
from workbench.projects import projects
from workbench.system.accounts import invitations, links, members, people
from workbench.system.accounts.people import PersonView


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    parser = command(commands, "accounts", _list, "People with an account: list, add and invite.")
    actions = parser.add_subparsers(metavar="ACTION")
    command(actions, "list", _list, "Who has an account.")
    add = _on_person(actions, "add", _add, "Make an account; the first one is an administrator's.")
    add.add_argument("--name", required=True, metavar="NAME")
    add.add_argument("--administrator", action="store_true", help="of the installation")
    add.add_argument(
        "--password-stdin", action="store_true", help="a line of stdin instead of asking for it"
    )
    invite = _on_person(
        actions, "invite", _invite, "Make a link by which somebody makes an account."
    )
    invite.add_argument("--project", metavar="NAME", help="that they come into")
    invite.add_argument("--role", choices=ROLES, help="as what; without: viewer")
    invite.add_argument("--administrator", action="store_true", help="of the installation")
    role = _on_person(actions, "role", _role, "Say what somebody may do.")
    role.add_argument("--project", metavar="NAME", help="in this project, with --role")
    which = role.add_mutually_exclusive_group(required=True)
    which.add_argument("--role", choices=(*ROLES, "none"), help="none: a member no longer")
    which.add_argument("--administrator", choices=("yes", "no"), help="of the installation")
    _on_person(actions, "disable", _disable, "Let somebody sign in no longer.")
    _on_person(actions, "enable", _enable, "Let somebody sign in again.")
    _on_person(actions, "sign-out", _sign_out, "Sign somebody out everywhere.")
    _on_person(actions, "reset", _reset, "Make a link by which somebody chooses a new password.")
    remove = command(actions, "remove-all", _remove_all, "Delete all accounts; pages ask no more.")
    remove.add_argument("--yes", action="store_true", help="do not ask")


def _on_person(actions: Any, name: str, run: Any, help: str) -> argparse.ArgumentParser:
    parser = command(actions, name, run, help)
    parser.add_argument("--email", required=True, metavar="ADDRESS")
    return parser


def _list(options: argparse.Namespace) -> int:
    found = people.listing(open_store())
    none = (
        "Nobody has an account, so the pages ask nobody to sign in: `accounts add` makes the first."
    )
    lines = [_line(one) for one in found] or [none]
    emit(options, {"people": [one.as_dict() for one in found]}, "\n".join(lines))
    return 0


def _add(options: argparse.Namespace) -> int:
    store = open_store()
    is_first = not people.are_there(store)
    if is_first and not options.administrator:
        raise WorkbenchError(
            "The first account has to be an administrator's, who lets the others in: add --administrator."
        )
    email, name = people.checked_email(options.email), people.checked_name(options.name)
    people.add(store, email, name, _typed(options), administrator=options.administrator)
    said = f"{name} has an account: {email}."
    if is_first:
        said += (
            " From now on the pages ask everybody to sign in, at once, also where they are open."
        )
    emit(options, {"added": email}, said)
    return 0


def _invite(options: argparse.Namespace) -> int:
    store = open_store()
    if not people.are_there(store):
        raise WorkbenchError(
            "Nobody has an account yet: make the first with `accounts add --administrator`, then invite."
        )
    project_id = projects.project_named(store, options.project) if options.project else None
    role = (options.role or ROLES[0]) if options.project else ""
    token = invitations.invite(
        store,
        options.email,
        project_id=project_id,
        role=role,
        administrator=options.administrator,
    )
    if not token:
        said = f"{options.email} has an account and belongs to '{options.project}' now, as {role}."
        emit(options, {"link": None}, said)
        return 0
    return _say_link(options, token, f"The link for {options.email}")


def _reset(options: argparse.Namespace) -> int:
    store = open_store()
    token = invitations.renew_password(store, people.named(store, options.email))
    return _say_link(options, token, f"The link by which {options.email} chooses a new password")


def _say_link(options: argparse.Namespace, token: str, what: str) -> int:
    link = links.invitation(token)
    emit(options, {"link": link}, f"{what}, good for 7 days, once, and shown this once:\n{link}")
    return 0


def _role(options: argparse.Namespace) -> int:
    store = open_store()
    person_id = people.named(store, options.email)
    if options.administrator:
        people.set_administrator(store, person_id, options.administrator == "yes")
        what = "an administrator" if options.administrator == "yes" else "no administrator"
        emit(
            options,
            {"administrator": options.administrator == "yes"},
            f"{options.email} is {what} now.",
        )
        return 0
    if not options.project:
        raise WorkbenchError("A role is one in a project: name it with --project.")
    project_id = projects.project_named(store, options.project)
    if options.role == "none":
        members.remove(store, project_id, person_id)
        said = f"{options.email} belongs to '{options.project}' no longer."
    else:
        members.add(store, project_id, person_id, options.role)
        said = f"{options.email} is {options.role} of '{options.project}' now."
    emit(options, {"role": options.role}, said)
    return 0


def _disable(options: argparse.Namespace) -> int:
    store = open_store()
    people.disable(store, people.named(store, options.email))
    said = f"{options.email} can sign in no longer, and is signed out everywhere."
    emit(options, {"disabled": options.email}, said)
    return 0


def _enable(options: argparse.Namespace) -> int:
    store = open_store()
    people.enable(store, people.named(store, options.email))
    emit(options, {"enabled": options.email}, f"{options.email} can sign in again.")
    return 0


def _sign_out(options: argparse.Namespace) -> int:
    store = open_store()
    people.sign_out(store, people.named(store, options.email))
    emit(options, {"signed_out": options.email}, f"{options.email} is signed out everywhere.")
    return 0


def _remove_all(options: argparse.Namespace) -> int:
    store = open_store()
    count = len(people.listing(store))
    if count and not options.yes and not _agreed(count):
        raise WorkbenchError("Nothing was removed.")
    people.remove_all(store)
    said = (
        f"{plural(count, 'account')} removed: whoever reaches the pages may do everything again."
        if count
        else "Nobody has an account."
    )
    emit(options, {"removed": count}, said)
    return 0


def _agreed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise WorkbenchError("This deletes all accounts: say so with --yes. Nothing was removed.")
    print(
        f"{plural(count, 'account')} will be deleted, with all memberships and invitations; projects "
        "stay. Then the pages ask nobody who they are.",
        file=sys.stderr,
    )
    return input("Type 'remove' to go on: ").strip() == "remove"


def _typed(options: argparse.Namespace) -> str:
    """The password: a line of stdin, or typed twice without being shown."""
    if options.password_stdin:
        if not (line := sys.stdin.readline().rstrip("\r\n")):
            raise WorkbenchError("No password came on stdin: give it as one line.")
        return line
    if not sys.stdin.isatty():
        raise WorkbenchError(
            "Nobody can be asked for a password here: give it by --password-stdin."
        )
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("The same password again: "):
        raise WorkbenchError("The two passwords differ: start again.")
    return password


def _line(one: PersonView) -> str:
    about = [
        one.email,
        *(["administrator"] if one.administrator else []),
        *(["disabled"] if one.disabled else []),
        f"since {one.created_at:%Y-%m-%d}",
        f"last seen {one.seen_at:%Y-%m-%d %H:%M} UTC" if one.seen_at else "not signed in",
    ]
    return f"{one.name}: {', '.join(about)}"
