"""One family of models from being added to answering: what each column of `make families` needs."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import AutoTokenizer

from tests.helpers import encoders, field_models, writers
from tests.helpers.engine_jobs import losses, predictions, run
from workbench.core.recipe import Recipe
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.marks import token_ids
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.systems import prompt_of
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.families import engine_of
from workbench.engine.models.convert import write_folder
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.formats import model_files
from workbench.models.inspect import inspect_folder
from workbench.models.templates import template_of

STEPS = 20
ROW = {"row_id": 1, **writers.replies(1)[0]}
LEARNED_S = {"num_train_epochs": 40, "learning_rate": 2e-2, "per_device_train_batch_size": 4}


@dataclass
class FamilyCheck:
    """What was seen of a family."""

    name: str
    added: bool = False
    four_bits: str = ""
    """Packed layers of all; empty for models that are not packed."""
    first_loss: float = float("nan")
    last_loss: float = float("nan")
    exam: bool = False
    stops: bool | None = None
    same_ids: bool | None = None
    same_logits: bool = False
    failed: str = ""
    """Why it got no further."""

    @property
    def is_green(self) -> bool:
        """Whether all went well."""
        return bool(
            not self.failed
            and self.added
            and self.last_loss < self.first_loss
            and self.exam
            and self.stops is not False
            and self.same_ids is not False
            and self.same_logits
        )


def check_writer(name: str, folder: Path) -> FamilyCheck:
    """A model that writes: added, trained for 20 steps in 4 bits, examined, asked, loaded again."""
    seen, base = FamilyCheck(name), _added(name, folder, field_models.make_writer)
    tried = engine_of("causal").checked_load(base, lambda *_: None)
    seen.added, seen.four_bits = True, f"{tried.packed_layers} of {tried.layers}"
    data = writers.write_rows(
        folder / "data.parquet",
        [ROW] * (STEPS + 8),
        ["train"] * 20 + ["validation"] * 4 + ["test"] * 4,
    )
    settings = {"quantization": "nf4", "per_device_train_batch_size": 1, "num_train_epochs": 1,
                "learning_rate": 2e-2, "eval_max_new_tokens": 48, "max_length": 128, "r": 8,
                "lora_alpha": 16}  # fmt: skip
    job = writers.write_job(folder / "job", base, data, recipe=writers.recipe(**settings))
    result = run(job)
    seen.exam = result["status"] == "succeeded" and bool(result["scores"]["test"]["tuned"])
    seen.first_loss, seen.last_loss = _ends(losses(job))
    reference = BaseModelRef(name, base, "causal")
    seen.same_ids = _ids_are_the_librarys(base)
    seen.stops = _stops(reference, job, folder)
    seen.same_logits = _logits_stay(reference, job)
    return seen


def check_encoder(name: str, folder: Path) -> FamilyCheck:
    """A model that reads: added, trained, examined, loaded again."""
    seen, base = FamilyCheck(name), _added(name, folder, field_models.make_encoder)
    engine_of("encoder").checked_load(base, lambda *_: None)
    seen.added = True
    data = encoders.split_data(folder / "data.parquet", [*encoders.examples()] * 4)
    settings = encoders.recipe(num_train_epochs=1, learning_rate=2e-3)
    job = encoders.make_job(folder / "job", base, data, recipe=settings)
    result = run(job)
    seen.exam = result["status"] == "succeeded" and bool(result["scores"]["test"]["tuned"])
    seen.first_loss, seen.last_loss = _ends(losses(job))
    answered, reference = predictions(result), BaseModelRef(name, base, "encoder")
    texts = [str(text) for text in answered["input"]]
    loaded, again = (load_encoder_model(reference, job.adapter) for _ in range(2))
    shares = loaded.probabilities(texts)
    seen.same_logits = (shares == again.probabilities(texts)).all() and (
        [loaded.labels[i] for i in shares.argmax(1)] == answered["tuned"]
    )
    return seen


def _added(name: str, folder: Path, make: Callable[[Path, str], Path]) -> Path:
    source = make(folder / name, name)
    facts = inspect_folder(source)
    if not facts.conversions:
        return source
    target = folder / f"{name}-converted"
    target.mkdir()
    write_folder(source, model_files(source), target, facts.model_type)
    return target


def _ends(curve: dict[int, float]) -> tuple[float, float]:
    """The mean loss of the first and of the last few steps."""
    values = [curve[step] for step in sorted(curve)]
    few = max(1, min(3, len(values) // 2))
    return sum(values[:few]) / few, sum(values[-few:]) / few


def _ids_are_the_librarys(base: Path) -> bool:
    """Whether a conversation has the ids that the library's own template gives it."""
    tokenizer = AutoTokenizer.from_pretrained(base)
    template = template_of(base)
    tokenizer.chat_template = template.source
    turns = [{"role": "user", "content": ROW["prompt"]}]
    theirs = tokenizer.apply_chat_template(turns, add_generation_prompt=True, tokenize=True)
    theirs = theirs["input_ids"] if hasattr(theirs, "keys") else theirs
    return token_ids(template.render(turns, add_generation_prompt=True), tokenizer) == list(theirs)


def _stops(base: BaseModelRef, job: JobDir, folder: Path) -> bool:
    """Whether a model that learned one answer by heart writes it and ends by itself."""
    data = writers.write_rows(
        folder / "one.parquet", [ROW] * 6, ["train"] * 4 + ["validation", "test"]
    )
    settings = writers.recipe(
        **LEARNED_S, eval_max_new_tokens=96, max_length=192, r=8, lora_alpha=16
    )
    learned = writers.write_job(folder / "learned", base.path, data, recipe=settings)
    run(learned)
    model = load_causal(base, learned.adapter, Recipe(quantization="none"))
    texts = write_answers(model, [prompt_of(model, ROW)], 96, Stop(), lambda _: None)
    return texts == [ROW["response"]]


@torch.no_grad()
def _logits_stay(base: BaseModelRef, job: JobDir) -> bool:
    """Whether a trained model that is loaded twice says the same, and not what its base says."""
    found = []
    for _ in range(2):
        model = load_causal(base, job.adapter, Recipe())
        inputs = model.encode(prompt_of(model, ROW))
        found.append(model.model(**inputs).logits)
        with model.untrained():
            untrained = model.model(**inputs).logits
    return torch.equal(*found) and not torch.equal(found[0], untrained)
