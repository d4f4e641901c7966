"""The page that an invitation's link opens: choose a name and a password, and be signed in."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import invitations, passwords
from workbench.system.accounts.invitations import NoInvitation, Offer
from workbench.ui import context
from workbench.ui.accounts import cookie, plain_page
from workbench.ui.accounts.sign_in_route import company_link, led_to, place_of
from workbench.ui.routes.own_path import base_path

_FIELD = "invitation"


def routes() -> list[Route]:
    """The route, under the same base path as the pages."""
    return [Route(f"{base_path()}{invitations.PATH}", answer, methods=["GET", "POST"])]


async def answer(request: Request) -> Response:
    """The form, one sentence, or the way into the app."""
    store = context.installation()
    try:
        if request.method == "GET":
            token = request.query_params.get(_FIELD, "")
            return _form(token, await run_in_threadpool(invitations.offer, store, token))
        sent = await plain_page.form(request)
        token, name = sent.get(_FIELD, ""), sent.get("name", "")
        password = sent.get("password", "")
        offered = await run_in_threadpool(invitations.offer, store, token)
        if _chooses(offered) and password != sent.get("again", ""):
            return _form(token, offered, name, "The two passwords differ: type both again.", 400)
        try:
            secret = await run_in_threadpool(
                invitations.accept, store, token, name, password, place_of(request)
            )
        except NoInvitation:
            raise
        except WorkbenchError as error:
            return _form(token, offered, name, str(error), 400)
    except NoInvitation as error:
        return plain_page.page("This link is over", f"<p>{plain_page.text(str(error))}</p>", 410)
    except StorageError as error:
        return plain_page.page("Your invitation", plain_page.wrong(str(error)), 503)
    response = led_to(f"{base_path()}/")
    cookie.put(response, secret, request)
    return response


def _chooses(offered: Offer) -> bool:
    """Whether a password is chosen; else that of an account is asked for."""
    return offered.renews or not offered.name


def _form(
    token: str, offered: Offer, name: str = "", wrong: str = "", status: int = 200
) -> Response:
    title, lead, button = _words(offered)
    who = plain_page.field("Your name", "name", "text", "name", name, focus=True)
    complete = "new-password" if _chooses(offered) else "current-password"
    body = (
        f"<p>{plain_page.text(lead)}</p>{plain_page.wrong(wrong)}"
        f'<form method="post" action="{base_path()}{invitations.PATH}">'
        f'<input type="hidden" name="{_FIELD}" value="{plain_page.text(token)}">'
        f'<input type="hidden" autocomplete="username" value="{plain_page.text(offered.email)}">'
        f"{'' if offered.name else who}"
        f"{plain_page.field('Password', 'password', 'password', complete)}"
    )
    if _chooses(offered):
        body += plain_page.field("The same password again", "again", "password", complete)
    body += f"<button>{button}</button></form>"
    if not offered.renews:
        body += company_link(f"{base_path()}/")
    if _chooses(offered):
        body += (
            f'<p class="soft">At least {passwords.LEAST} characters: three or four words that do not '
            "belong together are easy to remember.</p>"
        )
    return plain_page.page(title, body, status)


def _words(offered: Offer) -> tuple[str, str, str]:
    """The title, what it is about, and the button."""
    if offered.renews:
        lead = f"{offered.name}, choose a new password for {offered.email}."
        return "Choose a new password", lead, "Save and sign in"
    by = f"{offered.invited_by} invites you" if offered.invited_by else "You are invited"
    into = f" to the project '{offered.project}'" if offered.project else " to this workbench"
    if offered.name:
        lead = f"{by}{into}. You have an account, {offered.email}: sign in with its password."
        return f"Welcome back, {offered.name}", lead, "Join and sign in"
    return "Make your account", f"{by}{into}. You sign in as {offered.email}.", "Make the account"
