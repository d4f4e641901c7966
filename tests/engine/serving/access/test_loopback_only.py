"""Other web sites are kept out."""

import httpx
import pytest

FOREIGN = [
    {"Host": "evil.example"},
    {"Host": "127.0.0.1.evil.example"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[broken"},
    {"Sec-Fetch-Site": "cross-site"},
]
OWN = [
    {"Host": "localhost:1234"},
    {"Host": "[::1]:1234"},
    {"Origin": "http://localhost:8501"},
    {"Sec-Fetch-Site": "same-origin"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_a_foreign_site_is_refused(url: str, headers: dict[str, str]) -> None:
    reply = httpx.get(f"{url}/v1/models", headers=headers)
    assert reply.status_code == 403
    assert reply.json()["error"]["code"] == "forbidden"


@pytest.mark.parametrize("headers", OWN, ids=str)
def test_this_machine_may_ask(url: str, headers: dict[str, str]) -> None:
    assert httpx.get(f"{url}/v1/models", headers=headers).status_code == 200


def test_no_site_is_invited(url: str) -> None:
    reply = httpx.get(f"{url}/v1/models", headers={"Origin": "http://localhost:8501"})
    assert not [name for name in reply.headers if name.startswith("access-control")]
