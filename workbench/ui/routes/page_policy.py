"""What a browser may do with what the app sends: headers of every answer.

The policy names no host but the app's own, so that nothing on a page, whatever it is made of, can
load from elsewhere, send anything there, or be shown within another site's page.
"""

import base64
import hashlib
import re
from pathlib import Path

import streamlit

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _inline_scripts(page: str) -> list[str]:
    """The scripts that stand in Streamlit's own page, by their sha256; no other inline one runs."""
    digests = [hashlib.sha256(text.encode()).digest() for text in _INLINE.findall(page)]
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


DIRECTIVES = {
    "default-src": ["'self'"],
    # Streamlit loads the script of a component, such as the upload box, from a blob of its own.
    "script-src": ["'self'", "blob:", *_inline_scripts(INDEX.read_text("utf-8"))],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'", "data:"],
    "base-uri": ["'none'"],
    "object-src": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
_NOT_NEEDED = (
    "camera",
    "microphone",
    "geolocation",
    "display-capture",
    "payment",
    "usb",
    "serial",
    "hid",
    "midi",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(
        f"{name} {' '.join(sources)}" for name, sources in DIRECTIVES.items()
    ),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with it a browser says "null" where it is asked for the page's origin.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _NOT_NEEDED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
