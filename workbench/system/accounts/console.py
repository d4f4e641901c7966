"""Whom a command acts for: the console knows no cookie, so it is told by an e-mail address."""

from storage.accounts import persons
from storage.acting import CONSOLE, Acting
from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import signing_in

VARIABLE = "WORKBENCH_PERSON"


def as_somebody(store: Store, email: str) -> Store:
    """The store as the person of this address has it; as it is where nobody has an account.

    Raises:
        WorkbenchError: people have accounts and this names none of them, or one that is disabled.
    """
    with store.read() as session:
        if not persons.exist(session):
            return store
        if not email:
            raise WorkbenchError(
                "People have accounts here: say for whom this is, with --as EMAIL before the command "
                f"or in {VARIABLE}."
            )
        person = persons.with_email(session, signing_in.normal(email))
        if person is None:
            raise WorkbenchError(
                f"Nobody has an account with the address '{email[:80]}': "
                "`python -m workbench accounts list` says who has one."
            )
        if person.disabled_at is not None:
            raise WorkbenchError(
                f"The account of {person.name} is disabled: choose another person."
            )
        return store.acting_as(Acting(person.id, person.name, person.administrator, CONSOLE))
