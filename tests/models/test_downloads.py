"""Models of the hub in the catalogue: the licence that was accepted, the room, what was on its way."""

import json
from collections import namedtuple
from collections.abc import Iterator

import pytest

from storage import files
from storage.database import Store
from tests.fakes.hub import FakeHub, hub_here
from tests.helpers.folders import LLAMA
from tests.helpers.made import end_job
from workbench.core.errors import WorkbenchError
from workbench.models import catalogue, downloads
from workbench.models.formats import part_of, wanted_files

NAME = "someone/tiny"
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        config = json.dumps(LLAMA).encode()
        hub.models[NAME] = {"model.safetensors": bytes(900), "config.json": config}
        hub.cards[NAME] = {"license": "mit"}
        yield hub


def test_what_is_offered_says_what_it_costs(hub: FakeHub, store: Store) -> None:
    about = downloads.look_up(NAME)
    assert (about.facts.licence, about.facts.family) == ("mit", "causal")
    assert about.download_bytes == 900 + len(hub.models[NAME]["config.json"])
    assert not downloads.is_known(store, NAME)
    hub.cards[NAME] = {"license": "other", "license_name": "own", "license_link": "LICENSE"}
    assert downloads.look_up(NAME).facts.licence == "other (own, LICENSE)"


def test_the_licence_that_was_accepted_is_kept_with_its_day(hub: FakeHub, store: Store) -> None:
    model_id, job_id = downloads.add_hub(store, NAME, accepted=True)
    day = catalogue.get_model(store, model_id).licence_accepted_at
    assert len(day) == 10
    end_job(store, job_id, "failed")
    downloads.add_hub(store, NAME)  # tried again: what was accepted still is
    assert catalogue.get_model(store, model_id).licence_accepted_at == day


def test_another_licence_was_not_accepted(hub: FakeHub, store: Store) -> None:
    model_id, job_id = downloads.add_hub(store, NAME, accepted=True)
    end_job(store, job_id, "failed")
    hub.cards[NAME] = {"license": "cc-by-nc-4.0"}
    downloads.add_hub(store, NAME)
    model = catalogue.get_model(store, model_id)
    assert (model.licence, model.licence_accepted_at) == ("cc-by-nc-4.0", "")


def test_room_is_asked_for_what_is_missing_and_twice_for_what_is_converted(
    hub: FakeHub, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = Usage(10**9, 0, 1500)
    monkeypatch.setattr(downloads.shutil, "disk_usage", lambda _: usage)
    hub.models[NAME]["model.safetensors"] = bytes(2000)
    with pytest.raises(WorkbenchError, match="are free on the disk"):
        downloads.look_up(NAME)
    part = part_of(files.folder("models") / "someone--tiny")
    part.mkdir()
    (part / "some").write_bytes(bytes(1800))
    assert downloads.look_up(NAME)
    hub.models[NAME]["pytorch_model.bin"] = hub.models[NAME].pop("model.safetensors")
    with pytest.raises(WorkbenchError, match="are free on the disk"):
        downloads.look_up(NAME)


def test_removing_takes_along_what_was_on_its_way(hub: FakeHub, store: Store) -> None:
    model_id, job_id = downloads.add_hub(store, NAME)
    part = part_of(files.folder("models") / "someone--tiny")
    part.mkdir()
    end_job(store, job_id, "failed")
    catalogue.remove_model(store, model_id)
    assert not part.exists()


@pytest.mark.parametrize(
    ("names", "taken"),
    [
        (["model.safetensors", "consolidated.safetensors"], ["model.safetensors"]),
        (
            ["model.safetensors.index.json", "model-1-of-2.safetensors", "model-2-of-2.safetensors",
             "consolidated.safetensors"],
            ["model-1-of-2.safetensors", "model-2-of-2.safetensors", "model.safetensors.index.json"],
        ),
        (["a.safetensors", "pytorch_model.bin"], ["a.safetensors"]),
        (["pytorch_model.bin", "optimizer.bin", "rust_model.ot"], ["pytorch_model.bin"]),
        (
            ["model.safetensors", "1_Pooling/config.json", "2_Dense/model.safetensors", "x.py"],
            ["1_Pooling/config.json", "model.safetensors"],
        ),
    ],
)  # fmt: skip
def test_of_several_sets_of_weights_one_is_taken(names: list[str], taken: list[str]) -> None:
    assert wanted_files("a/b", names) == taken
