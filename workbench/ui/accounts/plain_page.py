"""Pages before anybody is signed in: one column, no script, and nothing of Streamlit's.

Streamlit's pages come through a socket that serves all of them and cannot set a cookie; these are
plain HTML, so that a browser's own store of passwords knows what they are about.
"""

from html import escape
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse

from workbench.core.names import shown
from workbench.ui.text import orderly

HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_LARGEST = 8192
"""Bytes of a form."""
_STYLE = """
:root { color-scheme: light dark; --page: #F3F4F6; --card: #FFFFFF; --line: #D5D9DE; --ink: #1F2328;
  --soft: #5F6670; --go: #0072B2; --go-ink: #FFFFFF; --wrong: #B3261E; --wrong-page: #FBECEB }
@media (prefers-color-scheme: dark) {
  :root { --page: #16191D; --card: #1E2227; --line: #3A4048; --ink: #E8EAED; --soft: #A3ABB5;
    --go: #1F7AB8; --wrong: #FF8A80; --wrong-page: #3A2523 }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--page); color: var(--ink); font: 1rem/1.5 "Source Sans", system-ui, sans-serif }
main { width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; padding: 2rem }
@media (max-width: 30rem) { main { padding: 1.5rem } }
.name { margin: 0 0 1.25rem; color: var(--soft); font-weight: 600 }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem }
p { margin: 0 0 1rem; overflow-wrap: anywhere }
.soft { color: var(--soft); font-size: .875rem; margin: 1.25rem 0 0 }
.wrong { background: var(--wrong-page); color: var(--wrong); border-radius: .5rem; padding: .75rem 1rem }
label { display: block; font-size: .875rem; margin: 0 0 1rem }
input { display: block; width: 100%; margin-top: .25rem; font: inherit; padding: .5rem .75rem;
  color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: .5rem }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 2px solid var(--go);
  outline-offset: 1px }
button, .button { display: block; width: 100%; font: inherit; text-align: center; cursor: pointer;
  padding: .6rem 1rem; border-radius: .5rem; border: 1px solid var(--go); background: var(--go);
  color: var(--go-ink); text-decoration: none }
.other { margin-top: 1rem; background: transparent; color: var(--ink); border-color: var(--line) }
a { color: var(--go) }
"""
_PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>{title} · SLM Workbench</title><style>{style}</style></head><body><main>"
    '<p class="name">SLM Workbench</p><h1>{title}</h1>{body}</main></body></html>'
)


def page(title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page under its title; `body` is HTML."""
    whole = _PAGE.format(title=text(title), style=_STYLE, body=body)
    return HTMLResponse(whole, status, headers=HEADERS)


def text(words: str) -> str:
    """Somebody's words as HTML."""
    return escape(orderly(shown(words)))


def wrong(sentence: str) -> str:
    """What went wrong, above a form; "" for nothing."""
    return f'<p class="wrong" role="alert">{text(sentence)}</p>' if sentence else ""


def field(
    label: str, name: str, kind: str, complete: str, value: str = "", *, focus: bool = False
) -> str:
    """One field of a form.

    Args:
        kind: text, email or password.
        complete: as what a browser may fill it in.
    """
    more = " autofocus" if focus else ""
    return (
        f'<label>{text(label)}<input name="{name}" type="{kind}" autocomplete="{complete}" '
        f'value="{text(value)}" maxlength="256" required{more}></label>'
    )


async def form(request: Request) -> dict[str, str]:
    """The fields that a form has sent; none where it is too large to be ours."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST:
            return {}
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {name: values[0] for name, values in fields.items()}
