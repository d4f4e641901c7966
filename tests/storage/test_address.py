"""The database's address: which are understood, and what is said when nobody answers there."""

import socket

import pytest

from storage import address
from storage.database import Store
from storage.errors import StorageError
from storage.schema import open_store


@pytest.mark.parametrize(
    "url",
    [
        "postgres://a:b@host:5433/name",
        "postgresql://a:b@host:5433/name",
        "postgresql+psycopg://a:b@host:5433/name",
        "postgresql+psycopg2://a:b@host:5433/name",
    ],
)
def test_every_way_to_write_postgresql_is_understood(url: str) -> None:
    found = address.parsed(url).render_as_string(hide_password=False)
    assert found == "postgresql+psycopg://a:b@host:5433/name"


@pytest.mark.parametrize("url", ["mysql://a:secret@host/name", "secret", "postgresql://a:b@h:x/n"])
def test_another_database_is_refused_without_repeating_its_address(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", url)
    with pytest.raises(StorageError, match="names no database that") as refused:
        open_store()
    assert "secret" not in str(refused.value)
    assert refused.value.__context__ is None or refused.value.__suppress_context__


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address with a password, where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv(
        "WORKBENCH_DATABASE_URL", f"postgresql://ann:s3cret@127.0.0.1:{port}/workbench"
    )
    return f"postgresql://ann:***@127.0.0.1:{port}/workbench"


def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(
    nobody: str,
) -> None:
    with pytest.raises(StorageError, match="cannot be reached") as refused:
        open_store()
    said = str(refused.value)
    assert nobody in said
    assert "refused" in said
    assert "s3cret" not in said
    assert "\n" not in said


@pytest.mark.parametrize("way", ["read", "write"])
def test_a_server_that_is_gone_is_a_sentence_in_the_middle_of_the_work(
    nobody: str, way: str
) -> None:
    store = Store()
    with (
        pytest.raises(StorageError, match="check that PostgreSQL runs"),
        getattr(store, way)() as session,
    ):
        session.connection()
