"""The catalogue: bundled models, folders, downloads, and what can be removed."""

from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import BaseModel, Job
from tests.helpers.folders import BERT, model_folder
from tests.helpers.made import add_dataset, add_run, end_job
from workbench.core.errors import WorkbenchError
from workbench.jobs import queue
from workbench.models import catalogue, hub, inspect
from workbench.models.bundled import BUNDLED
from workbench.models.model_info import FAILED, LOADING, READY, can_learn
from workbench.projects import projects


@pytest.fixture
def hub_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> hub.HubModel:
    """A model that the hub would give."""
    facts = inspect.inspect_folder(model_folder(tmp_path / "source"))
    found = hub.HubModel("owner/Tiny-LM", "abc123", facts, 5_000)
    monkeypatch.setattr(hub, "look_up", lambda _: found)
    return found


def test_the_bundled_models_are_always_there(store: Store) -> None:
    models = catalogue.list_models(store)
    assert [model.name for model in models] == list(BUNDLED)
    assert [model.name for model in catalogue.list_models(store)] == list(BUNDLED)
    for model in models:
        assert model.parameters == BUNDLED[model.name].parameters
        assert model.licence == "Apache-2.0"
        assert model.state == READY


def test_a_folder_is_added_once_and_read_again(store: Store, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "my-model")
    model_id = catalogue.add_folder(store, folder)
    model = catalogue.get_model(store, model_id)
    assert (model.name, model.family, model.path) == ("my-model", "causal", folder)
    assert model.parameters == 808
    model_folder(folder, BERT)
    assert catalogue.add_folder(store, folder) == model_id
    assert catalogue.get_model(store, model_id).family == "encoder"


def test_a_folder_is_used_once_it_was_tried(store: Store, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    model_id = catalogue.add_folder(store, folder)
    model = catalogue.get_model(store, model_id)
    assert (model.state, model.path) == (LOADING, folder)
    checks = {"4 bits": "14 layers of 14 in 4 bits."}
    end_job(store, model.job_id, parameters=77, packed_layers=14, checks=checks)
    model = catalogue.get_model(store, model_id)
    assert (model.state, model.parameters, model.packed_layers) == (READY, 77, 14)
    assert model.checks == checks


def test_a_folder_that_was_tried_in_vain_cannot_be_used_until_it_is_added_again(
    store: Store, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "m")
    model_id = catalogue.add_folder(store, folder)
    job_id = catalogue.get_model(store, model_id).job_id
    end_job(store, job_id, "failed")
    assert catalogue.get_model(store, model_id).state == FAILED
    assert catalogue.add_folder(store, folder) == model_id
    again = catalogue.get_model(store, model_id)
    assert again.state == LOADING
    assert again.job_id not in (None, job_id)
    assert catalogue.add_folder(store, folder) == model_id
    assert catalogue.get_model(store, model_id).job_id == again.job_id


def test_trying_may_be_left_out_but_a_conversion_may_not(store: Store, tmp_path: Path) -> None:
    plain = catalogue.add_folder(store, model_folder(tmp_path / "plain"))
    pickled = model_folder(tmp_path / "pickled", weights=False)
    (pickled / "pytorch_model.bin").write_bytes(bytes(400))
    converted = catalogue.add_folder(store, pickled)
    for model_id, state in ((plain, READY), (converted, FAILED)):
        queue.cancel_job(store, catalogue.get_model(store, model_id).job_id or 0)
        assert catalogue.get_model(store, model_id).state == state


def test_a_pickled_model_gets_a_folder_of_ours_that_goes_with_it(
    store: Store, tmp_path: Path, home: Path
) -> None:
    pickled = model_folder(tmp_path / "m", weights=False)
    (pickled / "pytorch_model.bin").write_bytes(bytes(400))
    model_id = catalogue.add_folder(store, pickled)
    model = catalogue.get_model(store, model_id)
    assert model.path == home / "models" / "m"
    assert "kept as safetensors" in model.conversions[0]
    with store.read() as session:
        spec = session.get_one(Job, model.job_id).spec
    assert spec == {
        "kind": "add", "source": str(pickled), "family": "causal", "model_type": "llama",
        "target": str(model.path),
    }  # fmt: skip
    model_folder(model.path)
    end_job(store, model.job_id)
    assert catalogue.get_model(store, model_id).state == READY
    catalogue.remove_model(store, model_id)
    assert not model.path.exists()
    assert (pickled / "pytorch_model.bin").exists()


def test_two_folders_of_one_name_get_two_names(store: Store, tmp_path: Path) -> None:
    ids = [catalogue.add_folder(store, model_folder(tmp_path / part / "m")) for part in "ab"]
    assert [catalogue.get_model(store, i).name for i in ids] == ["m", "m (2)"]


def test_a_folder_that_is_gone_says_so(store: Store, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    model_id = catalogue.add_folder(store, folder)
    end_job(store, catalogue.get_model(store, model_id).job_id)
    assert catalogue.get_model(store, model_id).state == READY
    (folder / "config.json").unlink()
    assert catalogue.get_model(store, model_id).state == FAILED


def test_a_hub_model_is_downloaded_by_a_job(
    store: Store, hub_model: hub.HubModel, home: Path
) -> None:
    model_id, job_id = catalogue.add_hub(store, "owner/Tiny-LM")
    assert job_id is not None
    model = catalogue.get_model(store, model_id)
    assert (model.name, model.revision, model.state) == ("Tiny-LM", "abc123", LOADING)
    with store.read() as session:
        job = session.get(Job, job_id)
        assert job is not None
        assert job.spec == {
            "kind": "import",
            "hub_id": "owner/Tiny-LM",
            "revision": "abc123",
            "target": str(home / "models" / "owner--Tiny-LM"),
            "family": "causal",
            "model_type": "llama",
        }
    assert catalogue.add_hub(store, "owner/Tiny-LM") == (model_id, job_id)
    queue.cancel_job(store, job_id)
    assert catalogue.get_model(store, model_id).state == FAILED
    again_id, second_job_id = catalogue.add_hub(store, "owner/Tiny-LM")
    assert again_id == model_id
    assert second_job_id not in (None, job_id)


def test_a_finished_download_is_ready(store: Store, hub_model: hub.HubModel) -> None:
    model_id, job_id = catalogue.add_hub(store, "owner/Tiny-LM")
    path = catalogue.get_model(store, model_id).path
    assert path is not None
    model_folder(path)
    with store.write() as session:
        job = session.get(Job, job_id)
        assert job is not None
        job.status = "succeeded"
    assert catalogue.get_model(store, model_id).state == READY
    assert catalogue.add_hub(store, "owner/Tiny-LM") == (model_id, None)
    catalogue.remove_model(store, model_id)
    assert not path.exists()


def test_a_model_larger_than_the_disk_is_refused(
    store: Store, hub_model: hub.HubModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "look_up", lambda _: hub.HubModel("a/b", "1", hub_model.facts, 10**18))
    with pytest.raises(WorkbenchError, match=r"needs .* but only .* are free"):
        catalogue.add_hub(store, "a/b")
    assert len(catalogue.list_models(store)) == len(BUNDLED)


def test_names_folders_and_hub_ids_are_resolved(
    store: Store, tmp_path: Path, hub_model: hub.HubModel
) -> None:
    assert catalogue.resolve_model(store, "smollm2-135m-instruct").family == "causal"
    folder = model_folder(tmp_path / "m")
    assert catalogue.resolve_model(store, str(folder)).name == "m"
    assert catalogue.resolve_model(store, "owner/Tiny-LM").source == "hub"
    with pytest.raises(WorkbenchError, match=r"There is no model 'nothing'.*all-MiniLM"):
        catalogue.resolve_model(store, "nothing")


def test_what_must_stay_is_not_removed(store: Store, tmp_path: Path) -> None:
    bundled_model = catalogue.list_models(store)[0]
    with pytest.raises(WorkbenchError, match="came with the workbench"):
        catalogue.remove_model(store, bundled_model.id)
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "m"))
    project_id = projects.create_project(store, "Mails")
    add_run(store, project_id, add_dataset(store, project_id), model_id)
    with pytest.raises(WorkbenchError, match="a trained model is built on it"):
        catalogue.remove_model(store, model_id)


def test_removing_a_folder_leaves_its_files(store: Store, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    catalogue.remove_model(store, catalogue.add_folder(store, folder))
    assert (folder / "config.json").exists()
    assert len(catalogue.list_models(store)) == len(BUNDLED)


def test_an_encoder_only_sorts(store: Store) -> None:
    encoder = catalogue.resolve_model(store, "all-MiniLM-L6-v2")
    assert not can_learn(encoder, "completion")


def test_an_odd_entry_hides_no_other(store: Store, tmp_path: Path) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "m"))
    with store.write() as session:
        entry = session.get_one(BaseModel, model_id)
        entry.facts = {**entry.facts, "parameters": "many", "layers": -3, "hidden_size": 1e30}
    found = {model.id: model for model in catalogue.list_models(store)}
    assert len(found) > 1
    assert (found[model_id].parameters, found[model_id].layers) == (0, 0)
