"""With which address a link begins."""

import pytest

from workbench.system.accounts import links


@pytest.mark.parametrize(
    ("hosts", "base", "link"),
    [
        ("", "", "http://localhost:8501/account/invitation?invitation=T"),
        ("", "/wb/", "http://localhost:8501/wb/account/invitation?invitation=T"),
        ("wb.example, 10.0.0.5", "", "https://wb.example/account/invitation?invitation=T"),
        (
            "http://wb.example:8080/",
            "wb",
            "http://wb.example:8080/wb/account/invitation?invitation=T",
        ),
        ("!!, wb.example", "", "https://wb.example/account/invitation?invitation=T"),
    ],
)
def test_a_link_begins_as_people_reach_the_app(
    monkeypatch: pytest.MonkeyPatch, hosts: str, base: str, link: str
) -> None:
    monkeypatch.setenv(links.HOSTS, hosts)
    monkeypatch.setenv(links.BASE_PATH, base)
    assert links.invitation("T") == link


def test_https_is_told_by_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(links.HOSTS, "https://wb.example, http://other.example")
    assert links.is_told_as_secure("WB.example")
    assert not links.is_told_as_secure("other.example")
    assert not links.is_told_as_secure("")
