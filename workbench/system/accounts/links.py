"""The address that a link with a secret begins with, where nobody asks from a browser."""

import os

from workbench.core.hosts import host_of_origin, named
from workbench.system.accounts.invitations import PATH

HOSTS, BASE_PATH = "WORKBENCH_HOSTS", "STREAMLIT_SERVER_BASE_URL_PATH"
_HERE = "http://localhost:8501"


def invitation(token: str, address: str = "") -> str:
    """The link of an invitation.

    Args:
        address: of the workbench with its base path; by default the first name in WORKBENCH_HOSTS,
            or this computer.
    """
    return f"{(address or _address()).rstrip('/')}{PATH}?invitation={token}"


def is_told_as_secure(host: str) -> bool:
    """Whether WORKBENCH_HOSTS names this host as one of https."""
    return f"https://{host.lower()}" in [entry.rstrip("/").lower() for entry in _entries()]


def _address() -> str:
    base = os.environ.get(BASE_PATH, "").strip("/")
    return f"{_origin()}/{base}" if base else _origin()


def _origin() -> str:
    for entry in _entries():
        if host_of_origin(entry.rstrip("/")):
            return entry.rstrip("/")
        if named(entry)[0]:
            return f"https://{entry}"
    return _HERE


def _entries() -> list[str]:
    return [entry for part in os.environ.get(HOSTS, "").split(",") if (entry := part.strip())]
