"""What pushing an export would do, and what is refused before anything is sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import Job
from tests.fakes.hub import FakeHub, hub_here
from tests.helpers.exams import Trained
from tests.helpers.made import end_job
from tests.use.exports.test_exports import CERTIFICATE, made, with_model
from workbench.core.errors import WorkbenchError
from workbench.jobs.kinds import kind_named
from workbench.jobs.process.specs import PushModelSpec
from workbench.models.online import token
from workbench.use.exports import exports, pushes
from workbench.use.exports.exports import Export

NAME = "ann/letters-model"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return with_model(store, tmp_path)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens["hf_that_may_write_1234"] = "ann"
        yield hub


@pytest.fixture
def adapter(store: Store, trained: Trained) -> Export:
    return exports.get_export(store, made(store, trained, "adapter"))


def test_it_says_what_leaves_and_asks_before_it_begins(
    store: Store, hub: FakeHub, adapter: Export
) -> None:
    token.keep(store, "hf_that_may_write_1234")
    planned = pushes.plan(store, adapter, NAME)
    assert "private" in planned.sentence
    assert NAME in planned.sentence
    assert not hub.sent
    job = pushes.start(store, planned)
    assert kind_named(job.kind).sends
    assert kind_named(job.kind).asks_hub
    with store.read() as session:
        spec = PushModelSpec.from_dict(session.get_one(Job, job.id).spec)
    assert (spec.archive, spec.hub_id, spec.is_public) == (adapter.main_file, NAME, False)
    with pytest.raises(WorkbenchError, match="on its way"):
        pushes.start(store, planned)


def test_what_everybody_sees_takes_nothing_private(
    store: Store, hub: FakeHub, adapter: Export
) -> None:
    token.keep(store, "hf_that_may_write_1234")
    hub.models[NAME] = {}
    with pytest.raises(WorkbenchError, match="already, and public"):
        pushes.plan(store, adapter, NAME)
    assert pushes.plan(store, adapter, NAME, is_public=True).exists


@pytest.mark.parametrize("name", ["letters", "ann/../x", "ann/", "ann/a--b", "a b/c"])
def test_a_name_that_the_hub_does_not_take_is_refused(
    store: Store, hub: FakeHub, adapter: Export, name: str
) -> None:
    with pytest.raises(WorkbenchError, match="such as ann/letters-model"):
        pushes.plan(store, adapter, name)


def test_without_a_token_it_says_where_to_get_one(
    store: Store, hub: FakeHub, adapter: Export
) -> None:
    with pytest.raises(WorkbenchError, match="access token"):
        pushes.plan(store, adapter, NAME)


def test_only_what_passed_and_is_there_is_pushed(store: Store, trained: Trained) -> None:
    job = exports.start(store, exports.plan(store, trained.run_id, "merged"))
    end_job(store, job.id, "failed", certificate={**CERTIFICATE.as_dict(), "passed": False})
    with pytest.raises(WorkbenchError, match="certificate passed"):
        pushes.plan(store, exports.get_export(store, job.id), NAME)


def test_only_forms_that_the_hub_knows_are_pushed(store: Store, trained: Trained) -> None:
    gguf = exports.get_export(store, made(store, trained, "gguf"))
    with pytest.raises(WorkbenchError, match="an adapter or a merged model"):
        pushes.plan(store, gguf, NAME)
