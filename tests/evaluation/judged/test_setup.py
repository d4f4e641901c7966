"""The judge that the user has set up, and its key."""

from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from storage.guard import secret
from workbench.core.errors import WorkbenchError
from workbench.evaluation.judged import setup
from workbench.evaluation.judged.setup import HERE, Judge
from workbench.jobs.process.address_key import name_for

URL = "https://api.example.com/v1"


def test_none_is_set_up_until_the_user_does_so(store: Store, home: Path) -> None:
    assert setup.kept(store) is None
    setup.keep(store, setup.judge_at("https://API.example.com", " gpt-4o-mini "))
    assert setup.kept(store) == Judge(URL, "gpt-4o-mini")
    setup.keep_key(store, URL, "sk-0123456789abcd")
    setup.forget(store)
    assert setup.kept(store) is None
    assert secret.read(name_for(URL)) == ""


def test_a_key_is_kept_encrypted_and_for_its_address_alone(store: Store, home: Path) -> None:
    judge = setup.judge_at(URL, "m")
    assert not setup.key_of(store, judge).kept
    assert "api.example.com is kept in an encrypted file" in setup.keep_key(
        store, URL, " sk-0123456789abcd "
    )
    key = setup.key_of(store, judge)
    assert (key.kept, key.ends) == (True, "abcd")
    assert secret.read(name_for(URL)) == "sk-0123456789abcd"
    assert not setup.key_of(store, setup.judge_at("https://api.example.org/v1", "m")).kept
    told = [p.read_bytes() for p in files.home().rglob("*") if p.is_file()]
    assert not any(b"sk-0123456789abcd" in text for text in told)
    assert setup.forget_key(store, URL)
    assert not setup.forget_key(store, URL)


@pytest.mark.parametrize("text", ["", "  ", "two words", "schlüssel", "a\nb", "x" * 5000])
def test_what_is_no_key_is_refused(store: Store, home: Path, text: str) -> None:
    with pytest.raises(WorkbenchError, match="This is no key"):
        setup.keep_key(store, URL, text)


def test_a_model_here_leaves_nothing(home: Path) -> None:
    judge = setup.judge_at(" Here ", "base:SmolLM2")
    assert judge == Judge(HERE, "base:SmolLM2")
    assert not judge.leaves
    assert setup.judge_at(URL, "m").leaves
    assert not setup.judge_at("http://127.0.0.1:1234", "m").leaves
    with pytest.raises(WorkbenchError, match="which model is to judge"):
        setup.judge_at(URL, " ")


def test_a_damaged_file_is_none(store: Store, home: Path) -> None:
    setup.keep(store, setup.judge_at(URL, "m"))
    path = files.home() / "judge" / "judge.json"
    for text in ("{", "[]", '{"address": 3}', '{"address": "no", "model": "m"}'):
        path.write_text(text)
        assert setup.kept(store) is None
