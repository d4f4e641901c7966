"""The address of a judge: how it may be written, and whether texts leave this computer on the way there."""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from workbench.core.errors import WorkbenchError
from workbench.core.hosts import LOOPBACK

PATH = "/chat/completions"
"""What is asked below the address; all servers that speak OpenAI's format have it."""
_USUAL = "/v1"
LONGEST = 500


def tidy(address: str) -> str:
    """The address as it is kept: without what the workbench adds, with /v1 where no path was given.

    Raises:
        WorkbenchError: it is no address of the web, or holds a password.
    """
    text = address.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or len(text) > LONGEST or any(c.isspace() or not c.isprintable() for c in text):
        raise WorkbenchError(
            f"'{text[:80]}' is no address of a judge: it begins with http:// or https:// and mostly ends "
            "in /v1, such as http://127.0.0.1:11434/v1."
        )
    if parts.username or parts.password:
        raise WorkbenchError(
            "The address of a judge holds no name and no password: enter the key for it on its own."
        )
    if parts.query or parts.fragment:
        raise WorkbenchError(
            f"The address of a judge ends before '{text[text.find('?' if parts.query else '#') :][:40]}': "
            "leave that out."
        )
    return _whole(parts)


def _whole(parts: SplitResult) -> str:
    path = parts.path.removesuffix(PATH).rstrip("/") or _USUAL
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def host_of(url: str) -> str:
    """Host and port, for a sentence."""
    return urlsplit(url).netloc


def is_here(url: str) -> bool:
    """Whether it is this computer (loopback), so that nothing leaves it."""
    name = urlsplit(url).hostname or ""
    if name in LOOPBACK:
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback


def is_readable_on_the_way(url: str) -> bool:
    """Whether others on the network can read along: neither encrypted nor on this computer."""
    return urlsplit(url).scheme == "http" and not is_here(url)
