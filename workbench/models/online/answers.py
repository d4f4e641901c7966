"""What the hub answers when it does not give what it was asked for, each as one sentence."""

import os
from collections.abc import Callable
from typing import TypeVar

from workbench.core.errors import WorkbenchError
from workbench.core.words import about
from workbench.models.online import session

T = TypeVar("T")
DATA_SET = "data set"
SETTINGS = "the Settings page, or `python -m workbench hub token --set`"


class GatedModel(WorkbenchError):
    """Its owner wants to know who downloads it: terms are to be accepted, and a token is needed."""


def answered(name: str, noun: str, question: Callable[[], T]) -> T:
    """What the hub answers to a question about something that it holds.

    Raises:
        GatedModel: it is given out only with a token.
        WorkbenchError: there is no network, or nothing of this name.
    """
    session.prepare()
    try:
        return question()
    except Exception as error:
        if (said := explained(name, noun, error)) is None:
            raise
        raise said from error


def explained(name: str, noun: str, error: BaseException) -> WorkbenchError | None:
    """The error as a sentence about `name`; None if it is not one of the hub's."""
    from huggingface_hub import errors as hub

    if isinstance(error, hub.GatedRepoError):
        return GatedModel(
            f"The owner of '{name}' wants to know who uses it: accept the terms on "
            f"{session.page_of(name, 'datasets' if noun == DATA_SET else '')}, then enter an access token of yours ({SETTINGS})."
        )
    if isinstance(error, hub.RepositoryNotFoundError | hub.HFValidationError):
        return WorkbenchError(
            f"There is no {noun} '{name}' on the hub (or it is private): check the spelling."
        )
    if isinstance(error, hub.RevisionNotFoundError):
        return WorkbenchError(f"The hub has this version of '{name}' no more: look it up again.")
    if isinstance(error, hub.EntryNotFoundError):
        return WorkbenchError(f"A file of '{name}' is not on the hub any more: look it up again.")
    if isinstance(error, hub.OfflineModeIsEnabled):
        return _offline(name)
    if isinstance(error, hub.HfHubHTTPError):
        return WorkbenchError(_by_status(name, error))
    if isinstance(error, hub.HTTPError | OSError):  # type: ignore[attr-defined]
        return WorkbenchError(_unreachable(name, error))
    return None


def _offline(name: str) -> WorkbenchError:
    variable = next(
        (v for v in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") if os.environ.get(v)),
        "HF_HUB_OFFLINE",
    )
    return WorkbenchError(
        f"'{name}' cannot be looked up: the hub cannot be reached because {variable} bars it on "
        "this computer. Start the workbench without it, or take what is on this computer."
    )


def _by_status(name: str, error: BaseException) -> str:
    response = getattr(error, "response", None)
    status = int(getattr(response, "status_code", 0) or 0)
    if status == 401:
        return (
            f"The hub does not accept your access token for '{name}': enter it again ({SETTINGS})."
        )
    if status == 403:
        return (
            f"Your access token may not do this with '{name}' on the hub: take one with the right "
            f"to it ({SETTINGS}), or ask the owner."
        )
    if status == 429:
        wait = _wait_s(getattr(response, "headers", {}))
        when = f"in {about(wait)}" if wait else "in some minutes"
        return f"The hub was asked too often from this computer: try '{name}' again {when}."
    what = f"trouble of its own (error {status})" if status >= 500 else f"an error ({status})"
    return f"The hub answered with {what} for '{name}': try again later."


def _wait_s(headers: object) -> float:
    value = getattr(headers, "get", lambda _: "")("Retry-After") or ""
    return float(value) if str(value).isdigit() else 0.0


def _unreachable(name: str, error: BaseException) -> str:
    if "CERTIFICATE" in str(error).upper():
        return (
            f"'{name}' cannot be looked up because the certificate of {session.place()} is not "
            "trusted on this computer: if your company has certificates of its own, name their "
            "file in the variable SSL_CERT_FILE, then start the workbench anew."
        )
    if type(error).__name__ == "ProxyError":
        return (
            f"'{name}' cannot be looked up because your proxy does not let it through ({error}): "
            "check the variable HTTPS_PROXY, or ask who looks after your network."
        )
    return (
        f"'{name}' cannot be looked up because the hub ({session.place()}) cannot be reached from "
        "this computer: connect to the internet, or take what is on this computer."
    )
