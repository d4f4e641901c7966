"""Who may ask how an installation is doing."""

from pathlib import Path

import pytest

from workbench.jobs.operations import access


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1", "[::1]:8501"])
def test_whoever_asks_on_the_machine_itself_is_welcome(host: str) -> None:
    assert access.is_welcome({"host": host})


@pytest.mark.parametrize("header", ["x-forwarded-for", "x-forwarded-host", "forwarded", "via"])
def test_what_comes_through_a_proxy_is_not(header: str) -> None:
    assert not access.is_welcome({"host": "127.0.0.1", header: "192.0.2.7"})
    assert not access.is_welcome({"host": "wb.example"})
    assert not access.is_welcome({})


def test_a_token_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asking = {"host": "wb.example", "authorization": "Bearer very-secret"}
    assert not access.is_welcome(asking)
    (tmp_path / "token").write_text("very-secret\n")
    monkeypatch.setenv("WORKBENCH_METRICS_TOKEN_FILE", str(tmp_path / "token"))
    assert access.is_welcome(asking)
    for said in ("Bearer very-secre", "Bearer", "Basic very-secret", "very-secret", ""):
        assert not access.is_welcome({**asking, "authorization": said})
    (tmp_path / "token").unlink()
    assert not access.is_welcome(asking)
