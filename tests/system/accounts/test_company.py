"""Which identity provider the settings name."""

from pathlib import Path

import pytest

from workbench.core.errors import WorkbenchError
from workbench.system.accounts import company

WHOLE = """
[auth]
redirect_uri = "https://wb.example/oauth2callback"
cookie_secret = "cccc"
client_id = "workbench"
client_secret = "ssss"
server_metadata_url = "https://id.example/.well-known/openid-configuration"
"""


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "secrets.toml"
    monkeypatch.setenv(company.SECRETS, str(path))
    return path


def test_the_section_names_the_provider(secrets: Path) -> None:
    secrets.write_text(WHOLE)
    found = company.provider()
    assert found is not None
    assert (found.client_id, found.callback_path) == ("workbench", "/oauth2callback")


def test_without_the_section_there_is_none(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets.write_text('[database]\nurl = "x"\n')
    assert company.provider() is None
    monkeypatch.delenv(company.SECRETS)
    monkeypatch.setattr(company, "_DEFAULT", secrets.parent / "not there")
    assert company.provider() is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace('client_id = "workbench"\n', ""), r"lacks client_id: fill it in"),
        (WHOLE.replace('"cccc"', "7"), r"lacks cookie_secret"),
        ("[auth", r"cannot be read \(.*\): mend the file"),
    ],
)
def test_what_is_wrong_with_it_is_said(secrets: Path, text: str, said: str) -> None:
    secrets.write_text(text)
    with pytest.raises(WorkbenchError, match=said):
        company.provider()
    company.offered.cache_clear()
    assert company.offered() is None
    company.offered.cache_clear()


def test_a_file_that_is_named_has_to_be_there(secrets: Path) -> None:
    with pytest.raises(WorkbenchError, match="cannot be read"):
        company.provider()
