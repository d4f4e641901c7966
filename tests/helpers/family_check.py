"""One family of models from being added to answering: what each column of `make families` needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer

from tests.helpers import encoders, field_models, writers
from tests.helpers.engine_jobs import losses, predictions, run
from tests.helpers.rewriters import make_rewriter
from workbench.core.messages import render_prompt
from workbench.core.recipe import Recipe
from workbench.engine.causal.encode import Wording, encode
from workbench.engine.causal.generate import write_answers
from workbench.engine.causal.model import load_causal
from workbench.engine.causal.reading import text_ids
from workbench.engine.causal.systems import prompt_of
from workbench.engine.encoder.model import load_encoder_model
from workbench.engine.families import engine_of
from workbench.engine.models.convert import write_folder
from workbench.engine.runtime.precision import precision
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_seq2seq
from workbench.jobs.process.job_dir import JobDir
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Stop
from workbench.models.families import SEQ2SEQ
from workbench.models.formats import model_files
from workbench.models.inspect import inspect_folder
from workbench.models.templates import template_of

STEPS = 20
SHORT = "it is late"
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
    seen, base = FamilyCheck(name), added(name, folder, field_models.make_writer)
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
    seen, base = FamilyCheck(name), added(name, folder, field_models.make_encoder)
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


def check_rewriter(name: str, folder: Path) -> FamilyCheck:
    """A model that rewrites: added, trained for 20 steps in 4 bits, examined, asked, loaded again."""
    seen, base = FamilyCheck(name), make_rewriter(folder / name, name)
    assert inspect_folder(base).family == SEQ2SEQ.name
    tried = engine_of(SEQ2SEQ.name).checked_load(base, lambda *_: None)
    seen.added, seen.four_bits = True, f"{tried.packed_layers} of {tried.layers}"
    splits = ["train"] * 16 + ["validation"] * 4 + ["test"] * 4
    rows = [{**row, "response": SHORT} for row in writers.replies(len(splits))]
    data = writers.write_rows(folder / "data.parquet", rows, splits)
    settings = {"quantization": "nf4", "max_steps": STEPS, "r": 16, "lora_alpha": 32,
                "learning_rate": 1e-2, "lr_scheduler_type": "constant",
                "per_device_train_batch_size": 8, "eval_max_new_tokens": 40,
                "early_stopping_patience": 0}  # fmt: skip
    job = writers.write_job(
        folder / "job", base, data, family=SEQ2SEQ.name, recipe=writers.recipe(**settings)
    )
    result = run(job)
    seen.exam = result["status"] == "succeeded" and bool(result["scores"]["test"]["tuned"])
    seen.first_loss, seen.last_loss = _ends(losses(job))
    seen.stops = predictions(result)["tuned"] == [SHORT] * 4
    texts = load_pair_tokenizer(base, base, 128)
    seen.same_ids = texts.source(ROW["prompt"])[0] == texts.own(ROW["prompt"])["input_ids"]
    seen.same_logits = _pair_logits_stay(BaseModelRef(name, base, SEQ2SEQ.name), job)
    return seen


@torch.no_grad()
def _pair_logits_stay(base: BaseModelRef, job: JobDir) -> bool:
    """As `_logits_stay`, of a model of two halves."""
    found = []
    for _ in range(2):
        model = load_seq2seq(base, job.adapter, Recipe())
        source = torch.tensor([model.tokenizer.whole_source(ROW["prompt"])])
        begun = torch.tensor([model.tokenizer.framing.begun])
        asked = {"input_ids": source, "decoder_input_ids": begun, "use_cache": False}
        with precision():
            found.append(model.model(**asked).logits)
            with model.untrained():
                untrained = model.model(**asked).logits
    return torch.equal(*found) and not torch.equal(found[0], untrained)


def added(name: str, folder: Path, make: Callable[[Path, str], Path]) -> Path:
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
    """Whether question and example have the ids that the library's own template gives them.

    The library is told that nothing is thought, too. A thought that its question opens all the same
    is closed here, so that question and example go on from there.
    """
    tokenizer, template = AutoTokenizer.from_pretrained(base), template_of(base)
    tokenizer.chat_template = template.source
    wording = Wording("completion", template)
    row = {"row_id": 1, **ROW}
    turns = wording.messages(row)
    asked = text_ids(render_prompt(turns[:-1], template), tokenizer)
    theirs = _library_ids(tokenizer, turns[:-1], asks=True)
    example = encode([row], wording, tokenizer, 256)[0].input_ids.tolist()
    if asked == theirs:
        return example == _library_ids(tokenizer, turns)
    return asked[: len(theirs)] == theirs and example[: len(asked)] == asked


def _library_ids(tokenizer: Any, turns: Sequence[Any], *, asks: bool = False) -> list[int]:
    told = tokenizer.apply_chat_template(
        turns, add_generation_prompt=asks, tokenize=True, enable_thinking=False
    )
    return list(told["input_ids"] if hasattr(told, "keys") else told)


def _stops(base: BaseModelRef, job: JobDir, folder: Path) -> bool:
    """Whether a model that learned one answer by heart writes it and ends by itself."""
    data = writers.write_rows(
        folder / "one.parquet", [ROW] * 6, ["train"] * 4 + ["validation", "test"]
    )
    settings = writers.recipe(
        **LEARNED_S, eval_max_new_tokens=96, max_length=320, r=8, lora_alpha=16
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
