"""The page *Take it elsewhere*: what a model may become, what was made, and what was refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import files
from storage.database import Store
from tests.fakes.hub import FakeHub, hub_here
from tests.helpers.exams import Trained
from tests.helpers.made import end_job
from tests.pages.opened import open_page, texts
from tests.use.exports.test_exports import CERTIFICATE, made, with_model
from workbench.models.online import token
from workbench.projects import projects
from workbench.use.exports import exports, pushes

PAGE = "pages/use/take_elsewhere.py"


@pytest.fixture
def trained(store: Store, tmp_path: Path) -> Trained:
    return with_model(store, tmp_path)


def test_without_a_model_the_page_says_how_to_get_one(store: Store) -> None:
    project_id = projects.create_project(store, "Empty")
    at = open_page(PAGE, project=project_id)
    assert "There is no trained model in this project so far." in texts(at)
    assert at.button(key="go-train")


def test_a_card_for_each_use_and_the_licence(store: Store, trained: Trained) -> None:
    at = open_page(PAGE, project=trained.project_id)
    said = texts(at)
    for words in (
        "Run it in Ollama or LM Studio",
        "Use it from Python",
        "Hand it over as one file",
    ):
        assert words in said
    assert "Put it into another program" not in said
    assert "licence" in said


def test_making_one_queues_a_job_that_is_shown(store: Store, trained: Trained) -> None:
    at = open_page(PAGE, project=trained.project_id)
    at.selectbox(key=f"bits-gguf-{trained.run_id}").set_value("q4_k_m").run()
    at.button(key="make-gguf").click().run()
    assert not at.exception
    (export,) = exports.list_exports(store, trained.project_id)
    assert (export.form.name, export.quantization) == ("gguf", "q4_k_m")
    assert at.button(key=f"job-cancel-{export.job.id}")


def test_a_made_one_shows_certificate_and_downloads(store: Store, trained: Trained) -> None:
    job_id = made(store, trained)
    at = open_page(PAGE, project=trained.project_id)
    said = texts(at)
    assert CERTIFICATE.verdict in said
    assert "19 of 20 the same" in said
    assert "✓" in said
    assert "ollama create run-1" in said
    links = [str(link.proto.url) for link in at.get("link_button")]
    assert sum("/download/" in link for link in links) == 2
    assert at.button(key=f"delete-{job_id}")


def test_one_that_failed_says_why_and_has_no_download(store: Store, trained: Trained) -> None:
    job = exports.start(store, exports.plan(store, trained.run_id, "gguf"))
    told = {
        **CERTIFICATE.as_dict(),
        "passed": False,
        "verdict": "It does not answer <b>as</b> it did.",
    }
    end_job(store, job.id, "failed", certificate=told)
    at = open_page(PAGE, project=trained.project_id)
    assert "It does not answer \\<b>as\\</b> it did." in texts(at)
    assert not [link for link in at.get("link_button") if "/download/" in str(link.proto.url)]


def test_deleting_asks_first(store: Store, trained: Trained) -> None:
    job_id = made(store, trained)
    at = open_page(PAGE, project=trained.project_id)
    at.button(key=f"delete-{job_id}").click().run()
    assert files.job_folder(job_id).exists()
    at.button(key="delete-export-no").click().run()
    assert files.job_folder(job_id).exists()
    at.button(key=f"delete-{job_id}").click().run()
    at.button(key="delete-export-yes").click().run()
    assert not at.exception
    assert not files.job_folder(job_id).exists()


def test_all_ways_are_checked_on_wish(store: Store, trained: Trained) -> None:
    at = open_page(PAGE, project=trained.project_id)
    at.button(key="certify").click().run()
    job = exports.newest_check(store, trained.run_id)
    assert job is not None
    end_job(store, job.id, certificate=CERTIFICATE.as_dict())
    assert CERTIFICATE.verdict in texts(open_page(PAGE, project=trained.project_id))


@pytest.fixture
def hub(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with hub_here(monkeypatch) as hub:
        hub.tokens["hf_that_may_write_1234"] = "ann"
        token.keep(store, "hf_that_may_write_1234")
        yield hub


def test_a_push_shows_what_leaves_and_waits_for_a_yes(
    store: Store, trained: Trained, hub: FakeHub
) -> None:
    job_id = made(store, trained, "adapter")
    at = open_page(PAGE, project=trained.project_id)
    at.text_input(key=f"push-id-{job_id}").input("ann/letters-model")
    at.button(key=f"push-look-{job_id}").click().run()
    assert "go to" in texts(at)
    assert "private" in texts(at)
    export = exports.get_export(store, job_id)
    assert pushes.newest(store, export) is None
    at.button(key=f"push-no-{job_id}").click().run()
    assert pushes.newest(store, export) is None
    at.text_input(key=f"push-id-{job_id}").input("ann/letters-model")
    at.button(key=f"push-look-{job_id}").click().run()
    at.button(key=f"push-yes-{job_id}").click().run()
    assert not at.exception
    job = pushes.newest(store, export)
    assert job is not None
    assert job.title == "Push of Run 1 to ann/letters-model"
    assert at.button(key=f"job-cancel-{job.id}")


def test_what_the_hub_does_not_know_is_not_offered_to_it(store: Store, trained: Trained) -> None:
    job_id = made(store, trained, "gguf")
    at = open_page(PAGE, project=trained.project_id)
    assert f"push-id-{job_id}" not in [field.key for field in at.text_input]
