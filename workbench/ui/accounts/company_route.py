"""Signing in with the company's account, by OpenID Connect's authorization code and PKCE.

`st.login` is not used: it needs the Origin that `Visitors` takes away, and its cookie is good for
30 days whatever happens here. What comes of it here is a sign-in as any other.
"""

import logging
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import company
from workbench.system.accounts.company import Claims, Provider
from workbench.ui import context
from workbench.ui.accounts import cookie
from workbench.ui.accounts.sign_in_route import COMPANY, form, led_to, own_target, place_of
from workbench.ui.routes.own_path import base_path

_COOKIE, _PATIENCE_S = "workbench-company", 600
_NEXT = "next"
_UNREACHABLE = (
    "Your company's sign-in cannot be reached at the moment: try again, or sign in with a password."
)
_NOT_DONE = "Signing in with your company's account was not completed: try again."
_log = logging.getLogger(__name__)


def open_paths() -> list[str]:
    """The path to which the provider leads back, where nobody is signed in yet."""
    provider = company.offered()
    return [] if provider is None else [provider.callback_path.removeprefix(base_path())]


def routes() -> list[Route]:
    """The way to the provider and back; none without a provider."""
    provider = company.offered()
    if provider is None:
        return []
    kept = Middleware(
        SessionMiddleware, secret_key=provider.cookie_secret, session_cookie=_COOKIE,
        max_age=_PATIENCE_S, same_site="lax", path=base_path() or "/",
        https_only=provider.redirect_uri.startswith("https://"),
    )  # fmt: skip
    client = _client(provider)

    async def leave(request: Request) -> Response:
        return await _leave(request, client, provider.redirect_uri)

    async def come_back(request: Request) -> Response:
        return await _come_back(request, client)

    return [
        Route(f"{base_path()}{COMPANY}", leave, middleware=[kept]),
        Route(provider.callback_path, come_back, middleware=[kept]),
    ]


def _client(provider: Provider) -> Any:
    from authlib.integrations.starlette_client import OAuth  # only where there is a provider

    return OAuth().register(
        "company",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=provider.server_metadata_url,
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256"},
    )


async def _leave(request: Request, client: Any, redirect_uri: str) -> Response:
    """To the provider."""
    from httpx2 import HTTPError

    target = own_target(request.query_params.get(_NEXT, ""))
    request.session.clear()
    request.session[_NEXT] = target
    try:
        answer: Response = await client.authorize_redirect(request, redirect_uri)
    except (HTTPError, ValueError):
        _log.warning("The identity provider does not answer", exc_info=True)
        return form(target, wrong=_UNREACHABLE, status=503)
    return answer


async def _come_back(request: Request, client: Any) -> Response:
    """From the provider, with a code that says who it was."""
    from authlib.integrations.base_client import OAuthError
    from httpx2 import HTTPError
    from joserfc.errors import JoseError

    target = own_target(str(request.session.get(_NEXT, "")))
    try:
        token = await client.authorize_access_token(request)
        claims = _claims(token.get("userinfo") or {})
        secret = await run_in_threadpool(
            company.sign_in, context.installation(), claims, place_of(request)
        )
    except HTTPError:
        _log.warning("The identity provider does not answer", exc_info=True)
        return form(target, wrong=_UNREACHABLE, status=503)
    except (OAuthError, JoseError, ValueError):
        _log.warning("The identity provider's answer is not accepted", exc_info=True)
        return form(target, wrong=_NOT_DONE, status=400)
    except (WorkbenchError, StorageError) as error:
        return form(target, wrong=str(error), status=403)
    request.session.clear()
    response = led_to(target)
    cookie.put(response, secret, request)
    return response


def _claims(said: dict[str, Any]) -> Claims:
    """Raises ValueError if the token does not say who somebody is."""
    if not said.get("iss") or not said.get("sub"):
        raise ValueError("The token names no issuer or no subject")
    email, name = said.get("email"), said.get("name")
    verified = said.get("email_verified")
    return Claims(
        issuer=str(said["iss"]),
        subject=str(said["sub"]),
        email=email if isinstance(email, str) else "",
        email_verified=None if verified is None else verified is True,
        name=name if isinstance(name, str) else "",
    )
