"""The models that a project could take, here or to download, with what decides between them."""

import functools
from dataclasses import dataclass, field, replace

from storage.database import Store
from workbench.core.tasks import task_named
from workbench.data.texts import UNKNOWN, Texts
from workbench.models import catalogue
from workbench.models.families import family_named
from workbench.models.model_info import (
    READY,
    SUGGESTED,
    ModelInfo,
    can_learn,
    suggested_model,
    suggestion_for,
)
from workbench.models.suggested import (
    CONDITIONS,
    NO,
    YES,
    Suggestion,
    place_of,
    suggestion_of,
    suggestions,
)
from workbench.system.hardware import Hardware
from workbench.training.estimate import Fit, estimate_run, fit_of, tokens_of
from workbench.training.lengths import Lengths
from workbench.training.long_rows import is_of_pairs
from workbench.training.outlook import Examples, lengths_for, lengths_told
from workbench.training.presets import preset

FEW_ROWS = 5_000
"""Fewer examples than this: a model that was made to compare sentences learns more from them."""
PATIENCE_S = 3600.0
"""A training that takes longer is a reason to take a smaller model."""
LEARNED_SHARE = 0.8
"""Of all rows, those that are learned from."""
_USUAL_ROWS = 400
"""Without data: so many examples, as long as the settings allow."""
_ALIKE = 2e7
"""Models whose layers differ by fewer weights are taken to be of one size."""
_PACKED_BYTES = 0.6
"""Of a weight in 4 bits, its share of the scales included."""


@dataclass(frozen=True)
class Wish:
    """What a model is to learn, and from what."""

    task: str
    rows: int = 0
    """Examples; 0 where there are none yet."""
    mean_chars: float = 0.0
    """Of an example; 0 where that is not known."""
    texts: Texts = UNKNOWN
    version: Examples | None = None
    """The examples themselves, where there are some."""


@dataclass(frozen=True)
class Candidate:
    """A model, and how it would do."""

    model: ModelInfo
    suggestion: Suggestion | None
    """What is known of it beside; None of a model that is none of the suggested."""
    place: int
    """Where it stands among the suggestions, which are about in the order of their making."""
    learns: bool
    """Whether it can be taught the task."""
    fit: Fit
    seconds: float
    """What the balanced training takes here."""
    run_mb: float
    """Memory to answer with it."""

    @property
    def is_here(self) -> bool:
        """Whether it can be used without a download."""
        return self.model.state == READY

    @property
    def is_quick(self) -> bool:
        """Whether one would wait for its training."""
        return self.seconds <= PATIENCE_S

    @property
    def layers_weights(self) -> int:
        """Its weights but for its vocabulary: what it understands with."""
        model = self.model
        return max(0, model.parameters - model.vocab_size * model.hidden_size)

    @property
    def commercial_use(self) -> str:
        """Whether a company may use it; empty where that is not known."""
        return self.suggestion.commercial_use if self.suggestion else ""

    def knows(self, languages: tuple[str, ...]) -> bool | None:
        """Whether it knows all of these languages; None where that is not known."""
        found = [self.suggestion.knows(code) if self.suggestion else None for code in languages]
        return False if False in found else None if None in found else True

    def reads(self, tokens: int) -> bool:
        """Whether it reads so many tokens at once, as far as its limit is known."""
        limit = self.model.context_length
        return limit is None or tokens <= limit


def candidates(store: Store, wish: Wish, machine: Hardware) -> list[Candidate]:
    """All models of the catalogue, and all that are suggested and not in it, the best first."""
    known = catalogue.list_models(store)
    taken = {model.location.lower() for model in known}
    others = [one.hub_id for one in suggestions() if one.hub_id.lower() not in taken]
    found = [candidate(model, wish, machine, store) for model in known]
    steady = replace(machine, memory_free_gb=0.0, disk_free_gb=0.0)  # no estimate asks for them
    about = _what_counts(wish)
    found += [_not_here(_Case(hub_id, about, steady, wish)) for hub_id in others]
    return sorted(found, key=lambda one: _rank(one, wish))


@dataclass(frozen=True)
class _Case:
    """A model that is not here, what it is to learn, and where."""

    hub_id: str
    about: tuple[object, ...]
    machine: Hardware
    wish: Wish = field(compare=False)
    """Told apart by `about`."""


def _what_counts(wish: Wish) -> tuple[object, ...]:
    """All of a wish that an estimate depends on; examples are told by their file, which never changes."""
    about = (wish.task, wish.rows, wish.mean_chars)
    if (version := wish.version) is None:
        return about
    return (
        *about, version.path, version.path.is_file(), version.task, version.mean_chars,
        version.splits.get("train", 0), bool(version.report.get("turns")),
        is_of_pairs(wish.task, version.mapping), str(version.mapping.get("system") or ""),
    )  # fmt: skip


@functools.lru_cache(maxsize=4096)
def _not_here(case: _Case) -> Candidate:
    """Of dozens of models, whenever the page is opened: nothing but the case decides about them."""
    suggestion = suggestion_of(case.hub_id)
    if suggestion is None:
        raise KeyError(case.hub_id)
    return candidate(suggested_model(suggestion), case.wish, case.machine)


def candidate(
    model: ModelInfo, wish: Wish, machine: Hardware, store: Store | None = None
) -> Candidate:
    """How one model would do, by the estimate that the Train page has of the same recipe."""
    rows = wish.rows or _USUAL_ROWS
    turns = wish.version is not None and bool(wish.version.report.get("turns"))
    pair = wish.version is not None and is_of_pairs(wish.task, wish.version.mapping)
    recipe = preset(
        "balanced", task=wish.task, family=model.family, rows=rows, turns=turns, pair=pair
    )
    learned = max(1, round(rows * LEARNED_SHARE))
    tokens: Lengths | float | None = tokens_of(wish.mean_chars) if wish.mean_chars else None
    if wish.version is not None:
        learned = int(wish.version.splits.get("train", 0)) or learned
        tokens = (
            lengths_told(wish.version, model, recipe)
            if store is None
            else lengths_for(store, wish.version, model, recipe)
        )
    cost = estimate_run(
        machine, model, recipe, learned, tokens or recipe.max_length, task=wish.task
    )
    suggestion, place = suggestion_for(model), place_of(model.location)
    return Candidate(
        model=model,
        suggestion=suggestion,
        place=place if suggestion and place is not None else -1,
        learns=can_learn(model, wish.task),
        fit=fit_of(model, machine, recipe, tokens, rows=learned, task=wish.task),
        seconds=cost.seconds,
        run_mb=_run_mb(model),
    )


def _run_mb(model: ModelInfo) -> float:
    """The least memory to answer with it: packed where its family is, its vocabulary in 16 bits."""
    family = family_named(model.family)
    vocabulary = model.vocab_size * model.hidden_size
    layers = max(0, model.parameters - vocabulary)
    packed = family.packs_weights and model.packed_layers != 0
    weights = vocabulary * 2 + layers * _PACKED_BYTES if packed else model.parameters * 4
    return family.process_mb + weights / 1e6


def _rank(one: Candidate, wish: Wish) -> tuple[object, ...]:
    """Smaller is better: first whether it can be had and used at all, then how well it suits."""
    knows = one.knows(wish.texts.languages)
    size = -round(one.layers_weights / _ALIKE) if one.is_quick else one.seconds
    return (
        not one.learns,
        not one.fit.ok,
        one.commercial_use == NO,
        {True: 0, None: 1, False: 2}[knows],
        _writes_in_vain(one, wish),
        not one.reads(wish.texts.tokens),
        _kind(one, wish),
        (YES, CONDITIONS, "", NO).index(one.commercial_use),
        one.model.state == SUGGESTED and bool(one.suggestion and one.suggestion.gated),
        not one.is_quick,
        size,
        -one.place,
        one.model.name,
    )


def _writes_in_vain(one: Candidate, wish: Wish) -> bool:
    """Whether it would write what another one reads off: the name of a category."""
    sorts = task_named(wish.task).is_read_off
    return sorts and family_named(one.model.family).writes_text


def _kind(one: Candidate, wish: Wish) -> int:
    """How well it was prepared for the task: 0 for the best."""
    family, task = family_named(one.model.family), task_named(wish.task)
    about = one.suggestion
    if task.is_read_off:
        return int(not (about and about.sentences) and wish.rows < FEW_ROWS)
    instructed = bool(about and about.instructed)
    if wish.texts.shortens:
        return 0 if family.reads_apart else 1 if instructed else 2
    if task.rows_are_documents:
        return 0
    return 2 if not instructed else 1 if family.reads_apart else 0
