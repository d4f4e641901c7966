"""An open page without a browser keeps time as a browser does."""

from collections.abc import Iterable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from scripts.deployment import visitor
from scripts.deployment.visitor import Lost, Visitor

WHOLE, OF_A_FRAGMENT = (
    ForwardMsg.FINISHED_SUCCESSFULLY,
    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
)
EARLY = ForwardMsg.FINISHED_EARLY_FOR_RERUN


def _run(end: int, *fragments: str) -> list[ForwardMsg]:
    begun, over = ForwardMsg(), ForwardMsg()
    begun.new_session.name = "app"
    over.script_finished = end  # type: ignore[assignment]
    return [begun, *map(_again, fragments), over]


def _again(fragment: str) -> ForwardMsg:
    said = ForwardMsg()
    said.auto_rerun.fragment_id, said.auto_rerun.interval = fragment, 2.0
    return said


def _stop(*fragments: str) -> ForwardMsg:
    said = ForwardMsg()
    said.stop_auto_rerun.fragment_ids.extend(fragments)
    return said


class _Line:
    """A server that has said all this."""

    def __init__(self, said: Iterable[ForwardMsg]) -> None:
        self._said = iter(said)

    def send(self, _: bytes) -> None:
        pass

    def next(self, _: float) -> bytes:
        for message in self._said:
            return message.SerializeToString()
        raise visitor.Closed("nothing more")


def _visitor(said: Iterable[ForwardMsg], monkeypatch: pytest.MonkeyPatch) -> Visitor:
    monkeypatch.setattr(visitor, "Line", lambda *_: _Line(said))
    found = Visitor("http://127.0.0.1:1")
    found.open()
    return found


def test_a_fragment_that_leads_to_a_page_without_it_is_not_run_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = _run(WHOLE, "a") + _run(EARLY) + _run(WHOLE, "b")
    tab = _visitor(said, monkeypatch)
    tab.visit("use")
    assert tab.fragments == {"a": 2.0}
    tab.run("a")
    assert tab.fragments == {"b": 2.0}
    with pytest.raises(Lost):
        tab.run("b")


def test_a_fragment_keeps_the_others_until_they_are_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = (
        _run(WHOLE, "a", "b") + _run(OF_A_FRAGMENT, "a") + [_stop("b"), *_run(OF_A_FRAGMENT, "a")]
    )
    tab = _visitor(said, monkeypatch)
    tab.visit("use")
    tab.run("a")
    assert set(tab.fragments) == {"a", "b"}
    tab.run("a")
    assert set(tab.fragments) == {"a"}
