"""What `models` lists: the base models that are here, those to download, and what is recommended."""

import argparse
import dataclasses
from collections.abc import Iterator, Mapping, Sequence

from storage.database import Store
from workbench.cli.accounts.acting import open_store
from workbench.cli.model_facts import USES, candidate_facts, model_facts
from workbench.cli.output import emit
from workbench.core.tasks import CLASSIFICATION, TASKS
from workbench.core.words import short_count
from workbench.data.checkup.checks.languages import language_named
from workbench.data.texts import Texts, texts_of
from workbench.data.versions import latest_version
from workbench.models.model_info import SUGGESTED
from workbench.projects import model_candidates
from workbench.projects.model_candidates import Candidate, Wish
from workbench.projects.model_choice import recommend
from workbench.system.hardware import hardware


def add_options(models: argparse.ArgumentParser) -> None:
    """What is to be learned, for what is recommended."""
    models.add_argument(
        "--dataset", type=int, metavar="ID", help="what suits this dataset's newest version"
    )
    models.add_argument("--task", choices=list(TASKS), help="what suits a task")
    models.add_argument(
        "--language", metavar="L", help="what knows the language of the texts: de, or German"
    )
    models.add_argument("--rows", type=int, default=0, metavar="N", help="examples to learn from")


def show(options: argparse.Namespace) -> int:
    """Print the models that are here and those that are suggested, with what is recommended."""
    store = open_store()
    wish = _wish(store, options)
    found = model_candidates.candidates(store, wish, hardware())
    asked = options.task or options.dataset is not None or options.language
    best = recommend(found, wish) if asked else []
    reasons = {one.candidate.model.location: one.reason for one in best}
    here = sorted(
        (one for one in found if one.model.state != SUGGESTED), key=lambda one: one.model.id
    )
    others = [one for one in found if one.model.state == SUGGESTED]
    if options.language:
        others = [one for one in others if one.knows(wish.texts.languages)]
    if options.task or options.dataset is not None:
        others = [one for one in others if one.learns]
    value = {
        "models": [model_facts(one.model) | {"state": one.model.state} | candidate_facts(one, reasons)
                   for one in here],
        "suggestions": [{"model": one.model.name} | candidate_facts(one, reasons)
                        for one in others],
    }  # fmt: skip
    emit(options, value, "\n".join(_lines(here, others, reasons)))
    return 0


def _lines(
    here: Sequence[Candidate], others: Sequence[Candidate], reasons: Mapping[str, str]
) -> Iterator[str]:
    """What a person reads: those that are here, those to download, and what is recommended."""
    for one in here:
        model = one.model
        yield f"{model.name}: {model.family}, {short_count(model.parameters)} parameters, {model.state}"
    yield f"To download, the best first{'' if reasons else ' for sorting texts'}:"
    for one in others:
        if about := one.suggestion:
            use = USES[about.commercial_use]
            yield (
                f"  {about.hub_id}: {one.model.family}, {short_count(one.model.parameters)} parameters, "
                f"{about.licence or 'licence not known'} ({use}), {one.fit.sentence}"
            )
    for one in (*here, *others):
        if reason := reasons.get(one.model.location):
            yield f"Recommended: {one.model.name}. {reason}"


def _wish(store: Store, options: argparse.Namespace) -> Wish:
    """What is to be learned, as the options say; a dataset says all that they leave open."""
    languages = (language_named(options.language),) if options.language else ()
    if options.dataset is None:
        texts = Texts(languages=languages)
        return Wish(options.task or CLASSIFICATION.name, options.rows, texts=texts)
    version = latest_version(store, options.dataset)
    known = texts_of(version)
    texts = dataclasses.replace(known, languages=languages or known.languages)
    rows = options.rows or version.rows
    return Wish(options.task or version.task, rows, version.mean_chars, texts)
