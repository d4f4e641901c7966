"""The hub's token: the user's own, kept by the workbench, or one of the hub's own programs.

The environment (HF_TOKEN) comes first, then what the user has entered here, then the file in which
the hub's own programs keep theirs.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from storage.database import Store
from storage.errors import StorageError
from storage.guard import secret
from storage.rights.installation import check_administrator, check_signed_in
from workbench.core.errors import WorkbenchError
from workbench.jobs.process.hub_token import BY_USER, HUB, LONGEST, in_environment
from workbench.models.online import session
from workbench.models.online.answers import explained

ENVIRONMENT, KEPT, FILE, NONE = "environment", "kept", "file", ""
"""Where the token is from that counts."""
_NOUN = "the access token for the hub"


@dataclass(frozen=True)
class HubToken:
    """What there is to tell of the token; never the token itself."""

    source: str
    ends: str
    """Its last four characters; empty of a short one."""
    kept: bool
    """Whether one is kept here, be it the one that counts or not."""
    sentence: str
    """Where it is from and where it is kept."""


def about(store: Store) -> HubToken:
    """The token that counts; how it ends is told to administrators only."""
    check_signed_in(store)
    found = _about()
    mine = store.acting is None or store.acting.administrator
    return found if mine else replace(found, ends="")


def _about() -> HubToken:
    kept = secret.place(HUB)
    if in_environment():
        beside = " (one that is kept here is not used)" if kept else ""
        return HubToken(
            ENVIRONMENT,
            _ends(_of_hub()),
            bool(kept),
            f"It comes from the environment ({BY_USER[0]}), which comes first{beside}.",
        )
    if kept:
        return HubToken(KEPT, secret.ends(HUB), True, f"It is kept {secret.told(kept)}.")
    if found := _of_hub():
        return HubToken(
            FILE,
            _ends(found),
            False,
            f"It is the one that the hub's own programs keep in {_file()}.",
        )
    return HubToken(NONE, "", False, "Only models and data sets that ask for no token can be had.")


def value() -> str | None:
    """The token that is kept here, if it counts; None leaves it to the hub's own ways.

    Raises:
        StorageError: it is kept, but cannot be had.
    """
    return None if in_environment() else secret.read(HUB) or None


def keep(store: Store, text: str) -> str:
    """Keep a token, once the hub has said that it knows it; a sentence.

    Raises:
        WorkbenchError: it is no token, or the hub does not accept it.
        StorageError: the disk is full or may not be written to, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    token = text.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise WorkbenchError(
            "This is no access token: copy it again from your hub settings, whole, in one line."
        )
    if len(token) > LONGEST:
        raise WorkbenchError("This is too long for an access token: copy it again, alone.")
    checked = _check(token)
    return f"The token is kept {secret.told(secret.keep(HUB, token))}. {checked}"


def forget(store: Store) -> bool:
    """Delete the token that is kept here; whether there was one.

    Raises:
        StorageError: the folder may not be written to, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    return secret.forget(HUB)


def _check(token: str) -> str:
    """A sentence on what the hub says of it; where it cannot be asked, that."""
    from huggingface_hub import errors as hub

    session.prepare()
    try:
        name = str(session.get("api/whoami-v2", token).get("name") or "")
    except (hub.HfHubHTTPError, ValueError) as error:
        status = getattr(getattr(error, "response", None), "status_code", 0)
        if status in (400, 401, 403):
            raise WorkbenchError(
                "The hub does not accept this token: copy it again from your hub settings, whole."
            ) from error
        return "The hub could not say whose it is, so it is not checked yet."
    except Exception as error:
        if explained("The token", "token", error) is None:
            raise
        return "The hub cannot be reached from this computer, so it is not checked yet."
    return f"The hub knows it as {name}'s." if name else "The hub accepts it."


def _of_hub() -> str:
    from huggingface_hub import get_token

    try:
        return get_token() or ""
    except Exception as error:  # what its other ways of logging in meet
        raise StorageError(
            "The token of the hub's own programs cannot be read: run `hf auth login` again."
        ) from error


def _file() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_TOKEN_PATH)


def _ends(token: str) -> str:
    return token[-4:] if len(token) >= secret.SHORTEST else ""
