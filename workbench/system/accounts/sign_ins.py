"""Where people are signed in: a cookie's secret each, good for half a day unused and a month at most."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from storage.accounts import persons
from storage.accounts import sign_ins as rows
from storage.acting import Acting
from storage.database import Store
from storage.tables import Person, SignIn, now
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import tokens, told

IDLE = dt.timedelta(hours=12)
LONGEST = dt.timedelta(days=30)
_SEEN_EVERY = dt.timedelta(minutes=1)
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """From where somebody signs in."""

    address: str = ""
    browser: str = ""
    """What the browser calls itself."""


@dataclass(frozen=True)
class SignInView:
    """A browser in which somebody is signed in."""

    id: int
    address: str
    browser: str
    """In words, such as "Firefox on Linux"."""
    created_at: dt.datetime
    seen_at: dt.datetime
    is_this: bool
    """The one who looks at the list."""


@dataclass(frozen=True)
class Standing:
    """What a cookie is worth now."""

    accounts_on: bool
    """Somebody has an account, so that all pages ask who one is."""
    acting: Acting | None
    """Who is signed in; None for nobody."""
    seen_at: dt.datetime | None = None
    """When the person last asked for something, as far as that is kept."""


def standing(store: Store, token: str) -> Standing:
    """Who is signed in by the secret of a cookie, and whether anybody has to be."""
    with store.acting_as(None).read() as session:
        found = rows.with_token(session, tokens.hash_of(token), IDLE) if token else None
        if found is None:
            return Standing(persons.exist(session), None)
        person = found[1]
        return Standing(
            True, Acting(person.id, person.name, person.administrator), found[0].seen_at
        )


def is_known(store: Store, token: str) -> bool:
    """Whether the cookie was good once."""
    with store.acting_as(None).read() as session:
        return bool(token) and rows.is_there(session, tokens.hash_of(token))


def used(store: Store, token: str, found: Standing) -> None:
    """A person, not a page that looks by itself, asked for something: it is not idle.

    Args:
        found: what the secret was worth just now.
    """
    if found.seen_at is None or now() - found.seen_at < _SEEN_EVERY:
        return
    with store.acting_as(None).write() as session:
        row = rows.with_token(session, tokens.hash_of(token), IDLE)
        if row is not None:
            rows.seen(session, row[0].id, now())


def begin(session: Session, person: Person, place: Place) -> str:
    """Sign somebody in; returns the secret of the cookie."""
    token = tokens.new()
    row = SignIn(
        person_id=person.id,
        token_hash=tokens.hash_of(token),
        address=place.address[:100],
        browser=place.browser[:300],
        expires_at=now() + LONGEST,
    )
    rows.add(session, row)
    return token


def sign_out(store: Store, token: str) -> None:
    """End the sign-in of this cookie; nothing happens if it is none."""
    with store.acting_as(None).write() as session:
        found = rows.with_token(session, tokens.hash_of(token), IDLE)
        if found is not None:
            rows.end(session, found[0].id)
            told.by(session, found[1], "sign_out", found[0].address)


def mine(store: Store, token: str) -> list[SignInView]:
    """Where the person of this cookie is signed in; what was used last first."""
    with store.acting_as(None).read() as session:
        this, person = of_cookie(session, token)
        return [_view(row, this.id) for row in rows.of_person(session, person.id, IDLE)]


def end(store: Store, token: str, sign_in_id: int) -> None:
    """End one of one's own sign-ins.

    Raises:
        WorkbenchError: the cookie is good no longer, or the sign-in is not of the same person.
    """
    with store.acting_as(None).write() as session:
        this, person = of_cookie(session, token)
        if sign_in_id not in {row.id for row in rows.of_person(session, person.id, IDLE)}:
            raise WorkbenchError("You are not signed in there any more: load the page again.")
        rows.end(session, sign_in_id)
        told.by(session, person, "sign_out", this.address)


def end_everywhere(store: Store, token: str) -> None:
    """End all of one's own sign-ins, this one too.

    Raises:
        WorkbenchError: the cookie is good no longer.
    """
    with store.acting_as(None).write() as session:
        this, person = of_cookie(session, token)
        end_all(session, person)
        told.by(session, person, "sign_out", this.address)


def end_all(session: Session, person: Person) -> None:
    """Sign somebody out everywhere."""
    person.signed_out_before = now()
    rows.end_all(session, person.id)


def in_words(browser: str) -> str:
    """ "Firefox on Linux" of what a browser calls itself; "a browser" where that says nothing."""
    name = next((words for sign, words in _BROWSERS if sign in browser), "")
    system = next((words for sign, words in _SYSTEMS if sign in browser), "")
    return f"{name or 'A browser'} on {system}" if system else name or "A browser"


def of_cookie(session: Session, token: str) -> tuple[SignIn, Person]:
    """The sign-in of this cookie, and whose it is.

    Raises:
        WorkbenchError: it is good no longer.
    """
    found = rows.with_token(session, tokens.hash_of(token), IDLE)
    if found is None:
        raise WorkbenchError("You are signed out: sign in again.")
    return found


def _view(row: SignIn, this_id: int) -> SignInView:
    return SignInView(
        row.id, row.address, in_words(row.browser), row.created_at, row.seen_at, row.id == this_id
    )
