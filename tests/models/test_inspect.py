"""What a folder with a model says, and what is wrong with one that holds none."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers import hostile_templates
from tests.helpers.folders import BERT, LLAMA, model_folder, safetensors
from workbench.core.errors import WorkbenchError
from workbench.models.inspect import facts_of, inspect_folder


def test_the_facts_come_from_the_files(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    facts = inspect_folder(folder)
    assert (facts.family, facts.architecture) == ("causal", "LlamaForCausalLM")
    assert facts.parameters == 808
    assert facts.size_bytes == (folder / "model.safetensors").stat().st_size
    assert (facts.context_length, facts.hidden_size, facts.layers) == (2048, 8, 2)
    assert facts.licence == "apache-2.0"


def test_an_encoder_is_known_by_its_type(tmp_path: Path) -> None:
    assert inspect_folder(model_folder(tmp_path / "m", BERT)).family == "encoder"


def test_the_parts_of_a_large_model_are_added_up(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", weights=False)
    safetensors(folder / "a.safetensors", {"x": [10]})
    safetensors(folder / "b.safetensors", {"y": [5, 2]})
    index = {"weight_map": {"x": "a.safetensors", "y": "b.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert inspect_folder(folder).parameters == 20
    (folder / "b.safetensors").unlink()
    with pytest.raises(WorkbenchError, match=r"1 of its 2 weight files.*b\.safetensors"):
        inspect_folder(folder)


def _no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def _no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _checkpoint(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "epoch=3.ckpt")


def _half_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").rename(folder / "vocab.json")


def _own_program(folder: Path) -> None:
    own = {"auto_map": {"AutoModelForCausalLM": "owner/repo--modeling_brandnew.BrandNewModel"}}
    config = LLAMA | own | {"model_type": "brandnew"}
    (folder / "config.json").write_text(json.dumps(config))


def _packed_otherwise(folder: Path) -> None:
    config = LLAMA | {"quantization_config": {"quant_method": "gptq", "bits": 4}}
    (folder / "config.json").write_text(json.dumps(config))


def _nameless(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"architectures": ["OddModel"]}))


def _two_gguf(folder: Path) -> None:
    (folder / "config.json").unlink()
    for name in ("a.gguf", "b.gguf"):
        (folder / name).write_bytes(b"GGUF")
    (folder / "model.safetensors").unlink()


def _torn_gguf(folder: Path) -> None:
    (folder / "config.json").unlink()
    (folder / "model.safetensors").unlink()
    (folder / "a.gguf").write_bytes(b"GGUF" + bytes(7))


def _broken_config(folder: Path) -> None:
    (folder / "config.json").write_text("{not json")


def _adapter(folder: Path) -> None:
    (folder / "config.json").write_text("{}")
    (folder / "adapter_config.json").write_text("{}")


def _cut_off(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _not_safetensors(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"version https://git-lfs")


def _picture_model(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps(LLAMA | {"model_type": "vit"}))


def _rewriter(folder: Path) -> None:
    config = {"model_type": "voxtral", "architectures": ["VoxtralForConditionalGeneration"]}
    (folder / "config.json").write_text(json.dumps(config))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_no_config, "no config.json in it"),
        (_no_tokenizer, "no tokenizer"),
        (_no_weights, r"model\.safetensors is missing"),
        (_checkpoint, "form of another program"),
        (_half_tokenizer, r"beside vocab\.json there must be merges\.txt"),
        (_own_program, r"modeling_brandnew\.py.*auto_map.*never run"),
        (_packed_otherwise, "packed by 'gptq'"),
        (_nameless, "names no model_type, and its architecture 'OddModel'"),
        (_two_gguf, r"2 GGUF files \(a\.gguf, b\.gguf\)"),
        (_torn_gguf, "not a whole GGUF file"),
        (_broken_config, "damaged"),
        (_adapter, "only an adapter"),
        (_cut_off, "cut off"),
        (_not_safetensors, "not a safetensors file"),
        (_picture_model, "type 'vit' cannot be trained"),
        (_rewriter, "An encoder-decoder of the type 'voxtral' cannot be trained here"),
    ],
)
def test_a_folder_without_a_model_is_explained(
    tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    folder = model_folder(tmp_path / "m")
    harm(folder)
    with pytest.raises(WorkbenchError, match=says):
        inspect_folder(folder)


def test_a_folder_one_too_high_says_where_the_model_is(tmp_path: Path) -> None:
    model_folder(tmp_path / "outer" / "model")
    with pytest.raises(WorkbenchError, match="it is in the folder 'model' inside"):
        inspect_folder(tmp_path / "outer")


def test_a_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="does not exist"):
        inspect_folder(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkbenchError, match="is a file, and not a GGUF file"):
        inspect_folder(tmp_path / "file")


@pytest.mark.parametrize(
    "odd",
    [
        {"hidden_size": 1e30},
        {"hidden_size": float("nan")},
        {"num_hidden_layers": 1.5},
        {"max_position_embeddings": -5},
        {"vocab_size": float("inf")},
        {"architectures": 5},
        {"architectures": [5]},
    ],
)
def test_a_number_that_no_model_has_is_named(tmp_path: Path, odd: dict[str, object]) -> None:
    folder = model_folder(tmp_path / "m", {**LLAMA, **odd})
    with pytest.raises(WorkbenchError, match=f"its {next(iter(odd))} is .* which no model has"):
        inspect_folder(folder)


def test_a_context_without_end_is_no_fault(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", {**LLAMA, "max_position_embeddings": -1})
    assert inspect_folder(folder).context_length is None


@pytest.mark.parametrize("index", ["{", "[]", '{"weight_map": 3}', '{"weight_map": {"x": "../a"}}',
                                   '{"weight_map": {"x": 1}}', "[" * 100_000])  # fmt: skip
def test_a_list_of_weights_that_is_none_is_told(tmp_path: Path, index: str) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "model.safetensors.index.json").write_text(index)
    with pytest.raises(WorkbenchError, match="does not list the weights"):
        inspect_folder(folder)


def test_a_config_without_end_is_damaged(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "config.json").write_text('{"model_type": ' + "[" * 100_000)
    with pytest.raises(WorkbenchError, match="is damaged"):
        inspect_folder(folder)


@pytest.mark.parametrize("name", hostile_templates.FILES)
def test_what_is_no_chat_template_is_a_sentence(tmp_path: Path, name: str) -> None:
    folder = model_folder(tmp_path / "Parcel writer")
    (folder / "tokenizer_config.json").write_text("{}")
    hostile_templates.plant(folder, name)
    if name == "a named one that never ends":
        inspect_folder(folder)
        return
    with pytest.raises(WorkbenchError) as refused:
        inspect_folder(folder)
    hostile_templates.check(str(refused.value), folder.name)


def test_a_pickled_model_says_that_it_is_read_by_what_runs_no_program(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", weights=False)
    (folder / "pytorch_model.bin").write_bytes(bytes(4000))
    facts = inspect_folder(folder)
    assert facts.parameters == 1000
    assert "pytorch_model.bin, a kind of file that can run programs" in facts.conversions[0]
    model_folder(folder)
    assert inspect_folder(folder).conversions == ()


def test_the_type_is_told_from_the_architecture_where_config_json_names_none(
    tmp_path: Path,
) -> None:
    config = {name: value for name, value in BERT.items() if name != "model_type"}
    facts = inspect_folder(model_folder(tmp_path / "m", config))
    assert (facts.family, facts.model_type) == ("encoder", "bert")
    assert "'bert' is taken from its architecture, BertModel" in facts.conversions[0]


@pytest.mark.parametrize(
    "names",
    [
        ("spm.model",), ("sentencepiece.bpe.model",), ("tokenizer.model",), ("spiece.model",),
        ("vocab.txt",), ("vocab.json", "merges.txt"),
    ],
)  # fmt: skip
def test_vocabularies_of_every_form_are_taken(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "tokenizer.json").unlink()
    for name in names:
        (folder / name).write_text("x")
    is_written_anew = any("tokenizer.json" in why for why in inspect_folder(folder).conversions)
    assert is_written_anew == names[0].endswith(".model")


def test_the_facts_of_a_model_that_sees_as_well_are_those_of_its_language_model(
    tmp_path: Path,
) -> None:
    inner = {"hidden_size": 8, "num_hidden_layers": 3, "vocab_size": 100,
             "max_position_embeddings": 512}  # fmt: skip
    config = {
        "architectures": ["Gemma3ForConditionalGeneration"], "model_type": "gemma3",
        "text_config": inner, "vision_config": {"hidden_size": 99, "num_hidden_layers": 9},
    }  # fmt: skip
    facts = inspect_folder(model_folder(tmp_path / "m", config))
    assert (facts.family, facts.hidden_size, facts.layers) == ("causal", 8, 3)
    assert (facts.vocab_size, facts.context_length) == (100, 512)


def test_a_program_beside_a_model_that_the_library_knows_is_left_alone(tmp_path: Path) -> None:
    config = LLAMA | {"auto_map": {"AutoModelForCausalLM": "modeling_llama.LlamaForCausalLM"}}
    assert inspect_folder(model_folder(tmp_path / "m", config)).family == "causal"


def test_two_numbers_in_a_byte_are_counted(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m", weights=False)
    state = "w.weight.quant_state.bitsandbytes__nf4"
    shapes = {"w.weight": [400, 1], state: [9], "w.weight.absmax": [13], "norm.weight": [10]}
    safetensors(folder / "model.safetensors", shapes)
    assert inspect_folder(folder).parameters == 810


def test_layers_of_an_encoder_decoder_are_those_of_both_halves() -> None:
    t5 = {"model_type": "t5", "is_encoder_decoder": True, "num_layers": 6, "d_model": 512}
    bart = {"model_type": "bart", "is_encoder_decoder": True, "num_hidden_layers": 6,
            "encoder_layers": 6, "decoder_layers": 3, "d_model": 512}  # fmt: skip
    uneven = {**t5, "num_layers": 4, "num_decoder_layers": 2}
    for config, layers in ((t5, 12), (bart, 9), (uneven, 6)):
        facts = facts_of(config, parameters=1, size_bytes=1, licence="")
        assert (facts.family, facts.layers, facts.hidden_size) == ("seq2seq", layers, 512)
