"""Random secrets of links and cookies, of which only the hash is kept."""

import hashlib
import secrets


def new() -> str:
    """256 random bits, as a URL takes them."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """sha256: enough for what is random."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
