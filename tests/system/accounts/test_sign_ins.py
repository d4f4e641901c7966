"""Where people are signed in, and when that is over."""

import datetime as dt

import pytest

from storage.accounts import sign_ins as rows
from storage.database import Store
from storage.tables import now
from tests.helpers.accounts import HERE, acting, person, signed_in
from workbench.core.errors import WorkbenchError
from workbench.system.accounts import people, sign_ins
from workbench.system.accounts.sign_ins import Standing


@pytest.fixture
def ada(store: Store) -> int:
    return person(store, "Ada", administrator=True)


def is_in(store: Store, token: str) -> bool:
    return sign_ins.standing(store, token).acting is not None


def test_without_accounts_nobody_has_to_sign_in(store: Store) -> None:
    assert sign_ins.standing(store, "") == Standing(False, None)
    assert sign_ins.standing(store, "made up") == Standing(False, None)
    person(store, "Ada", administrator=True)
    assert sign_ins.standing(store, "") == Standing(True, None)
    assert sign_ins.standing(store, "made up") == Standing(True, None)


def test_the_list_says_where_and_with_what(store: Store, ada: int) -> None:
    first, second = signed_in(store, "Ada"), signed_in(store, "Ada")
    person(store, "Bob")
    signed_in(store, "Bob")
    found = sign_ins.mine(store, first)
    assert [(one.address, one.browser) for one in found] == [(HERE.address, "Firefox on Linux")] * 2
    assert [one.is_this for one in found] == [False, True]
    sign_ins.end(store, first, next(one.id for one in found if not one.is_this))
    assert not is_in(store, second)
    assert is_in(store, first)


def test_nobody_ends_another_s(store: Store, ada: int) -> None:
    person(store, "Bob")
    hers, his = signed_in(store, "Ada"), signed_in(store, "Bob")
    with pytest.raises(WorkbenchError, match="not signed in there"):
        sign_ins.end(store, his, sign_ins.mine(store, hers)[0].id)
    assert is_in(store, hers)


def test_signing_out_here_and_everywhere(store: Store, ada: int) -> None:
    here, there, third = (signed_in(store, "Ada") for _ in range(3))
    sign_ins.sign_out(store, here)
    sign_ins.sign_out(store, "made up")
    assert [is_in(store, token) for token in (here, there)] == [False, True]
    with pytest.raises(WorkbenchError, match="signed out"):
        sign_ins.mine(store, here)
    sign_ins.end_everywhere(store, there)
    assert not is_in(store, there)
    assert not is_in(store, third)
    assert is_in(store, signed_in(store, "Ada"))


def test_half_a_day_unused_is_the_end(
    store: Store, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = signed_in(store, "Ada"), now()
    later = [0.0]
    for module in (rows, sign_ins):
        monkeypatch.setattr(module, "now", lambda: start + dt.timedelta(hours=later[0]))
    for hours in (11.9, 23.7):
        later[0] = hours
        assert is_in(store, token)
        sign_ins.used(store, token, sign_ins.standing(store, token))
    later[0] = 23.7 + 11.9
    assert is_in(store, token)
    later[0] = 23.7 + 12.1
    assert not is_in(store, token)
    sign_ins.used(store, token, sign_ins.standing(store, token))
    assert not is_in(store, token)


def test_a_month_is_the_end_however_used(
    store: Store, ada: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, start = signed_in(store, "Ada"), now()
    later = [0]
    for module in (rows, sign_ins):
        monkeypatch.setattr(module, "now", lambda: start + dt.timedelta(hours=later[0]))
    for hours in range(0, 720, 6):
        later[0] = hours
        assert is_in(store, token)
        sign_ins.used(store, token, sign_ins.standing(store, token))
    later[0] = 721
    assert not is_in(store, token)


def test_using_it_is_written_once_a_minute(store: Store, ada: int) -> None:
    token = signed_in(store, "Ada")
    before = sign_ins.mine(store, token)[0].seen_at
    sign_ins.used(store, token, sign_ins.standing(store, token))
    assert sign_ins.mine(store, token)[0].seen_at == before


def test_an_administrator_ends_it_at_once(store: Store, ada: int) -> None:
    bob = person(store, "Bob")
    token = signed_in(store, "Bob")
    people.sign_out(acting(store, ada), bob)
    assert not is_in(store, token)
    token = signed_in(store, "Bob")
    people.disable(acting(store, ada), bob)
    assert not is_in(store, token)
    people.enable(acting(store, ada), bob)
    assert not is_in(store, token)
    assert is_in(store, signed_in(store, "Bob"))


def test_a_role_counts_from_the_next_look_on(store: Store, ada: int) -> None:
    bob = person(store, "Bob")
    token = signed_in(store, "Bob")
    people.set_administrator(acting(store, ada), bob, True)
    found = sign_ins.standing(store, token).acting
    assert found is not None
    assert found.administrator


@pytest.mark.parametrize(
    ("called", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5.0", "A browser"),
        ("", "A browser"),
    ],
)  # fmt: skip
def test_browsers_are_told_in_words(called: str, words: str) -> None:
    assert sign_ins.in_words(called) == words
