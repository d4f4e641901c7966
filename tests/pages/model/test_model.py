"""The Model page: the recommendation, the choice, and adding models."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from storage.tables import BaseModel, Job
from tests.helpers.folders import T5, model_folder
from tests.helpers.made import add_dataset, end_job
from tests.helpers.prompting import finish_trial, sorted_emails, writer_of
from tests.pages.opened import open_page, texts
from workbench.core.errors import WorkbenchError
from workbench.evaluation.prompting import trials
from workbench.models import catalogue, hub, inspect
from workbench.models.model_info import ModelInfo
from workbench.projects import projects
from workbench.training import runs

PAGE = "pages/model/model.py"


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


def _named(store: Store, name: str) -> ModelInfo:
    return next(model for model in catalogue.list_models(store) if model.name == name)


@pytest.mark.parametrize(
    ("task", "name"),
    [("classification", "all-MiniLM-L6-v2"), ("completion", "SmolLM2-135M-Instruct")],
)
def test_the_recommended_model_comes_first(
    store: Store, project_id: int, task: str, name: str
) -> None:
    add_dataset(store, project_id, task=task)
    at = open_page(PAGE, project=project_id)
    assert at.title[0].value == "Which model fits?"
    assert at.subheader[0].value.replace("\\", "") == name
    assert "Fits: needs about" in texts(at)


def test_choosing_leads_to_training(store: Store, project_id: int) -> None:
    add_dataset(store, project_id)
    model = _named(store, "all-MiniLM-L6-v2")
    at = open_page(PAGE, project=project_id)
    at.button(key=f"choose-{model.id}").click().run()
    assert not at.exception
    assert projects.get_project(store, project_id).base_model_id == model.id
    at.button(key=f"train-{model.id}").click().run()
    assert at.title[0].value == "Ready to train?"


def test_a_model_that_cannot_learn_the_task_cannot_be_chosen(store: Store, project_id: int) -> None:
    add_dataset(store, project_id, task="completion")
    encoder = _named(store, "all-MiniLM-L6-v2")
    at = open_page(PAGE, project=project_id)
    assert f"choose-{encoder.id}" not in {button.key for button in at.button}
    assert "only sorts texts" in texts(at)


def test_an_encoder_decoder_rewrites_texts_and_does_not_go_on_with_them(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "small", T5))
    end_job(store, catalogue.get_model(store, model_id).job_id)
    for task, learns in (("completion", True), ("language-modelling", False)):
        add_dataset(store, project_id, task=task)
        at = open_page(PAGE, project=project_id)
        assert "rewrites text" in texts(at)
        assert (f"choose-{model_id}" in {button.key for button in at.button}) == learns
        said = "it turns one text into another and does not go on with texts" in texts(at)
        assert said != learns


def test_without_data_the_page_says_what_it_assumes(project_id: int) -> None:
    assert "Add your data first" in texts(open_page(PAGE, project=project_id))


def test_a_folder_is_added(store: Store, project_id: int, tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "my-model")
    at = open_page(PAGE, project=project_id)
    at.text_input(key="folder").set_value(str(folder))
    at.button(key="folder-add").click().run()
    assert not at.exception
    assert "my-model" in [s.value for s in at.subheader]


def test_a_folder_without_a_model_is_explained_and_stays(project_id: int, tmp_path: Path) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="folder").set_value(str(tmp_path))
    at.button(key="folder-add").click().run()
    assert "holds no model" in at.error[0].value
    assert at.text_input(key="folder").value == str(tmp_path)


def test_no_network_is_explained_and_the_name_stays(
    project_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_: str) -> hub.HubModel:
        raise WorkbenchError("The hub cannot be reached.")

    monkeypatch.setattr(hub, "look_up", unreachable)
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").set_value("owner/name")
    at.button(key="hub-add").click().run()
    assert at.error[0].value == "The hub cannot be reached."
    assert at.text_input(key="hub").value == "owner/name"


def test_a_gated_model_asks_for_a_token(project_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def gated(_: str) -> hub.HubModel:
        raise hub.GatedModel("The owner wants to know who uses it.")

    monkeypatch.setattr(hub, "look_up", gated)
    at = open_page(PAGE, project=project_id)
    at.text_input(key="hub").set_value("owner/name")
    at.button(key="hub-add").click().run()
    assert "given out only to who has accepted" in texts(at)
    assert at.text_input(key="hub-token").label == "Access token"


def test_a_download_shows_how_far_it_is_and_can_be_cancelled(
    store: Store, project_id: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    facts = inspect.inspect_folder(model_folder(tmp_path / "source"))
    monkeypatch.setattr(hub, "look_up", lambda _: hub.HubModel("o/Tiny", "1", facts, 500))
    model_id, job_id = catalogue.add_hub(store, "o/Tiny")
    at = open_page(PAGE, project=project_id)
    assert f"choose-{model_id}" not in {button.key for button in at.button}
    at.button(key=f"cancel-{model_id}").click().run()
    assert not at.exception
    with store.read() as session:
        job = session.get(Job, job_id)
        assert job is not None
        assert job.status == "cancelled"
    assert "The download did not work out" in texts(at)


def test_removing_asks_first(store: Store, project_id: int, tmp_path: Path) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "mine"))
    end_job(store, catalogue.get_model(store, model_id).job_id)
    at = open_page(PAGE, project=project_id)
    at.button(key=f"remove-{model_id}").click().run()
    assert "Its folder stays as it is" in texts(at)
    assert model_id in {model.id for model in catalogue.list_models(store)}
    at.button(key="remove-yes").click().run()
    assert not at.exception
    assert model_id not in {model.id for model in catalogue.list_models(store)}


def test_what_was_converted_and_tried_stands_on_the_card(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    folder = model_folder(tmp_path / "mine", weights=False)
    (folder / "pytorch_model.bin").write_bytes(bytes(400))
    model_id = catalogue.add_folder(store, folder)
    assert "kept as safetensors" in texts(open_page(PAGE, project=project_id))
    model = catalogue.get_model(store, model_id)
    assert model.path is not None
    model_folder(model.path)
    checks = {"4 bits": "None of its layers can be packed: it trains in 16 bits."}
    end_job(store, model.job_id, checks=checks, packed_layers=0)
    with store.write() as session:
        row = session.get_one(BaseModel, model_id)
        row.facts = {**row.facts, "accepted": {"licence": "mit", "at": "2026-11-03"}}
    shown = texts(open_page(PAGE, project=project_id))
    assert "it trains in 16 bits" in shown
    assert "kept as safetensors" in shown
    assert "(accepted on 2026-11-03)" in shown


def test_a_model_that_was_tried_in_vain_says_why_and_can_be_tried_again(
    store: Store, project_id: int, tmp_path: Path
) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "mine"))
    job_id = catalogue.get_model(store, model_id).job_id
    end_job(store, job_id, "failed")
    with store.write() as session:
        session.get_one(Job, job_id).reason = "The weights lack 3 of 9 parts."
    at = open_page(PAGE, project=project_id)
    assert "The weights lack 3 of 9 parts" in texts(at)
    assert f"choose-{model_id}" not in {button.key for button in at.button}
    at.button(key=f"again-{model_id}").click().run()
    assert not at.exception
    assert catalogue.get_model(store, model_id).job_id not in (None, job_id)


def test_an_instruction_is_tried_before_any_training_and_stays(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.ui.context.ensure_worker", lambda: None)
    version = sorted_emails(store, project_id, tmp_path, rows=120)
    at = open_page(PAGE, project=project_id)
    assert "prompt-try" not in {button.key for button in at.button}, "closed at first"
    at = _opened(at)
    at.text_area(key=f"prompt-text-{version.id}").set_value("Sort it.").run()
    at.button(key="prompt-try").click().run()
    assert not at.exception
    (trial,) = trials.list_trials(store, version)
    assert (trial.instruction, trial.job.status) == ("Sort it.", "queued")
    again = _opened(open_page(PAGE, project=project_id))
    assert again.text_area(key=f"prompt-text-{version.id}").value == "Sort it."
    assert again.button(key="prompt-try").disabled


def _opened(at: AppTest) -> AppTest:
    at.session_state["prompt-first"] = True
    at.run()
    assert not at.exception
    return at


def test_data_that_no_model_here_can_be_told_about_offers_no_trial(
    store: Store, project_id: int
) -> None:
    add_dataset(store, project_id, task="language-modelling")
    at = _opened(open_page(PAGE, project=project_id))
    assert "prompt-try" not in {button.key for button in at.button}


def test_what_was_tried_stays_and_the_kept_one_is_judged(
    store: Store, project_id: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.ui.context.ensure_worker", lambda: None)
    version = sorted_emails(store, project_id, tmp_path, rows=1200)
    for instruction, right in (("Guess.", 0.4), ("Sort it.", 0.8)):
        trials.start_trial(store, version.id, writer_of(store), instruction)
        finish_trial(store, tmp_path, right)
    at = _opened(open_page(PAGE, project=project_id))
    assert texts(at).count("best so far") == 1
    assert "✓ best so far · **80.0 %**" in texts(at)
    best = trials.list_trials(store, version)[0]
    at.button(key=f"keep-{best.job.id}").click().run()
    finish_trial(store, tmp_path, 0.8)
    at.run()
    assert not at.exception
    assert "Kept: the one to beat" in texts(at)
    assert "gets 80.0 % (" in texts(at)
    (kept,) = [one for one in trials.list_trials(store, version) if one.is_exam]
    used = at.button(key=f"use-{kept.job.id}").click().run()
    assert not used.exception
    (made,) = runs.list_runs(store, project_id)
    assert (made.name, made.is_told, made.status) == ("Instruction only", True, "queued")
    assert "Instruction only" in texts(used)
