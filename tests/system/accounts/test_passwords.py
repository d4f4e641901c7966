"""Which passwords are taken, and what is kept of them."""

import argon2
import pytest

from workbench.core.errors import WorkbenchError
from workbench.system.accounts import passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("abcdefghijk", "at least 12"),
        ("x" * 257, "at most 256"),
        ("ada.lovelace1", "your name or e-mail"),
        ("AdaLovelace2026", "your name or e-mail"),
        ("Lovelace!!!!1", "your name or e-mail"),
        ("analytical99", "your name or e-mail"),
        ("passwordpassword", "commonest"),
        ("Password1234", "commonest"),
        ("P@ssw0rd1234!", "commonest"),
        ("qwertyuiop123", "commonest"),
        ("123456789012", "commonest"),
        ("aaaaaaaaaaaa", "commonest"),
        ("xyxyxyxyxyxy", "commonest"),
        ("1q2w3e4r5t6y", "commonest"),
        ("welcome2welcome", "commonest"),
        ("correcthorsebatterystaple", "commonest"),
    ],
)
def test_a_password_that_others_guess_is_refused(password: str, why: str) -> None:
    with pytest.raises(WorkbenchError, match=why):
        passwords.check(password, email="ada.lovelace@analytical.example", name="Ada Lovelace")


@pytest.mark.parametrize(
    "password",
    [
        "violet anchor tuesday",
        "kT9#vLq2!xZw",
        "adagio for seven tins",
        "Straße über Brücke",
        "x" * 6 + "violet" * 3,
    ],
)
def test_any_other_is_taken(password: str) -> None:
    passwords.check(password, email="ada.lovelace@analytical.example", name="Ada Lovelace")


def test_only_argon2id_is_kept() -> None:
    kept = passwords.hashed("violet anchor tuesday")
    assert kept.startswith("$argon2id$")
    assert "violet" not in kept
    assert passwords.is_right(kept, "violet anchor tuesday")
    assert not passwords.is_right(kept, "violet anchor Tuesday")
    assert not passwords.is_right("", "nobody's password")
    assert not passwords.is_right("no hash", "violet anchor tuesday")


def test_however_letters_are_composed_they_are_the_same() -> None:
    assert passwords.is_right(passwords.hashed("Brücke am Fluss"), "Bru\u0308cke am Fluss")


def test_parameters_are_those_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    used = argon2.extract_parameters(passwords.hashed("violet anchor tuesday"))
    assert (used.type, used.memory_cost, used.time_cost) == (argon2.Type.ID, 65_536, 3)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(
        "violet anchor tuesday"
    )
    assert passwords.is_weaker(weak)
    assert not passwords.is_weaker(passwords.hashed("violet anchor tuesday"))
