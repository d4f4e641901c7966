"""Beyond this machine the pages are offered only where people have accounts."""

import ipaddress

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import people


def is_beyond(host: str) -> bool:
    """Whether who listens on this address is reached from other machines; "" is all addresses."""
    if host == "localhost" or host.startswith("unix://"):
        return False
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return True


def check(store: Store, host: str) -> None:
    """Raises WorkbenchError if strangers would reach pages that ask nobody who they are."""
    if is_beyond(host) and not people.are_there(store):
        raise WorkbenchError(
            f"On the address {host or '0.0.0.0'} everybody in the network could open every project, since "
            "nobody has an account here: make the first one with `python -m workbench accounts add "
            "--administrator --email ADDRESS --name NAME`, then start again."
        )
