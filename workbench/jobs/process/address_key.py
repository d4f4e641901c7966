"""What the key for an address of the user's is called among the secrets of the home.

A key belongs to the address for which it was entered, and is handed to no other: its name is made of
scheme, host and port.
"""

import hashlib
from urllib.parse import urlsplit

PREFIX = "address-"
_PORTS = {"http": 80, "https": 443}


def name_for(url: str) -> str:
    """The name of the key for this address; empty where it is no address of the web."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return ""
    if parts.scheme not in _PORTS or not parts.hostname:
        return ""
    origin = f"{parts.scheme}://{parts.hostname}:{port}"
    return PREFIX + hashlib.sha256(origin.encode()).hexdigest()[:16]
