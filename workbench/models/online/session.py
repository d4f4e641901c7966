"""How the hub is asked, the same for pages, commands and jobs: where it is, and as whom.

Proxies (HTTPS_PROXY, ALL_PROXY, NO_PROXY), a mirror (HF_ENDPOINT) and certificates of one's own
(SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE) are the environment's to say.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workbench.core.errors import WorkbenchError

# The hub's client, when it is loaded, would tell with every question what else is installed here.
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
TIMEOUT_S = 4.0
"""So long the hub may take for each part of an answer, while somebody waits before a page."""
PATIENCE_S = 60.0
"""The same for what nobody says a time for, such as each part of an upload."""
OWN_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""What other programs call the certificates; the hub's client knows SSL_CERT_FILE and _DIR alone."""


def prepare() -> None:
    """Before the hub's client is used: what the environment says reaches it.

    Raises:
        WorkbenchError: the certificates are not where a variable says.
    """
    if not os.environ.get("SSL_CERT_FILE") and not os.environ.get("SSL_CERT_DIR"):
        for name in OWN_CERTIFICATES:
            if path := os.environ.get(name):
                os.environ["SSL_CERT_DIR" if Path(path).is_dir() else "SSL_CERT_FILE"] = path
                break
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        path = os.environ.get(name, "")
        if path and not Path(path).exists():
            raise WorkbenchError(
                f"There are no certificates at {path}, where the environment says that those for "
                f"the hub are ({name}): mend the variable, then start the workbench anew."
            )
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    get_session().timeout = PATIENCE_S  # the client's own is none: it would wait for ever


def get(path: str, token: str | bool, **query: Any) -> Any:
    """What the hub's API answers (JSON) to a question below its address.

    Args:
        token: False sends none.

    Raises:
        huggingface_hub.errors.HfHubHTTPError: it refuses.
        huggingface_hub.errors.HTTPError, OSError: it does not answer.
        ValueError: what came is no JSON.
    """
    from huggingface_hub.utils import (  # type: ignore[attr-defined]
        build_hf_headers,
        get_session,
        hf_raise_for_status,
    )

    answer = get_session().get(
        f"{endpoint()}/{path}",
        params=query,
        headers=build_hf_headers(token=token),
        timeout=TIMEOUT_S,
    )
    hf_raise_for_status(answer)
    return answer.json()


def endpoint() -> str:
    """The hub's address: the usual one, or the mirror that the environment names."""
    from huggingface_hub import constants

    return str(constants.ENDPOINT)


def place() -> str:
    """What the hub is called where it is told to whom something goes: its host."""
    return urlsplit(endpoint()).netloc


def without_address(text: str) -> str:
    """What was typed or pasted, without the address of the hub or of its mirror before it."""
    text = text.strip()
    for address in (endpoint(), "https://huggingface.co"):
        text = text.removeprefix(f"{address}/")
    return text


def page_of(hub_id: str, folder: str = "") -> str:
    """The address of a model's page, or with "datasets" of a data set's."""
    return "/".join(part for part in (endpoint(), folder, hub_id) if part)
