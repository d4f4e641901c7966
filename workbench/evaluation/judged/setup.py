"""The judge that the user has set up: its address, its model, and the key for that address.

<home>/judge/judge.json    address and model; the key is among the secrets (`storage.guard.secret`)
"""

from dataclasses import dataclass
from pathlib import Path

from storage import files
from storage.database import Store
from storage.guard import secret
from storage.rights.installation import check_administrator, check_signed_in
from workbench.core.errors import WorkbenchError
from workbench.evaluation.judge import address
from workbench.jobs.process.address_key import name_for
from workbench.jobs.process.contract import Contract
from workbench.jobs.process.hub_token import LONGEST
from workbench.jobs.process.job_dir import read_json, write_json

HERE = "here"
"""In place of an address: the model server of this workbench."""
LONGEST_NAME = 200
_NOUN = "the judge of free answers"


@dataclass(frozen=True)
class Judge(Contract):
    """Whom to ask."""

    address: str
    """As `address.tidy` gives it, or HERE."""
    model: str

    @property
    def is_here(self) -> bool:
        """Whether it is a model of this workbench."""
        return self.address == HERE

    @property
    def leaves(self) -> bool:
        """Whether what it is asked leaves this computer."""
        return not self.is_here and not address.is_here(self.address)


@dataclass(frozen=True)
class Key:
    """What there is to tell of the key for an address; never the key itself."""

    kept: bool
    ends: str
    """Its last four characters; empty of a short one."""
    sentence: str


def judge_at(where: str, model: str) -> Judge:
    """The judge at an address as it was typed in.

    Raises:
        WorkbenchError: it is no address, or no name of a model.
    """
    name = model.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise WorkbenchError(
            "Say which model is to judge, by the name that its address knows it by (such as "
            "gpt-4o-mini; of a model here its id, such as base:NAME)."
        )
    return Judge(HERE if where.strip().lower() == HERE else address.tidy(where), name)


def kept(store: Store) -> Judge | None:
    """The judge that is set up; None without one: nothing is asked then."""
    check_signed_in(store)
    return _kept()


def _kept() -> Judge | None:
    value = read_json(_path())
    try:
        found = Judge.from_dict(value) if isinstance(value, dict) else None
        return judge_at(found.address, found.model) if found else None
    except WorkbenchError:  # what another version wrote, or somebody's editor
        return None


def keep(store: Store, judge: Judge) -> None:
    """Set it up.

    Raises:
        StorageError: the disk takes nothing, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    with files.said_on_disk(_path()):
        write_json(_path(), judge.as_dict())


def forget(store: Store) -> None:
    """Set none up any more; its key goes, too.

    Raises:
        StorageError: the keyring or the disk does not let it go, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    if (found := _kept()) is not None and not found.is_here:
        secret.forget(name_for(found.address))
    with files.said_on_disk(_path()):
        _path().unlink(missing_ok=True)


def keep_key(store: Store, url: str, text: str) -> str:
    """Keep the key for an address, which alone it is sent to; a sentence.

    Raises:
        WorkbenchError: it is no key.
        StorageError: the disk is full or may not be written to, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    key = text.strip()
    if not key or not key.isascii() or not key.isprintable() or " " in key or len(key) > LONGEST:
        raise WorkbenchError("This is no key: copy it again, whole, in one line.")
    place = secret.keep(name_for(url), key)
    return f"The key for {address.host_of(url)} is kept {secret.told(place)}."


def forget_key(store: Store, url: str) -> bool:
    """Delete the key for an address; whether there was one.

    Raises:
        StorageError: the keyring or the disk does not let it go, or who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    return secret.forget(name_for(url))


def key_of(store: Store, judge: Judge) -> Key:
    """What is known of the key for a judge's address.

    Raises:
        StorageError: who asks is no administrator.
    """
    check_administrator(store, _NOUN)
    if judge.is_here:
        return Key(False, "", "A model of this workbench needs no key of yours.")
    name = name_for(judge.address)
    if place := secret.place(name):
        return Key(True, secret.ends(name), f"It is kept {secret.told(place)}.")
    return Key(False, "", "No key is kept for this address; many on this computer need none.")


def _path() -> Path:
    return files.folder("judge") / "judge.json"
