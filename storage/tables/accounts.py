"""People with an account, what they may do in which project, and where they are signed in."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from storage.tables.base import Base, now, owner


class Person(Base):
    """Somebody with an account; the first one is made on the console, and is an administrator."""

    __tablename__ = "persons"
    # The audit log knows people by their number, so it is never given to another.
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(index=True, unique=True)
    """In small letters."""
    name: Mapped[str]
    administrator: Mapped[bool] = mapped_column(default=False)
    password_hash: Mapped[str] = mapped_column(default="")
    """argon2id; empty for who signs in by the company's identity provider only."""
    subject: Mapped[str | None] = mapped_column(index=True, unique=True)
    """Issuer and subject of the identity provider, separated by a space; None before the first time."""
    signed_out_before: Mapped[dt.datetime | None]
    """No sign-in that began earlier counts any more, be it a cookie of the identity provider."""
    disabled_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Membership(Base):
    """What a person may do in a project."""

    __tablename__ = "memberships"
    __table_args__ = (sa.UniqueConstraint("project_id", "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = owner("projects")
    person_id: Mapped[int] = owner("persons")
    role: Mapped[str]
    """owner, editor, reviewer or viewer; see `storage.acting`."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Invitation(Base):
    """A link by which somebody makes an account with a password, or gets a new password, once."""

    __tablename__ = "invitations"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    administrator: Mapped[bool] = mapped_column(default=False)
    project_id: Mapped[int | None] = owner("projects", nullable=True)
    """The project that they come into; None for none yet."""
    role: Mapped[str] = mapped_column(default="")
    token_hash: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256 of what the link carries."""
    invited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("persons.id", ondelete="SET NULL"))
    """None from the console."""
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    person_id: Mapped[int | None]
    """Whose password it renews; None for an account that is to be made."""


class SignIn(Base):
    """One browser in which a person is signed in."""

    __tablename__ = "sign_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = owner("persons")
    token_hash: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256 of the cookie."""
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    seen_at: Mapped[dt.datetime] = mapped_column(default=now)
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]


class SignInFailure(Base):
    """How often signing in failed lately, for one account or from one address."""

    __tablename__ = "sign_in_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    about: Mapped[str] = mapped_column(index=True, unique=True)
    """sha256: who mistook the fields may have typed a password where the e-mail belongs."""
    failures: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[dt.datetime] = mapped_column(default=now)
