"""Signing in with the company's identity provider (OpenID Connect): its settings, and whom it lets in.

What the provider says is believed only where it vouches for the e-mail address. From the first time
on a person is known by issuer and subject, which stay when an address changes.
"""

import functools
import logging
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from storage.accounts import invitations as links
from storage.accounts import persons
from storage.database import Store
from storage.operating import settings
from storage.tables import Invitation, Person
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import invitations, people, sign_ins, signing_in, told
from workbench.system.accounts.authority import check_administrator
from workbench.system.accounts.sign_ins import Place
from workbench.system.accounts.signing_in import Refused

SECRETS, DOMAINS = "WORKBENCH_SECRETS", "WORKBENCH_OIDC_DOMAIN"
TRUST = "company_addresses"
"""The setting that says of which provider addresses are believed that it does not call verified."""
_DEFAULT = Path(__file__).resolve().parents[3] / ".streamlit" / "secrets.toml"
_NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Provider:
    """What its administrators said of us, as `[auth]` of Streamlit's secrets has it."""

    redirect_uri: str
    """Our address to which it leads back."""
    cookie_secret: str
    client_id: str
    client_secret: str
    server_metadata_url: str

    @property
    def callback_path(self) -> str:
        """The path of our address to which it leads back."""
        return urlsplit(self.redirect_uri).path

    @property
    def host(self) -> str:
        """Whose it is, for people."""
        return urlsplit(self.server_metadata_url).hostname or "your company's identity provider"


@dataclass(frozen=True)
class Claims:
    """Who somebody is, as the provider says."""

    issuer: str
    subject: str
    email: str
    email_verified: bool | None
    """None where the provider says nothing of it."""
    name: str


def provider() -> Provider | None:
    """The provider in the file that WORKBENCH_SECRETS names, or in .streamlit/secrets.toml; or none.

    Raises:
        WorkbenchError: the file cannot be read, or its section `[auth]` lacks something.
    """
    named = os.environ.get(SECRETS, "")
    path = Path(named) if named else _DEFAULT
    if not named and not path.exists():
        return None
    try:
        section = tomllib.loads(path.read_text("utf-8")).get("auth")
    except (OSError, ValueError) as error:
        raise WorkbenchError(
            f"The settings for signing in with the company's account, {path}, cannot be read ({error}): "
            "mend the file and start the workbench again."
        ) from None
    if not isinstance(section, dict):
        return None
    values = {name: section.get(name) for name in _NEEDED}
    if missing := [
        name for name, value in values.items() if not (isinstance(value, str) and value)
    ]:
        raise WorkbenchError(
            f"The section [auth] of {path} lacks {', '.join(missing)}: fill it in and start the "
            "workbench again."
        )
    return Provider(**{name: str(value) for name, value in values.items()})


@functools.cache
def offered() -> Provider | None:
    """The provider as it was when the app began; None, with a line in the log, if it cannot be used."""
    try:
        return provider()
    except WorkbenchError as error:
        _log.error("%s", error)
        return None


def trusts_addresses(store: Store) -> bool:
    """Whether addresses are believed of which the present provider does not say if it verified them.

    Raises:
        NotAllowed: whoever asks is no administrator.
    """
    with store.read() as session:
        check_administrator(session)
        return _trusts(session)


def trust_addresses(store: Store, on: bool) -> None:
    """Believe such addresses of the present provider from now on, or do not; another one is not meant.

    Raises:
        NotAllowed: whoever asks is no administrator.
        WorkbenchError: there is no provider.
    """
    with store.write() as session:
        check_administrator(session)
        if (there := offered()) is None:
            raise WorkbenchError(
                "No identity provider is set up here: name one in the file of WORKBENCH_SECRETS first."
            )
        settings.put(session, TRUST, {"provider": there.server_metadata_url} if on else {})


def _trusts(session: Session) -> bool:
    there = offered()
    kept = settings.get(session, TRUST).get("provider")
    return there is not None and kept == there.server_metadata_url


def _is_proven(session: Session, claims: Claims) -> bool:
    """Whether the address is believed to be theirs; never where the provider says that it is not."""
    return claims.email_verified or (claims.email_verified is None and _trusts(session))


def sign_in(store: Store, claims: Claims, place: Place) -> str:
    """Sign in whom the provider vouches for; returns the secret of the cookie.

    Raises:
        Refused: nobody here is meant, or may sign in; the sentence says what to do.
    """
    with store.acting_as(None).write() as session:
        person = persons.with_subject(session, _subject(claims)) or _by_email(session, claims)
        if person.disabled_at is not None:
            raise Refused(signing_in.DISABLED)
        for one in _waiting(session, claims):  # that the address is theirs is proven
            invitations.take_in(session, one, person)
            told.by(session, person, "invitation_accepted", place.address)
        told.by(session, person, "sign_in", place.address)
        return sign_ins.begin(session, person, place)


def _by_email(session: Session, claims: Claims) -> Person:
    """Whom the address means; from now on they are known by their subject."""
    email = signing_in.normal(claims.email)
    if not email or not _is_proven(session, claims):
        raise Refused(
            "Your company's account has no e-mail address that was verified there: ask who looks after "
            "it, or sign in with a password."
        )
    person = persons.with_email(session, email)
    if person is None:
        if not _waiting(session, claims) and email.rpartition("@")[2] not in _domains():
            raise Refused(
                f"{email} is not known here: ask an administrator of this workbench to invite this address."
            )
        person = people.create(session, people.checked_email(email), _name(claims, email))
    elif person.subject is not None:
        raise Refused(
            f"{email} belongs to another account of your company here: ask an administrator."
        )
    person.subject = _subject(claims)
    session.flush()
    return person


def _waiting(session: Session, claims: Claims) -> Sequence[Invitation]:
    """Invitations to their address, where the provider vouches for it."""
    return (
        links.of_email(session, signing_in.normal(claims.email))
        if _is_proven(session, claims)
        else ()
    )


def _name(claims: Claims, email: str) -> str:
    shown = names.shown(" ".join(claims.name.split()))[: people.NAME_LIMIT]
    return shown or email.partition("@")[0]


def _subject(claims: Claims) -> str:
    return f"{claims.issuer} {claims.subject}"


def _domains() -> set[str]:
    listed = os.environ.get(DOMAINS, "").lower().split(",")
    return {domain.strip().removeprefix("@") for domain in listed} - {""}
