"""Passwords: which are good enough, and argon2id, of which alone something is kept."""

import functools
import threading
import unicodedata
from typing import TYPE_CHECKING

from workbench.core.errors import WorkbenchError
from workbench.system.accounts import common_passwords

if TYPE_CHECKING:
    from argon2 import PasswordHasher

LEAST, MOST = 12, 256
"""Characters."""
_AT_ONCE = threading.BoundedSemaphore(4)
"""Each takes 64 MiB as long as it works: a flood of sign-ins waits instead of filling the memory."""


def check(password: str, *, email: str, name: str) -> None:
    """Refuse a new password that others would guess.

    Raises:
        WorkbenchError: it is too short or long, says who one is, or is among the commonest.
    """
    if len(password) < LEAST:
        raise WorkbenchError(
            f"A password has at least {LEAST} characters, and this one has {len(password)}: "
            "three or four words that do not belong together are easy to remember."
        )
    if len(password) > MOST:
        raise WorkbenchError(f"A password has at most {MOST} characters: shorten it.")
    if _says_who(password, email, name):
        raise WorkbenchError(
            "This password is made of your name or e-mail address, which others try first: "
            "choose another one."
        )
    if common_passwords.is_common(password):
        raise WorkbenchError(
            "This password is among the commonest, which others try first: choose another one."
        )


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return hasher().hash(_same(password))


def is_right(kept: str, password: str) -> bool:
    """Whether it is the password of which that is kept; as slow if nothing is kept."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            hasher().verify(kept or _of_nobody(), _same(password[: MOST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept)


def is_weaker(kept: str) -> bool:
    """Whether it was made with smaller parameters than today's, so that it is to be made anew."""
    return hasher().check_needs_rehash(kept)


@functools.cache
def hasher() -> "PasswordHasher":
    """argon2-cffi with its own parameters: RFC 9106's second choice, 64 MiB and three passes."""
    from argon2 import PasswordHasher  # only installations with accounts need it

    return PasswordHasher()


@functools.cache
def _of_nobody() -> str:
    """Something to compare with for people whom nobody knows."""
    return hasher().hash("nobody's password")


def _same(password: str) -> str:
    """However a keyboard composes its letters (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def _says_who(password: str, email: str, name: str) -> bool:
    """Whether little is left of it without the name and the parts of the address."""
    rest = password.casefold()
    local, _, host = email.casefold().partition("@")
    parts = {email.casefold(), local, *local.replace("-", ".").split("."), host.split(".")[0]}
    parts |= set(name.casefold().split()) | {name.casefold(), name.casefold().replace(" ", "")}
    for part in sorted(parts, key=len, reverse=True):
        if len(part) >= 3:
            rest = rest.replace(part, "")
    return sum(map(str.isalpha, rest)) < 4 and rest != password.casefold()
