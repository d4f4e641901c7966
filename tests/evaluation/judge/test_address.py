"""How the address of a judge may be written, and what counts as this computer."""

import pytest

from workbench.core.errors import WorkbenchError
from workbench.evaluation.judge import address
from workbench.jobs.process.address_key import name_for


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"),
        (" https://API.example.com/v1/ ", "https://api.example.com/v1"),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com/v1"),
        ("https://api.example.com/openai/v2", "https://api.example.com/openai/v2"),
        ("http://[::1]:8000/", "http://[::1]:8000/v1"),
    ],
)
def test_it_is_brought_into_one_form(typed: str, kept: str) -> None:
    assert address.tidy(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "example.com/v1", "ftp://example.com", "http://", "http://a b/v1", "http://x:99999/v1",
     "https://ann:secret@example.com/v1", "https://example.com/v1?key=abc", "http://x/" + "a" * 600],
)  # fmt: skip
def test_what_is_no_address_is_one_sentence(typed: str) -> None:
    with pytest.raises(WorkbenchError, match="address of a judge") as said:
        address.tidy(typed)
    assert "secret" not in str(said.value)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:1/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://[::1]/v1", True),
        ("http://127.0.0.1.example.com/v1", False),
        ("http://localhost.example.com/v1", False),
        ("http://192.168.1.4/v1", False),
        ("http://0.0.0.0/v1", False),
        ("https://127.example/v1", False),
    ],
)
def test_only_loopback_is_here(url: str, here: bool) -> None:
    assert address.is_here(url) is here
    assert address.is_readable_on_the_way(url) is (not here and url.startswith("http:"))


def test_a_key_belongs_to_scheme_host_and_port_and_to_no_other() -> None:
    name = name_for("https://api.example.com/v1")
    assert name == name_for("https://API.example.com:443/v2")
    others = [
        "http://api.example.com/v1",
        "https://api.example.com:8443/v1",
        "https://api.example.co",
    ]
    assert name not in {name_for(other) for other in others}
    assert name_for("file:///etc/passwd") == name_for("") == name_for("http://x:99999") == ""
