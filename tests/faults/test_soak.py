"""Many programs at once: each is told its own answer, nonsense harms nobody, memory stays."""

import statistics
from pathlib import Path

import pytest

from tests.faults import clients
from tests.faults.clients import LEAVES, NONSENSE, STEADY
from tests.helpers import tiny

CLIENTS, SECONDS = 20, 6


@pytest.mark.filterwarnings(tiny.PEFT_USES_AN_OLD_NAME)
def test_many_programs_at_once_are_each_told_their_own_answer(tmp_path: Path) -> None:
    models = tiny.make_models(tmp_path / "models")
    registry = tiny.write_registry(models, tmp_path / "models.json")
    server = clients.Server(tmp_path, registry)
    with server.running():
        with server.client() as opened:
            asked = clients.known_answers(opened, ("run-1", "run-1:base", "base:Tiny"), 6)
        assert len({one.answer for one in asked}) > 5
        outcome = clients.soak(server, asked, count=CLIENTS, seconds=SECONDS)
    assert outcome.complaints == []
    assert clients.trouble_in(server.log) == []
    for kind in (STEADY, LEAVES, NONSENSE):
        assert all(one.answers for one in outcome.of_kind(kind)), kind
    counts = [one.answers for one in outcome.of_kind(STEADY)]
    assert max(counts) <= 3 * statistics.median(counts)
    assert outcome.grown_mb < 150
