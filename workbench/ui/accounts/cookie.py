"""The cookie that says who one is: a secret that no script reads, sent to this app alone."""

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.responses import Response

from workbench.system.accounts import links
from workbench.system.accounts.sign_ins import LONGEST
from workbench.ui.routes.own_path import base_path

NAME = "workbench-sign-in"


def of_request(asking: HTTPConnection) -> str:
    """The secret that a request or socket brings; "" without."""
    return asking.cookies.get(NAME, "")


def of_page() -> str:
    """The secret with which the present page was opened; "" without, as in a test of one."""
    try:
        found = st.context.cookies.get(NAME, "")
    except (TypeError, RuntimeError):  # nothing that serves it
        return ""
    return found if isinstance(found, str) else ""


def address_of_page() -> str:
    """Of the machine on which the present page is open; "" for this one."""
    found = st.context.ip_address
    return found if isinstance(found, str) else ""


def put(response: Response, secret: str, asking: HTTPConnection) -> None:
    """Let the browser keep the secret.

    Lax, not strict: a link in a mail to the middle of the app would else meet nobody signed in.
    """
    response.set_cookie(
        NAME, secret, max_age=int(LONGEST.total_seconds()), path=_path(), secure=is_secure(asking),
        httponly=True, samesite="lax",
    )  # fmt: skip


def drop(response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(NAME, path=_path(), httponly=True, samesite="lax")


def is_secure(asking: HTTPConnection) -> bool:
    """Whether the browser speaks TLS: with us, with the proxy before us, or as WORKBENCH_HOSTS says.

    uvicorn takes the scheme from X-Forwarded-Proto where the proxy is one of FORWARDED_ALLOW_IPS.
    """
    told = links.is_told_as_secure(asking.headers.get("host", ""))
    return asking.url.scheme in ("https", "wss") or told


def _path() -> str:
    return base_path() or "/"
