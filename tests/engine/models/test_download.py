"""Fetching models from a hub on this machine: whole, checked, on from where it was."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from tests.fakes.hub import REVISION, FakeHub, Trouble, hub_here, serving
from tests.helpers.encoders import make_encoder
from tests.helpers.engine_jobs import PEFT_WARNS, events, run, run_orphaned
from tests.helpers.odd_forms import as_pickle
from tests.helpers.writers import make_writer
from workbench.engine.encoder.encoder import pooling_of
from workbench.engine.hub import fetching, watched
from workbench.engine.models import download
from workbench.engine.runtime import offline
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.jobs.process.stop import Stop
from workbench.models.formats import part_of

NAME = "someone/tiny"
WEIGHTS = bytes(range(256)) * 12_000
"""3 MB."""
SMALL = {"model.safetensors": WEIGHTS, "config.json": b"{}"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    monkeypatch.setattr(watched, "LOOK_S", 0.02)
    monkeypatch.setattr(fetching, "WAIT_S", 0.01)
    with hub_here(monkeypatch) as hub:
        hub.models[NAME] = dict(SMALL)
        yield hub


@pytest.fixture
def folder(tmp_path: Path, hub: FakeHub) -> Path:
    """Where a test makes a model that the hub then has: see `served`."""
    made = tmp_path / "source"
    made.mkdir()
    return made


def served(hub: FakeHub, folder: Path) -> None:
    """The hub has the files of the folder."""
    hub.models[NAME] = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def import_job(tmp_path: Path, **values: str) -> JobDir:
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    spec = {"hub_id": NAME, "revision": REVISION, "target": str(target_of(tmp_path))}
    write_json(job.spec, {"kind": "import", "job_id": 1, "attempt": 1, **spec, **values})
    (tmp_path / "models").mkdir()
    return job


def target_of(tmp_path: Path) -> Path:
    return tmp_path / "models" / "tiny"


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def left_at(
    hub: FakeHub, share: float, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The user pauses (`is_orphaned`) or cancels once so much is on the disk; the hub hangs there."""
    size = int(len(WEIGHTS) * share)
    hub.troubles.append(Trouble("model.safetensors", after=size, hangs=True))
    parts = target_of(folder).with_name(".tiny.part") / ".parts"

    def came(_: Stop) -> bool:
        with contextlib.suppress(
            FileNotFoundError
        ):  # another file, just whole and put in its place
            return any(part.stat().st_size == size for part in parts.glob("*"))
        return False

    monkeypatch.setattr(Stop, name, property(came))


def test_a_model_arrives_whole_with_its_revision(tmp_path: Path, hub: FakeHub) -> None:
    job = import_job(tmp_path)
    result = run(job)
    assert (result["status"], result["revision"]) == ("succeeded", REVISION)
    assert names_in(target_of(tmp_path)) == set(SMALL)
    assert (target_of(tmp_path) / "model.safetensors").read_bytes() == WEIGHTS
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]
    last = events(job, "progress")[-1]
    assert (last["step"], last["total_steps"]) == (len(WEIGHTS) + 2, len(WEIGHTS) + 2)
    assert last["message"] == "Downloading: 3 MB of 3 MB"
    assert hub.sent == 0


def test_only_the_files_of_the_model_are_fetched(tmp_path: Path, hub: FakeHub) -> None:
    """Of two sets of weights one; no program, and nothing of another library's."""
    hub.models[NAME] |= {
        "consolidated.safetensors": b"twice", "pytorch_model.bin": b"thrice", "run.py": b"program",
        "onnx/model.onnx": b"other", "1_Pooling/config.json": b"{}", "LICENSE": b"mit",
        "README.md": b"card",
    }  # fmt: skip
    assert run(import_job(tmp_path))["status"] == "succeeded"
    assert names_in(target_of(tmp_path)) == {
        *SMALL, "1_Pooling/config.json", "LICENSE", "README.md",
    }  # fmt: skip


def test_a_model_without_weights_is_refused(tmp_path: Path, hub: FakeHub) -> None:
    hub.models[NAME] = {"config.json": b"{}"}
    result = run(import_job(tmp_path))
    assert "no weights that can be read here" in result["reason"]
    assert not target_of(tmp_path).exists()


@pytest.mark.filterwarnings(PEFT_WARNS)
def test_a_pickled_model_is_converted_and_tried(tmp_path: Path, hub: FakeHub, folder: Path) -> None:
    as_pickle(make_writer(folder))
    (folder / "optimizer.bin").write_bytes(bytes(100))
    served(hub, folder)
    result = run(import_job(tmp_path, family="causal", model_type="llama"))
    assert result["status"] == "succeeded", result["reason"]
    assert (result["packed_layers"], result["revision"]) == (14, REVISION)
    names = names_in(target_of(tmp_path))
    assert "model.safetensors" in names
    assert not [name for name in names if name.endswith(".bin")]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["tiny"]


def test_a_download_that_cannot_be_used_leaves_nothing(
    tmp_path: Path, hub: FakeHub, folder: Path
) -> None:
    make_writer(folder)
    (folder / "model.safetensors").unlink()
    save_file({"other.weight": torch.zeros(3)}, folder / "model.safetensors")
    served(hub, folder)
    result = run(import_job(tmp_path, family="causal", model_type="llama"))
    assert "not a complete model" in result["reason"]
    assert not list((tmp_path / "models").iterdir())


def test_a_config_without_a_type_is_completed(tmp_path: Path, hub: FakeHub, folder: Path) -> None:
    make_encoder(folder)
    config = json.loads((folder / "config.json").read_text())
    del config["model_type"]
    (folder / "config.json").write_text(json.dumps(config))
    served(hub, folder)
    result = run(import_job(tmp_path, family="encoder", model_type="bert"))
    assert result["status"] == "succeeded", result["reason"]
    assert set(result["checks"]) >= {"weights", "reading"}


@pytest.mark.parametrize(("form", "pooling"), [("model.safetensors", "cls"), ("pickle", "cls")])
def test_a_sentence_encoder_pools_as_its_makers_say(
    tmp_path: Path, hub: FakeHub, folder: Path, form: str, pooling: str
) -> None:
    make_encoder(folder)
    (folder / "1_Pooling").mkdir(exist_ok=True)
    told = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(told))
    if form == "pickle":
        as_pickle(folder)
    served(hub, folder)
    result = run(import_job(tmp_path, family="encoder", model_type="bert"))
    assert result["status"] == "succeeded", result["reason"]
    assert pooling_of(Path(result["path"])) == pooling


def test_a_paused_download_goes_on_where_it_was(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = import_job(tmp_path)
    with monkeypatch.context() as patch:
        left_at(hub, 0.6, tmp_path, patch, "is_orphaned")
        run_orphaned(job)
    assert not target_of(tmp_path).exists()
    before = hub.given["model.safetensors"]
    assert before == int(len(WEIGHTS) * 0.6)
    hub.gate.set()
    assert run(job)["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)
    assert hub.given["config.json"] == 2
    assert (target_of(tmp_path) / "model.safetensors").read_bytes() == WEIGHTS


def test_a_cancelled_download_goes_on_when_it_is_tried_again(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = import_job(tmp_path)
    with monkeypatch.context() as patch:
        left_at(hub, 0.6, tmp_path, patch, "is_cancelled")
        assert run(job)["status"] == "cancelled"
    hub.gate.set()
    assert run(job)["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)


def test_a_store_that_the_hub_sends_to_never_sees_the_token(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (download, fetching):
        monkeypatch.setattr(module, "handed_over", lambda: "hf_of_ann")
    with serving() as store:
        store.models[NAME] = hub.models[NAME]
        store.troubles.append(Trouble("model.safetensors", after=100_000))
        hub.elsewhere = store.address
        assert run(import_job(tmp_path))["status"] == "succeeded"
        assert store.given["model.safetensors"] == len(WEIGHTS)
        assert not [h for h in store.headers if "authorization" in {n.lower() for n in h}]
    assert [h for h in hub.headers if "Bearer hf_of_ann" in h.values()]


def test_what_was_on_its_way_of_another_revision_is_no_start(tmp_path: Path, hub: FakeHub) -> None:
    part = part_of(target_of(tmp_path))
    job = import_job(tmp_path)
    (part / ".parts").mkdir(parents=True)
    (part / "config.json").write_text("[]")
    (part / download._REVISION).write_text("another")
    assert run(job)["status"] == "succeeded"
    assert (target_of(tmp_path) / "config.json").read_text() == "{}"


@pytest.mark.parametrize("times", [1, 4, 20])
def test_a_hub_that_breaks_off_is_asked_for_the_rest(
    tmp_path: Path, hub: FakeHub, times: int
) -> None:
    """As long as something comes, however often it breaks off."""
    hub.troubles.append(Trouble("model.safetensors", after=100_000, times=times))
    assert run(import_job(tmp_path))["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)
    assert (target_of(tmp_path) / "model.safetensors").read_bytes() == WEIGHTS


def test_a_hub_of_which_nothing_comes_is_given_up_and_said(tmp_path: Path, hub: FakeHub) -> None:
    hub.troubles.append(Trouble("model.safetensors", after=0, times=99))
    result = run(import_job(tmp_path))
    assert result["status"] == "failed"
    assert "cannot be reached" in result["reason"]
    asked = [line for line in hub.asked if line.endswith("model.safetensors")]
    assert len(asked) == fetching.TRIES


def test_a_hub_that_hangs_is_asked_again(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "STALLED_S", 0.3)
    hub.troubles.append(Trouble("model.safetensors", after=1_000_000, hangs=True))
    assert run(import_job(tmp_path))["status"] == "succeeded"
    assert hub.given["model.safetensors"] == len(WEIGHTS)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_refusal_that_passes_costs_nothing(tmp_path: Path, hub: FakeHub, status: int) -> None:
    hub.troubles.append(Trouble("model.safetensors", status=status, times=2))
    assert run(import_job(tmp_path))["status"] == "succeeded"


@pytest.mark.parametrize(
    ("status", "says", "tries"),
    [
        (401, "does not accept your access token", 1),
        (403, "may not do this", 1),
        (404, "error (404)", 1),
        (429, "asked too often", 5),
        (500, "trouble of its own", 5),
    ],
)
def test_a_refusal_is_a_sentence(
    tmp_path: Path, hub: FakeHub, status: int, says: str, tries: int
) -> None:
    hub.troubles.append(Trouble("model.safetensors", status=status, times=99))
    result = run(import_job(tmp_path))
    assert result["status"] == "failed"
    assert says in result["reason"]
    assert "What has arrived (2 bytes) is kept" in result["reason"]
    assert len([line for line in hub.asked if line.endswith("model.safetensors")]) == tries
    assert not target_of(tmp_path).exists()


def test_a_gated_model_without_a_token_says_where_its_terms_are(
    tmp_path: Path, hub: FakeHub
) -> None:
    hub.gated.add(NAME)
    reason = run(import_job(tmp_path))["reason"]
    assert f"accept the terms on {hub.address}/{NAME}" in reason
    assert "access token" in reason


def test_with_the_token_that_was_handed_over_it_comes(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gated.add(NAME)
    hub.tokens["hf_of_ann"] = "ann"
    for module in (download, fetching):
        monkeypatch.setattr(module, "handed_over", lambda: "hf_of_ann")
    assert run(import_job(tmp_path))["status"] == "succeeded"


@pytest.mark.parametrize("path", ["model.safetensors", "config.json"])
def test_a_damaged_file_is_named_and_fetched_anew(tmp_path: Path, hub: FakeHub, path: str) -> None:
    """By sha256 the one, by git's sha1 the other."""
    hub.troubles.append(Trouble(path, garbles=True))
    job = import_job(tmp_path)
    assert run(job)["status"] == "succeeded"
    assert (target_of(tmp_path) / path).read_bytes() == SMALL[path]
    (said,) = events(job, "log")
    assert f"The file {path} of {NAME} arrived damaged" in said["message"]


def test_a_file_that_is_damaged_twice_is_given_up_by_name(tmp_path: Path, hub: FakeHub) -> None:
    hub.troubles.append(Trouble("model.safetensors", garbles=True, times=2))
    reason = run(import_job(tmp_path))["reason"]
    assert f"The file model.safetensors of {NAME} is damaged on its way" in reason
    assert not target_of(tmp_path).exists()


def test_an_unknown_name_is_a_sentence(tmp_path: Path, hub: FakeHub) -> None:
    hub.models.clear()
    assert f"There is no model '{NAME}'" in run(import_job(tmp_path))["reason"]


def test_a_user_who_barred_the_hub_is_obeyed_at_once(
    tmp_path: Path, hub: FakeHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offline, "BARRED_BY_USER", True)
    assert "bars it" in run(import_job(tmp_path))["reason"]
    assert not hub.asked


def test_a_file_that_is_empty_is_a_file(tmp_path: Path, hub: FakeHub) -> None:
    hub.models[NAME]["added_tokens.json"] = b""
    assert run(import_job(tmp_path))["status"] == "succeeded"
    assert (target_of(tmp_path) / "added_tokens.json").read_bytes() == b""
