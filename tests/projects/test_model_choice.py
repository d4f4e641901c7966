"""Which model to begin with: one that is here, and beside it one to download that suits better."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database import Store
from storage.tables import BaseModel
from tests.helpers.folders import model_folder
from tests.helpers.made import add_model, end_job
from workbench.data.texts import Texts
from workbench.models import catalogue
from workbench.models.model_info import LOADING, SUGGESTED, ModelInfo, suggestion_for
from workbench.models.suggested import NO, YES, Suggestion, suggestion_of
from workbench.projects import model_candidates
from workbench.projects.model_candidates import Wish, candidates
from workbench.projects.model_choice import Recommendation, recommend
from workbench.system.hardware import Hardware
from workbench.training.estimate import Fit

LAPTOP = Hardware(
    processor="p", cores=8, memory_gb=16.0, memory_free_gb=12.0, disk_free_gb=100.0, gpu_name=None,
    gpu_memory_gb=0.0, bf16=True, gflops=900.0, measured=True, dtype="bfloat16",
)  # fmt: skip
STATION = dataclasses.replace(
    LAPTOP, memory_gb=128.0, gpu_name="G", gpu_memory_gb=80.0, gflops=60_000.0
)
SMALL = dataclasses.replace(LAPTOP, cores=2, memory_gb=3.0, gflops=60.0)
ENGLISH, GERMAN = Texts(("en",), 20, 30), Texts(("de",), 20, 30)
MINILM, SMOLLM = "all-MiniLM-L6-v2", "SmolLM2-135M-Instruct"


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    """A test may put other words about a model in their place."""
    model_candidates._not_here.cache_clear()
    yield
    model_candidates._not_here.cache_clear()


def _best(store: Store, wish: Wish, machine: Hardware = LAPTOP) -> list[Recommendation]:
    return recommend(candidates(store, wish, machine), wish)


def _wish(task: str = "classification", rows: int = 400, texts: Texts = ENGLISH) -> Wish:
    return Wish(task, rows, 100.0, texts)


@pytest.mark.parametrize(
    ("task", "name", "because"),
    [
        ("classification", MINILM, "only has to read it"),
        ("multi_label", MINILM, "only has to read it"),
        ("completion", SMOLLM, "follows instructions"),
        ("extraction", SMOLLM, "follows instructions"),
        ("chat", SMOLLM, "follows instructions"),
        ("language-modelling", SMOLLM, "goes on with texts"),
    ],
)
def test_the_first_is_here_and_says_why(store: Store, task: str, name: str, because: str) -> None:
    first = _best(store, _wish(task))[0]
    assert first.candidate.model.name == name
    assert first.candidate.is_here
    assert because in first.reason
    assert "nothing has to be downloaded" in first.reason


def test_few_english_texts_to_sort_need_no_download(store: Store) -> None:
    (only,) = _best(store, _wish())
    assert only.candidate.model.name == MINILM
    assert "English" not in only.reason


@pytest.mark.parametrize("task", ["classification", "completion", "extraction"])
def test_german_texts_get_a_model_that_knows_german(store: Store, task: str) -> None:
    here, other = _best(store, _wish(task, texts=GERMAN))
    assert "Your texts are German, and it was made for English" in here.reason
    assert other.candidate.knows(("de",))
    assert other.candidate.model.state == SUGGESTED
    assert other.reason.startswith("Your texts are German: it was made for German and ")


def test_two_languages_need_a_model_of_both(store: Store) -> None:
    wish = _wish(texts=Texts(("de", "th"), 20, 30))
    other = _best(store, wish)[1]
    assert other.candidate.knows(("de", "th"))
    assert "German and Thai" in other.reason


def test_a_language_that_nobody_knows_leads_to_no_download(store: Store) -> None:
    found = _best(store, _wish(texts=Texts(("xx",), 20, 30)))
    assert all(one.candidate.is_here or one.candidate.knows(("xx",)) for one in found)


def test_long_texts_get_a_model_that_reads_them_whole(store: Store) -> None:
    here, other = _best(store, _wish(texts=Texts(("en",), 900, 1200)))
    assert here.candidate.model.name == MINILM
    assert "about 900 words, and it reads 256 tokens at once" in here.reason
    assert here.reason.endswith("more in several parts, put together.")
    assert "about 900 words: it reads 8,192 tokens at once" in other.reason
    assert (other.candidate.model.context_length or 0) >= 1200


def test_summaries_get_a_model_that_turns_a_text_into_another(store: Store) -> None:
    wish = Wish("completion", 1000, 700.0, Texts(("en",), 150, 200, shortens=True))
    other = _best(store, wish)[1]
    assert other.candidate.model.family == "seq2seq"
    assert other.reason.startswith("Your answers are much shorter than what comes in")


def test_many_examples_are_worth_a_larger_model_where_the_machine_has_the_time(
    store: Store,
) -> None:
    wish = _wish(rows=10_000)
    here, other = _best(store, wish, STATION)
    assert other.reason.startswith("You have 10,000 examples: enough for a larger model")
    assert other.candidate.layers_weights >= 2 * here.candidate.layers_weights
    assert other.candidate.is_quick
    assert len(_best(store, _wish(rows=400), STATION)) == 1
    slow = dataclasses.replace(LAPTOP, gflops=0.5)
    assert len(_best(store, wish, slow)) == 1


@pytest.mark.parametrize("machine", [LAPTOP, STATION, SMALL], ids=["laptop", "station", "small"])
def test_texts_are_not_sorted_by_a_larger_model_that_writes(
    store: Store, machine: Hardware
) -> None:
    for other in _best(store, _wish(rows=10_000), machine)[1:]:
        assert other.candidate.model.family == "encoder"


@pytest.mark.parametrize("machine", [LAPTOP, STATION, SMALL], ids=["laptop", "station", "small"])
@pytest.mark.parametrize("texts", [ENGLISH, GERMAN], ids=["english", "german"])
@pytest.mark.parametrize("task", ["classification", "completion", "chat", "language-modelling"])
def test_what_is_recommended_to_download_can_be_used_by_everybody_here(
    store: Store, task: str, texts: Texts, machine: Hardware
) -> None:
    found = _best(store, _wish(task, texts=texts), machine)
    assert 1 <= len(found) <= 2
    for other in found[1:]:
        one = other.candidate
        assert (one.fit.ok, one.learns, one.commercial_use) == (True, True, YES)
        assert one.suggestion is not None
        assert not one.suggestion.gated


@pytest.mark.parametrize("what", ["too large", "for research", "token", "another task", "loading"])
def test_what_cannot_be_used_by_everybody_is_not_recommended(store: Store, what: str) -> None:
    wish = _wish(texts=GERMAN)
    found = candidates(store, wish, LAPTOP)
    best = recommend(found, wish)[1].candidate
    assert best.suggestion is not None
    changed = {
        "too large": {"fit": Fit(False, "Too large", 1e6)},
        "for research": {"suggestion": dataclasses.replace(best.suggestion, commercial_use=NO)},
        "token": {"suggestion": dataclasses.replace(best.suggestion, gated=True)},
        "another task": {"learns": False},
        "loading": {"model": dataclasses.replace(best.model, state=LOADING)},
    }[what]
    now = dataclasses.replace(best, **changed)  # type: ignore[arg-type]
    others = recommend([now if one is best else one for one in found], wish)
    assert now not in [one.candidate for one in others]
    assert len(others) == 2


def test_large_models_do_not_fit_a_small_machine(store: Store) -> None:
    found = {one.model.location: one for one in candidates(store, _wish("completion"), SMALL)}
    large = found["mistralai/Mistral-7B-Instruct-v0.3"]
    assert not large.fit.ok
    assert large.fit.sentence.startswith("Too large")
    assert large.run_mb > 4_000
    everything = list(found.values())
    fitting = [one.fit.ok for one in everything if one.learns]
    assert fitting == sorted(fitting, reverse=True)


def test_a_downloaded_model_that_suits_better_is_the_first(store: Store) -> None:
    suggestion = suggestion_of("intfloat/multilingual-e5-small")
    assert suggestion is not None
    _downloaded(store, suggestion.hub_id)
    first = _best(store, _wish(texts=GERMAN))[0]
    assert first.candidate.model.location == suggestion.hub_id
    assert "made for English" not in first.reason


def _downloaded(store: Store, hub_id: str) -> None:
    """The model is in the catalogue and on the disk, where a bundled one lies."""
    lying = next(m.path for m in catalogue.list_models(store) if m.name == MINILM)
    model_id = add_model(store, name=hub_id.split("/")[1], path=str(lying), hidden_size=384)
    with store.write() as session:
        model = session.get_one(BaseModel, model_id)
        model.source, model.location = "hub", hub_id


def test_a_models_own_folder_is_offered_and_never_recommended(store: Store, tmp_path: Path) -> None:
    model_id = catalogue.add_folder(store, model_folder(tmp_path / "mine"))
    end_job(store, catalogue.get_model(store, model_id).job_id)
    wish = Wish("completion")
    found = candidates(store, wish, LAPTOP)
    assert any(one.model.name == "mine" and one.is_here for one in found)
    assert recommend(found, wish)[0].candidate.model.name == SMOLLM


def test_a_model_is_a_candidate_once_wherever_it_is(store: Store) -> None:
    found = candidates(store, _wish(), LAPTOP)
    named = [one.model.location.lower() for one in found]
    assert len(set(named)) == len(named)
    assert {one.model.name for one in found if one.is_here} == {MINILM, SMOLLM}


def test_what_no_company_may_use_comes_after_all_that_it_may(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def for_research(model: ModelInfo) -> Suggestion | None:
        about = suggestion_for(model)
        chosen = about is not None and about.group == "Qwen3"
        return dataclasses.replace(about, commercial_use=NO) if about and chosen else about

    monkeypatch.setattr(model_candidates, "suggestion_for", for_research)
    found = candidates(store, _wish("completion"), STATION)
    learning = [one for one in found if one.learns and one.fit.ok]
    assert {one.commercial_use for one in learning[-4:]} == {NO}
    assert NO not in {one.commercial_use for one in learning[:-4]}


def test_models_that_are_not_here_are_weighed_once_a_case(store: Store) -> None:
    def weighed(wish: Wish, machine: Hardware) -> dict[str, float]:
        found = candidates(store, wish, machine)
        return {one.model.location: one.seconds for one in found if one.model.state == SUGGESTED}

    wish = _wish("completion")
    first = weighed(wish, LAPTOP)
    known = model_candidates._not_here.cache_info().misses
    assert known == len(first)
    busy = dataclasses.replace(LAPTOP, memory_free_gb=1.0, disk_free_gb=5.0)
    assert weighed(_wish("completion"), busy) == first
    assert model_candidates._not_here.cache_info().misses == known
    for other_wish, machine in (
        (wish, SMALL),
        (dataclasses.replace(wish, rows=40_000), LAPTOP),
        (dataclasses.replace(wish, mean_chars=4000.0), LAPTOP),
    ):
        assert weighed(other_wish, machine) != first
