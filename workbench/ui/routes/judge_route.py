"""The page of a blind test: `GET /judge/TOKEN`, a question, two answers, three buttons, and nothing else.

It is no page of Streamlit: such a page is reached through the socket that serves all of them, so whoever
may judge could open the projects, too. Here nothing is answered but what the token allows, and a proxy can
let this path through alone.
"""

import secrets
from html import escape
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from storage.errors import StorageError
from workbench.core.errors import WorkbenchError
from workbench.core.tools.words import in_words
from workbench.evaluation.people import judging
from workbench.evaluation.people.judging import FIRST, SAME, SECOND, Question
from workbench.ui import context
from workbench.ui.routes.own_path import base_path
from workbench.ui.text import orderly

PATH = "/judge"
_SEAT, _SEAT_DAYS = "judge", 60
_NO_COOKIE = (
    "Your browser has not sent back the cookie by which your votes are told from others': allow cookies "
    "for this page, then open the link again."
)
_LARGEST = 4096
"""Bytes of a form."""
_HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_STYLE = """
:root { color-scheme: light dark; --line: #c9ced6; --soft: #f4f6f8; --ink: #1f2328; --go: #0a5c94 }
@media (prefers-color-scheme: dark) {
  :root { --line: #454c57; --soft: #1c2128; --ink: #e6e9ee; --go: #4aa3df }
}
body { margin: 0 auto; max-width: 70rem; padding: 1.25rem; color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.35rem; margin: 0 0 .25rem }
h2 { font-size: .95rem; margin: 0 0 .4rem }
p.small { font-size: .875rem; opacity: .75; margin: .25rem 0 }
.text { white-space: pre-wrap; overflow-wrap: anywhere }
.question { background: var(--soft); border-radius: .5rem; padding: 1rem; margin: 1rem 0 }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 0 0 1rem }
.answer { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem }
.choices { display: grid; grid-template-columns: 1fr auto 1fr; gap: 1rem }
button { font: inherit; padding: .7rem 1rem; border-radius: .5rem; border: 1px solid var(--go);
  background: transparent; color: var(--go); cursor: pointer }
button:hover, button:focus-visible { background: var(--go); color: Canvas }
@media (max-width: 40rem) {
  .answers, .choices { grid-template-columns: 1fr }
}
"""
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>Which answer is better?</title><style>{style}</style></head><body>{body}</body></html>"
)


def route() -> Route:
    """The route, under the same base path as the pages."""
    return Route(f"{base_path()}{PATH}/{{token}}", answer, methods=["GET", "POST"])


def link(token: str) -> str:
    """The path that a link to a test ends with."""
    return f"{base_path()}{PATH}/{token}"


async def answer(request: Request) -> Response:
    """The next question, or one sentence; a vote leads to the next question."""
    token, seat = request.path_params["token"], request.cookies.get(_SEAT, "")
    known = 20 <= len(seat) <= 100
    try:
        if request.method == "POST":
            # Which answer stood first is known by the seat that it was shown to.
            if not known:
                return _html(_sentence(_NO_COOKIE), 400)
            pair, choice = await _chosen(request)
            await run_in_threadpool(judging.vote, context.installation(), token, seat, pair, choice)
            return RedirectResponse(link(token), 303, headers=_HEADERS)
        seat = seat if known else secrets.token_urlsafe(24)
        asked = await run_in_threadpool(judging.next_question, context.installation(), token, seat)
    except judging.Closed as error:
        return _html(_sentence(str(error)), 410)
    except (WorkbenchError, StorageError) as error:
        return _html(_sentence(str(error)), 400)
    response = _html(_question(asked))
    if not known:
        response.set_cookie(
            _SEAT, seat, max_age=_SEAT_DAYS * 86_400, path=f"{base_path()}{PATH}",
            httponly=True, samesite="lax",
        )  # fmt: skip
    return response


async def _chosen(request: Request) -> tuple[int, str]:
    """The pair and the choice that a form has sent; -1 and nothing where it says neither."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return -1, ""
    fields = parse_qs(body.decode("utf-8", "replace"))
    pair, choice = fields.get("pair", [""])[0], fields.get("choice", [""])[0]
    return int(pair) if pair.isascii() and pair.isdigit() and len(pair) < 9 else -1, choice


def _html(body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(style=_STYLE, body=body), status, headers=_HEADERS)


def _sentence(text: str) -> str:
    return f"<h1>Which answer is better?</h1><p>{escape(text)}</p>"


def _question(asked: Question) -> str:
    first, second = _answer("First answer", asked.first), _answer("Second answer", asked.second)
    return (
        "<h1>Which answer is better?</h1>"
        '<p class="small">Two answers to the same question. Choose the one that you would rather '
        "have sent or received; who wrote which is not told.</p>"
        f'<div class="question"><h2>Question</h2><div class="text">{_text(asked.text)}</div></div>'
        f'<form method="post"><input type="hidden" name="pair" value="{asked.pair:d}">'
        f'<div class="answers">{first}{second}</div><div class="choices">'
        f"{_button(FIRST, 'The first one')}{_button(SAME, 'No difference')}"
        f"{_button(SECOND, 'The second one')}</div></form>"
        f'<p class="small">{asked.judged:,} of at most {asked.total:,} questions are judged, '
        f"{asked.mine:,} of them by you. It may be over sooner.</p>"
    )


def _answer(title: str, text: str) -> str:
    shown = _text(text) if text.strip() else "<em>(no answer)</em>"
    return f'<section class="answer"><h2>{title}</h2><div class="text">{shown}</div></section>'


def _text(text: str) -> str:
    return escape(orderly(in_words(text)))


def _button(choice: str, words: str) -> str:
    return f'<button name="choice" value="{choice}">{words}</button>'
