"""What the hub answers when it gives nothing: each is a sentence with a next step."""

from collections.abc import Iterator

import pytest

from tests.fakes.hub import FakeHub, Trouble, hub_here
from workbench.core.errors import WorkbenchError
from workbench.models import hub as hub_models
from workbench.models.online import session

NAME = "harbour/small"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.models[NAME] = {"model.safetensors": b"x" * 10}
        yield hub


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "does not accept your access token"),
        (403, "may not do this"),
        (404, "error"),
        (429, "asked too often from this computer: try 'harbour/small' again in about 2 minutes"),
        (500, "trouble of its own"),
        (503, "trouble of its own"),
    ],
)
def test_each_refusal_has_its_sentence(hub: FakeHub, status: int, says: str) -> None:
    hub.troubles.append(Trouble(NAME, status=status, times=9, retry_after=120))
    with pytest.raises(WorkbenchError, match=says) as refused:
        hub_models.look_up(NAME)
    assert "\n" not in str(refused.value)


def test_certificates_that_are_not_there_are_named(
    hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/no/such/file.pem")
    with pytest.raises(WorkbenchError, match=r"no certificates at /no/such/file\.pem"):
        hub_models.look_up(NAME)
    monkeypatch.delenv("SSL_CERT_FILE")


def test_no_question_waits_for_ever(hub: FakeHub) -> None:
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    session.prepare()
    timeout = get_session().timeout
    assert {timeout.connect, timeout.read, timeout.write} == {session.PATIENCE_S}


def test_a_mirror_is_named_where_the_hub_is(hub: FakeHub) -> None:
    assert session.place() in hub.address
    assert session.page_of("a/b", "datasets") == f"{hub.address}/datasets/a/b"
    for pasted in (f"{hub.address}/a/b", "https://huggingface.co/a/b", " a/b "):
        assert session.without_address(pasted) == "a/b"
