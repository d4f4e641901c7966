"""The page of signing in: `GET /account/sign-in?next=PATH` asks, `POST` signs in and leads there.

A form of another site cannot sign a browser in: `Visitors` refuses its origin.
"""

from urllib.parse import quote, urlsplit

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import company, listening, sign_ins, signing_in
from workbench.system.accounts.delays import TooSoon
from workbench.system.accounts.sign_ins import Place
from workbench.ui import context
from workbench.ui.accounts import cookie, plain_page
from workbench.ui.accounts.door import SIGN_IN
from workbench.ui.routes.own_path import base_path

COMPANY = "/account/company"
_TITLE = "Sign in"


def routes() -> list[Route]:
    """The route, under the same base path as the pages."""
    return [Route(f"{base_path()}{SIGN_IN}", answer, methods=["GET", "POST"])]


async def answer(request: Request) -> Response:
    """The form, or the way to where one wanted to go."""
    try:
        if request.method == "POST":
            return await _sign_in(request)
        target = own_target(request.query_params.get("next", ""))
        secret = cookie.of_request(request)
        found = await run_in_threadpool(sign_ins.standing, context.installation(), secret)
        if not found.accounts_on:
            await run_in_threadpool(listening.check, context.installation(), own_host())
        if not found.accounts_on or found.acting is not None:
            return led_to(target)
        return form(target)
    except (StorageError, WorkbenchError) as error:
        return plain_page.page(_TITLE, plain_page.wrong(str(error)), 503)


async def _sign_in(request: Request) -> Response:
    sent = await plain_page.form(request)
    target = own_target(sent.get("next", ""))
    email, password = sent.get("email", ""), sent.get("password", "")
    try:
        secret = await run_in_threadpool(
            signing_in.sign_in, context.installation(), email, password, place_of(request)
        )
    except WorkbenchError as error:
        return form(target, email, str(error), 429 if isinstance(error, TooSoon) else 403)
    response = led_to(target)
    cookie.put(response, secret, request)
    return response


def own_target(path: str) -> str:
    """A path of this app as it was asked for, or its home; never an address elsewhere."""
    home = f"{base_path()}/"
    parts = urlsplit(path)
    strange = "\\" in path or not path.isprintable() or not path.isascii()
    if strange or parts.scheme or parts.netloc or path.startswith("//"):
        return home
    if not path.startswith(home) or path.startswith(f"{base_path()}/account/"):
        return home
    return path


def own_host() -> str:
    """The address that the app listens on."""
    return str(st.get_option("server.address") or "")


def place_of(request: Request) -> Place:
    """From where somebody asks, as the proxy before us tells it if there is one."""
    client = request.client
    return Place(client.host if client else "", request.headers.get("user-agent", ""))


def led_to(target: str) -> Response:
    """The way to a page, seen anew."""
    return RedirectResponse(target, 303, headers=plain_page.HEADERS)


def form(target: str, email: str = "", wrong: str = "", status: int = 200) -> Response:
    """The page that asks who one is, and leads to `target`."""
    body = (
        f'{plain_page.wrong(wrong)}<form method="post" action="{base_path()}{SIGN_IN}">'
        f'<input type="hidden" name="next" value="{plain_page.text(target)}">'
        f"{plain_page.field('E-mail address', 'email', 'email', 'username', email, focus=not email)}"
        f"{plain_page.field('Password', 'password', 'password', 'current-password', focus=bool(email))}"
        f"<button>Sign in</button></form>{company_link(target)}"
        '<p class="soft">No account, or your password forgotten? An administrator of this workbench, or '
        "an owner of your project, can send you a link.</p>"
    )
    return plain_page.page(_TITLE, body, status)


def company_link(target: str) -> str:
    """The way to the company's identity provider, if there is one."""
    if company.offered() is None:
        return ""
    path = f"{base_path()}{COMPANY}?next={quote(target, safe='')}"
    return f'<a class="button other" href="{path}">Sign in with your company\'s account</a>'
