"""The Model page's suggestions: what suits the data, the list with its filters, details, adding."""

import csv
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from storage.database import Store
from tests.helpers.folders import BERT, model_folder
from tests.helpers.made import add_dataset
from tests.pages.opened import open_page, texts
from workbench.core.errors import WorkbenchError
from workbench.data import datasets
from workbench.models import catalogue, hub, inspect
from workbench.models.suggested import suggestion_of, suggestions
from workbench.projects import projects
from workbench.ui.text import plain

PAGE = "pages/model/model.py"
E5 = "intfloat/multilingual-e5-small"


@pytest.fixture
def project_id(store: Store) -> int:
    return projects.create_project(store, "Mails")


@pytest.fixture
def german(store: Store, project_id: int, tmp_path: Path) -> int:
    """The project, with German texts to sort."""
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["text", "topic"])
        for n in range(60):
            text = f"Meine Bestellung {n} ist noch nicht angekommen, bitte prüfen Sie das für mich."
            writer.writerow([text, ("late", "lost")[n % 2]])
    datasets.save_version(
        store, project_id=project_id, path=path, dataset_name="Mails", task="classification",
        mapping={"text": "text", "label": "topic"},
    )  # fmt: skip
    return project_id


def _place(hub_id: str) -> int:
    suggestion = suggestion_of(hub_id)
    assert suggestion is not None
    return suggestions().index(suggestion)


def _listed(at: AppTest) -> list[str]:
    """Names in the list, in its order."""
    rows = [b for b in at.button if (b.key or "").removeprefix("suggested-").isdigit()]
    return [row.label.strip("*").replace("\\", "") for row in rows]


def _all_listed(at: AppTest) -> list[str]:
    while any(button.key == "suggested-more" for button in at.button):
        at.button(key="suggested-more").click().run()
        assert not at.exception
    return _listed(at)


def test_german_texts_get_two_recommendations(german: int) -> None:
    at = open_page(PAGE, project=german)
    shown = texts(at).replace("\\", "")
    assert "Your texts are German, and it was made for English" in shown
    assert "Your texts are German: it was made for German and 92 other languages" in shown
    assert [s.value.replace("\\", "") for s in at.subheader][:2] == [
        "all-MiniLM-L6-v2", "multilingual-e5-small",
    ]  # fmt: skip
    label = at.button(key=f"add-{_place(E5)}").label
    assert label == "Add (download about 471 MB)"
    assert "multilingual-e5-small" not in _all_listed(at)


def test_without_a_file_of_the_data_nothing_is_said_of_its_language(
    store: Store, project_id: int
) -> None:
    add_dataset(store, project_id)
    shown = texts(open_page(PAGE, project=project_id))
    assert "Your texts are" not in shown
    assert "only has to read it" in shown


def test_a_row_says_all_that_decides(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="suggested-search").set_value("distilbert").run()
    assert _listed(at) == ["distilbert-base-uncased"]
    shown = texts(at).replace("\\", "")
    for said in (
        "Reads and sorts", "66 million parameters", "English", "Apache-2.0 · ", "a company may use it",
        "Download: 268 MB", "Fits: needs about", "blind to capitals",
    ):  # fmt: skip
        assert said in shown


def test_the_list_shows_some_at_a_time_and_begins_anew_with_another_search(
    project_id: int,
) -> None:
    at = open_page(PAGE, project=project_id)
    assert len(_listed(at)) == 8
    at.button(key="suggested-more").click().run()
    assert len(_listed(at)) == 16
    at.selectbox(key="suggested-language").set_value("de").run()
    assert len(_listed(at)) == 8


def test_the_filters_narrow_the_list(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.toggle(key="suggested-fits").set_value(False).run()
    at.toggle(key="suggested-learns").set_value(False).run()
    everything = set(_all_listed(at))
    assert len(everything) == len(suggestions()) - 2  # two of them are bundled
    at.toggle(key="suggested-company").set_value(True).run()
    companies = set(_all_listed(at))
    assert "Orca-2-7b" in everything - companies
    assert "Llama-3.2-1B-Instruct" in companies
    at.selectbox(key="suggested-does").set_value("rewrites text").run()
    assert set(_all_listed(at)) == {
        "t5-small", "t5-base", "flan-t5-small", "flan-t5-base", "mt5-small", "bart-base",
        "bart-large-cnn",
    }  # fmt: skip
    at.selectbox(key="suggested-language").set_value("de").run()
    assert _all_listed(at) == ["mt5-small"]
    at.text_input(key="suggested-search").set_value("nothing of the kind").run()
    assert "loosen the filters" in texts(at)


def test_only_what_can_learn_the_task_and_fits_is_listed_at_first(
    store: Store, project_id: int
) -> None:
    add_dataset(store, project_id, task="completion")
    at = open_page(PAGE, project=project_id)
    listed = _all_listed(at)
    assert "roberta-base" not in listed
    assert "Qwen3-0.6B" in listed


def test_the_details_say_where_each_fact_was_looked_up(project_id: int) -> None:
    at = open_page(PAGE, project=project_id)
    at.text_input(key="suggested-search").set_value("gemma-3-1b").run()
    at.button(key=f"suggested-{_place('google/gemma-3-1b-it')}").click().run()
    assert not at.exception
    shown = texts(at).replace("\\", "")
    for said in (
        "32,768 tokens", "Gemma terms of use", "under conditions", "prohibited uses",
        "accept the terms on its page", "28 November 2026", "`https://huggingface.co/blog/gemma3`",
    ):  # fmt: skip
        assert said in shown or any(said in info.value for info in at.info)
    assert at.button(key="details-add").label.startswith("Add (download about 2.0 GB")


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A hub that has every model."""
    facts = inspect.inspect_folder(model_folder(tmp_path / "source", BERT))
    monkeypatch.setattr(hub, "look_up", lambda hub_id: hub.HubModel(hub_id, "1", facts, 500))


@pytest.mark.usefixtures("offered")
def test_a_suggestion_is_on_offer_and_downloaded_once_its_licence_is_accepted(
    store: Store, german: int
) -> None:
    at = open_page(PAGE, project=german)
    at.button(key=f"add-{_place(E5)}").click().run()
    assert f"**{E5}**" in texts(at).replace("\\", "")
    assert at.button(key="hub-download").disabled
    at.checkbox[0].check().run()
    at.button(key="hub-download").click().run()
    assert not at.exception
    added = next(m for m in catalogue.list_models(store) if m.location == E5)
    suggestion = suggestion_of(E5)
    assert suggestion is not None
    assert added.purpose == suggestion.purpose
    keys = {button.key for button in at.button}
    assert not {f"add-{_place(E5)}", "hub-download"} & keys
    assert f"cancel-{added.id}" in keys


@pytest.mark.usefixtures("offered")
def test_an_offer_that_is_left_is_gone(store: Store, german: int) -> None:
    at = open_page(PAGE, project=german)
    at.button(key=f"details-{_place(E5)}").click().run()
    at.button(key="details-add").click().run()
    assert not at.exception
    at.button(key="hub-not-now").click().run()
    assert "hub-download" not in {button.key for button in at.button}
    assert "details-add" not in {button.key for button in at.button}
    assert E5 not in {model.location for model in catalogue.list_models(store)}


def test_an_owner_who_asks_is_answered_where_the_model_was_chosen(
    german: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gated(_: str) -> hub.HubModel:
        raise hub.GatedModel("The owner wants to know who uses it.")

    monkeypatch.setattr(hub, "look_up", gated)
    at = open_page(PAGE, project=german)
    at.text_input(key="suggested-search").set_value("gemma-3-4b").run()
    at.toggle(key="suggested-learns").set_value(True).run()
    at.toggle(key="suggested-fits").set_value(False).run()  # in float32 it needs a large computer
    at.button(key=f"suggested-{_place('google/gemma-3-4b-it')}").click().run()
    at.button(key="details-add").click().run()
    assert not at.exception
    shown = texts(at).replace("\\", "")
    assert "**google/gemma-3-4b-it** is given out only to who has accepted" in shown
    at.button(key="hub-gated-leave").click().run()
    assert not at.exception
    assert "details-add" not in {button.key for button in at.button}


def test_without_a_network_the_sentence_stands_there_and_the_bundled_model_too(
    german: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_: str) -> hub.HubModel:
        raise WorkbenchError("The hub cannot be reached from this computer.")

    monkeypatch.setattr(hub, "look_up", unreachable)
    at = open_page(PAGE, project=german)
    at.button(key=f"add-{_place(E5)}").click().run()
    assert at.error[0].value == "The hub cannot be reached from this computer."
    assert at.subheader[0].value.replace("\\", "") == "all-MiniLM-L6-v2"
    at.button(key=f"details-{_place(E5)}").click().run()
    at.button(key="details-add").click().run()
    assert at.error[0].value == "The hub cannot be reached from this computer."


def test_a_suggestions_id_is_the_same_in_an_address_on_a_page() -> None:
    assert [plain(model.hub_id) for model in suggestions()] == [m.hub_id for m in suggestions()]
