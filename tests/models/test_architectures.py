"""Which kinds of models the installed transformers knows."""

import subprocess
import sys

import pytest

from workbench.core.errors import WorkbenchError
from workbench.models.architectures import family_of, knows_type, type_of_architecture, type_of_gguf
from workbench.models.families import CAUSAL, SEQ2SEQ


@pytest.mark.parametrize(
    ("model_type", "architecture", "kind"),
    [
        ("llama", "LlamaForCausalLM", "causal"),
        ("qwen2", "Qwen2ForCausalLM", "causal"),
        ("gpt2", "GPT2LMHeadModel", "causal"),
        ("bert", "BertModel", "encoder"),
        ("roberta", "RobertaForMaskedLM", "encoder"),
        ("modernbert", "ModernBertForMaskedLM", "encoder"),
        ("mpnet", "MPNetForMaskedLM", "encoder"),
        ("t5", "T5ForConditionalGeneration", "seq2seq"),
        ("bart", "BartModel", "seq2seq"),
        ("bart", "BartForConditionalGeneration", "seq2seq"),
        ("bart", "BartForCausalLM", "causal"),
        ("mbart", "", "seq2seq"),
        ("pegasus", "PegasusForConditionalGeneration", "seq2seq"),
        ("marian", "MarianMTModel", "seq2seq"),
    ],
)
def test_the_kind_follows_from_the_config(model_type: str, architecture: str, kind: str) -> None:
    assert family_of(model_type, architecture) == kind


def test_an_unknown_type_is_a_sentence() -> None:
    with pytest.raises(WorkbenchError, match="type 'brand-new'"):
        family_of("brand-new", "")


@pytest.mark.parametrize("model_type", ["voxtral", "fsmt", "t5gemma", "bigbird_pegasus"])
def test_encoder_decoders_that_were_never_tried_are_refused(model_type: str) -> None:
    with pytest.raises(WorkbenchError, match=f"type '{model_type}' cannot be trained .*T5"):
        family_of(model_type, "")


def test_every_type_of_encoder_decoders_is_one_of_the_library() -> None:
    for model_type in SEQ2SEQ.types or ():
        assert family_of(model_type, "") == SEQ2SEQ.name


def test_the_library_is_read_and_not_imported() -> None:
    code = (
        "import sys; from workbench.models.architectures import family_of; family_of('llama', '');"
        "print('transformers' in sys.modules or 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("architecture", "model_type"),
    [
        ("BertForMaskedLM", "bert"),
        ("GPT2LMHeadModel", "gpt2"),
        ("XLMRobertaForMaskedLM", "xlm-roberta"),
        ("GPTNeoXForCausalLM", "gpt_neox"),
        ("DistilBertModel", "distilbert"),
    ],
)
def test_the_type_follows_from_the_architecture(architecture: str, model_type: str) -> None:
    assert type_of_architecture(architecture) == model_type


@pytest.mark.parametrize(
    ("architecture", "model_type"),
    [("llama", "llama"), ("gemma3", "gemma3_text"), ("qwen3moe", "qwen3_moe"), ("lfm2", "lfm2")],
)
def test_the_type_follows_from_the_architecture_of_a_gguf_file(
    architecture: str, model_type: str
) -> None:
    assert type_of_gguf(architecture) == model_type


@pytest.mark.parametrize("model_type", ["mistral3", "smolvlm", "llava"])
def test_a_model_that_sees_as_well_writes(model_type: str) -> None:
    assert family_of(model_type, "") == CAUSAL.name
    assert knows_type(model_type)


def test_one_that_only_sees_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="'vit' cannot be trained here"):
        family_of("vit", "")
