"""On which addresses the pages are offered without accounts."""

import pytest

from storage.database import Store
from tests.helpers.accounts import person
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import listening


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.2", "localhost", "::1", "[::1]", "unix:///tmp/s"]
)
def test_this_machine_needs_no_accounts(store: Store, host: str) -> None:
    listening.check(store, host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "", "::", "192.168.1.5", "wb.example", "127.0.0.1.evil.example"]
)
def test_beyond_it_people_have_accounts(store: Store, host: str) -> None:
    with pytest.raises(WorkbenchError, match="make the first one with"):
        listening.check(store, host)
    person(store, "Ada", administrator=True)
    listening.check(store, host)
