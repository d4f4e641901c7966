"""A trained encoder-decoder as a folder, and that folder as a model: one way for every use."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peft import PeftModel
from transformers import AutoModelForSeq2SeqLM, GenerationConfig

from workbench.core.fields.field import Fields, read
from workbench.core.recipe import Recipe
from workbench.core.tasks import COMPLETION
from workbench.engine.generative.model import Adapted, load_for_answers
from workbench.engine.models.load import base_folder, load_base, read_tokenizer
from workbench.engine.seq2seq.encode import PairTokenizer, Wording, limits_of
from workbench.engine.seq2seq.framing import Framing, framing_of, settings_of
from workbench.jobs.process.specs import BaseModelRef
from workbench.models.trained import read_trained


@dataclass
class Seq2seqModel(Adapted):
    """A base model, with its adapter if it was trained, and how it is asked."""

    model: Any
    tokenizer: PairTokenizer
    wording: Wording
    fields: Fields = ()
    """Those that its answers hold; empty for other tasks, and where they are not known."""

    @property
    def whole(self) -> Any:
        """The transformers model; an adapter lives inside of it."""
        return self.model.get_base_model() if isinstance(self.model, PeftModel) else self.model


def load_seq2seq(
    base: BaseModelRef,
    adapter: Path | None,
    recipe: Recipe,
    *,
    task: str = COMPLETION.name,
    system: str = "",
    fields: Fields = (),
) -> Seq2seqModel:
    """A model that is ready to answer.

    Args:
        adapter: folder made by a training, which knows better than the other arguments; None for
            the base model as it is.

    Raises:
        WorkbenchError: something is missing or cannot be read.
    """
    trained = read_trained(adapter) if adapter else None
    folder = base_folder(base)
    quantization = trained.quantization if trained else recipe.quantization
    longest = trained.max_length if trained else recipe.max_length
    way = trained.long_texts if trained else ""
    tokenizer = load_pair_tokenizer(adapter or folder, folder, longest, way)
    model = load_to_answer(folder, quantization, tokenizer.framing)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    wording = Wording(task, system)
    if trained:
        wording = Wording(trained.task, trained.system, trained.labels)
    known = read(trained.fields) if trained else fields
    return Seq2seqModel(model.eval(), tokenizer, wording, known)


def load_pair_tokenizer(
    source: Path, base: Path, longest: int, long_texts: str = ""
) -> PairTokenizer:
    """The tokenizer in `source` (a trained model's folder, or its base's); it has no chat template.

    Args:
        base: the folder of the base model.
        longest: tokens of each text, as the recipe wants them.
        long_texts: what is read of longer ones.

    Raises:
        WorkbenchError: there is none, or it has no end-of-text token, or the base model does not
            say how answers begin.
    """
    tokenizer = read_tokenizer(source)
    tokenizer.chat_template = None
    framing = framing_of(base, tokenizer)
    return PairTokenizer(tokenizer, framing, limits_of(framing, longest), long_texts)


def load_rewriter(folder: Path, quantization: str = "none", double_quant: bool = True) -> Any:
    """An encoder-decoder without adapters, on the device it runs on, whole.

    Raises:
        WorkbenchError: the folder holds no such model, or not all of it.
    """
    return load_base(folder, quantization, double_quant, AutoModelForSeq2SeqLM, strict=True)


def load_to_answer(folder: Path, quantization: str, framing: Framing) -> Any:
    """A base model that writes quickly, and plainly: the likeliest token each time.

    What its files say of beams, lengths and repetitions was set for another task.
    """
    model = load_for_answers(folder, quantization, load_rewriter)
    given = settings_of(folder)
    model.generation_config = GenerationConfig(
        decoder_start_token_id=framing.start,
        eos_token_id=list(framing.ends),
        pad_token_id=framing.pad,
        bad_words_ids=given.bad_words_ids,
        suppress_tokens=given.suppress_tokens,
    )
    return model
