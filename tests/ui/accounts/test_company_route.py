"""Signing in with the company's account, against an identity provider on loopback."""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from storage.acting import EDITOR
from storage.database import Store
from tests.helpers import accounts, oidc
from tests.helpers.accounts import PASSWORD, acting, email, person
from tests.helpers.oidc import CLIENT_ID, CLIENT_SECRET, IdentityProvider
from workbench.core.errors import WorkbenchError
from workbench.projects import projects
from workbench.system.accounts import company, invitations, members, people, sign_ins
from workbench.system.audit import log
from workbench.ui.accounts import company_route, cookie, sign_in_route

HERE = "http://testserver"
TRUSTED = "Changed whether the company's addresses are trusted"
BOB = {"sub": "b-1", "email": email("Bob"), "email_verified": True, "name": "Bob Baker"}


@pytest.fixture(scope="module")
def provider() -> Iterator[IdentityProvider]:
    with oidc.running() as found:
        yield found


@pytest.fixture
def ada(store: Store, monkeypatch: pytest.MonkeyPatch) -> int:
    """An administrator, so that people have accounts."""
    accounts.make_quick(monkeypatch)
    return person(store, "Ada", administrator=True)


@pytest.fixture
def client(
    store: Store,
    ada: int,
    provider: IdentityProvider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TestClient]:
    """A browser at the app, whose company has this provider."""
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        f'[auth]\nredirect_uri = "{HERE}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
        f'server_metadata_url = "{provider.address}/.well-known/openid-configuration"\n'
    )
    monkeypatch.setenv(company.SECRETS, str(secrets))
    company.offered.cache_clear()
    app = Starlette(routes=[*sign_in_route.routes(), *company_route.routes()])
    with TestClient(app, HERE, follow_redirects=False) as opened:
        yield opened
    company.offered.cache_clear()


def visit(client: TestClient, target: str = "/") -> httpx.Response:
    """To the provider and back, as a browser goes; the app's last answer."""
    left = client.get(sign_in_route.COMPANY, params={"next": target})
    assert left.status_code == 302
    back = httpx.get(left.headers["location"], trust_env=False)
    assert back.status_code == 302
    return client.get(back.headers["location"])


def who(store: Store, client: TestClient) -> str | None:
    found = sign_ins.standing(store, client.cookies.get(cookie.NAME, "")).acting
    return found.name if found else None


def test_the_page_offers_it_and_it_leads_where_one_wanted(
    store: Store, client: TestClient, provider: IdentityProvider
) -> None:
    person(store, "Bob")
    page = client.get("/account/sign-in", params={"next": "/train?project=1"}).text
    assert 'href="/account/company?next=%2Ftrain%3Fproject%3D1"' in page
    provider.who = BOB
    answer = visit(client, "/train?project=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/train?project=1")
    assert who(store, client) == "Bob"


def test_somebody_is_known_by_subject_once_bound(
    store: Store, client: TestClient, provider: IdentityProvider
) -> None:
    person(store, "Bob")
    provider.who = BOB
    visit(client)
    provider.who = {**BOB, "email": "renamed@company.example", "email_verified": False}
    client.cookies.clear()
    assert visit(client).status_code == 303
    assert who(store, client) == "Bob"
    provider.who = {**BOB, "sub": "another"}
    client.cookies.clear()
    answer = visit(client)
    assert answer.status_code == 403
    assert "another account of your company" in answer.text
    assert who(store, client) is None


def test_who_is_unknown_is_refused_in_a_sentence(
    store: Store, client: TestClient, provider: IdentityProvider
) -> None:
    provider.who = BOB
    answer = visit(client)
    assert answer.status_code == 403
    assert "bob@company.example is not known here: ask an administrator" in answer.text
    assert [one.name for one in people.listing(store)] == ["Ada"]


@pytest.mark.parametrize(
    "claims", [{"email_verified": False}, {"email_verified": "true"}, {"email": None}]
)
def test_an_address_that_nobody_vouches_for_counts_for_nothing(
    store: Store, client: TestClient, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    person(store, "Bob")
    provider.who = {**BOB, **claims}
    answer = visit(client)
    assert answer.status_code == 403
    assert "verified" in answer.text
    assert who(store, client) is None


def test_an_invitation_lets_somebody_in(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int
) -> None:
    mails = projects.create_project(store, "Mails")
    invitations.invite(acting(store, ada), email("Bob"), project_id=mails, role=EDITOR)
    provider.who = BOB
    assert visit(client).status_code == 303
    assert who(store, client) == "Bob Baker"
    assert [(one.name, one.role) for one in members.listing(store, mails)] == [
        ("Bob Baker", EDITOR)
    ]
    assert invitations.listing(acting(store, ada)) == []
    bob = next(one for one in people.listing(store) if one.name == "Bob Baker")
    assert not bob.has_password


def test_who_is_known_takes_up_an_invitation_too(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int
) -> None:
    person(store, "Bob")
    provider.who = BOB
    visit(client)
    mails, bills = (projects.create_project(store, name) for name in ("Mails", "Bills"))
    members.add(store, bills, people.named(store, email("Bob")), EDITOR)
    for project_id in (mails, bills):
        with store.write() as session:  # as an owner does who cannot know that Bob has an account
            invitations._made(session, email=email("Bob"), project_id=project_id, role="viewer")
    client.cookies.clear()
    visit(client)
    assert [one.role for one in members.listing(store, mails)] == ["viewer"]
    assert [one.role for one in members.listing(store, bills)] == [EDITOR]


def test_a_domain_lets_colleagues_in_without_projects(
    store: Store,
    client: TestClient,
    provider: IdentityProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(company.DOMAINS, "other.example, @company.example")
    provider.who = {**BOB, "email": "bob@evil-company.example"}
    assert visit(client).status_code == 403
    provider.who = BOB
    assert visit(client).status_code == 303
    found = sign_ins.standing(store, client.cookies[cookie.NAME]).acting
    assert found is not None
    assert (found.name, found.administrator) == ("Bob Baker", False)


def test_it_ends_as_any_sign_in(
    store: Store, client: TestClient, provider: IdentityProvider
) -> None:
    bob = person(store, "Bob")
    provider.who = BOB
    visit(client)
    people.sign_out(store, bob)
    assert who(store, client) is None
    people.disable(store, bob)
    answer = visit(client)
    assert answer.status_code == 403
    assert "disabled" in answer.text


def test_an_answer_nobody_asked_for_signs_nobody_in(
    store: Store, client: TestClient, provider: IdentityProvider
) -> None:
    person(store, "Bob")
    provider.who = BOB
    left = client.get(sign_in_route.COMPANY)
    back = httpx.get(left.headers["location"], trust_env=False).headers["location"]
    kept = dict(client.cookies)
    client.cookies.clear()  # another's browser, led to this address
    for path in (back, "/oauth2callback?code=made-up&state=made-up", "/oauth2callback?error=no"):
        answer = client.get(path)
        assert answer.status_code == 400
        assert "was not completed: try again" in answer.text
    client.cookies.update(kept)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert client.get(f"/oauth2callback?code=made-up&state={state}").status_code == 400
    assert who(store, client) is None


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another"}, {"exp": 1}, {"iss": "https://evil.example"}, {"nonce": "x"}, {"sub": ""}],
)
def test_a_token_for_others_is_not_taken(
    store: Store, client: TestClient, provider: IdentityProvider, claims: dict[str, object]
) -> None:
    person(store, "Bob")
    provider.who = {**BOB, **claims}
    answer = visit(client)
    assert answer.status_code == 400
    assert who(store, client) is None


def test_a_provider_that_is_away_is_told(
    store: Store, client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    person(store, "Bob")
    found = company.offered()
    assert found is not None
    away = tmp_path / "away.toml"
    away.write_text(
        Path(tmp_path / "secrets.toml")
        .read_text()
        .replace(found.server_metadata_url, "http://127.0.0.1:9/x")
    )
    monkeypatch.setenv(company.SECRETS, str(away))
    company.offered.cache_clear()
    with TestClient(Starlette(routes=company_route.routes()), HERE) as other:
        answer = other.get(sign_in_route.COMPANY)
    assert answer.status_code == 503
    assert "cannot be reached at the moment" in answer.text
    sent = {"email": email("Bob"), "password": PASSWORD}
    assert client.post("/account/sign-in", data=sent).status_code == 303


NOT_SAID = {name: value for name, value in BOB.items() if name != "email_verified"}


def test_a_provider_that_never_says_verified_is_believed_once_an_administrator_trusts_it(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int
) -> None:
    bob = person(store, "Bob")
    provider.who = NOT_SAID
    assert visit(client).status_code == 403
    with pytest.raises(WorkbenchError, match="Only an administrator"):
        company.trust_addresses(acting(store, bob), True)
    company.trust_addresses(acting(store, ada), True)
    client.cookies.clear()
    assert visit(client).status_code == 303
    assert who(store, client) == "Bob"
    (line,) = log.look(store, log.Wanted(said=TRUSTED), 5).lines
    assert (line.person, line.details["changes"][0]["values"]["value"]) == (
        "Ada", {"provider": f"{provider.address}/.well-known/openid-configuration"},
    )  # fmt: skip


def test_what_a_trusted_provider_calls_unverified_counts_for_nothing(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int
) -> None:
    person(store, "Bob")
    company.trust_addresses(acting(store, ada), True)
    for claims in ({"email_verified": False}, {"email_verified": "false"}):
        provider.who = {**BOB, **claims}
        client.cookies.clear()
        assert visit(client).status_code == 403
    provider.who = NOT_SAID
    company.trust_addresses(acting(store, ada), False)
    client.cookies.clear()
    assert visit(client).status_code == 403


def test_trust_is_void_for_another_provider(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    company.trust_addresses(acting(store, ada), True)
    assert company.trusts_addresses(acting(store, ada))
    there = company.offered()
    assert there is not None
    other = dataclasses.replace(there, server_metadata_url="https://id.example/elsewhere")
    monkeypatch.setattr(company, "offered", functools.cache(lambda: other))
    assert not company.trusts_addresses(acting(store, ada))


def test_an_invitation_is_taken_up_by_a_trusted_address_only(
    store: Store, client: TestClient, provider: IdentityProvider, ada: int
) -> None:
    mails = projects.create_project(store, "Mails")
    invitations.invite(acting(store, ada), email("Bob"), project_id=mails, role=EDITOR)
    provider.who = NOT_SAID
    assert visit(client).status_code == 403
    company.trust_addresses(acting(store, ada), True)
    client.cookies.clear()
    assert visit(client).status_code == 303
    assert [one.name for one in members.listing(store, mails)] == ["Bob Baker"]
