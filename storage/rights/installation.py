"""What belongs to the installation and is no row: files and secrets, of which a service asks here."""

from storage.database import Store
from storage.rights.lift import bound_by_rules
from storage.rights.require import require_administrator


def check_administrator(store: Store, noun: str) -> None:
    """Make sure that the store acts for the workbench itself or an administrator.

    Args:
        noun: what they are about to see or change: "the backups".

    Raises:
        StorageError: it is somebody else.
    """
    if store.acting is not None:
        with store.read() as session:
            require_administrator(session, noun)


def check_signed_in(store: Store) -> None:
    """Make sure that it acts for the workbench itself or somebody with an account.

    Raises:
        StorageError: nobody is signed in.
    """
    if store.acting is not None:
        with store.read() as session:
            bound_by_rules(session)
