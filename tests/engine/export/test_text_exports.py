"""A model that writes, in every form: read back by the program it is for, and refused where it is spoilt."""

import csv
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
from gguf import GGUFReader
from peft import PeftModel
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from tests.engine.export.conftest import Shop
from tests.helpers import exports, writers
from tests.helpers.engine_jobs import run, run_orphaned
from tests.helpers.exports import export_job
from workbench.engine.export import job as export_jobs
from workbench.engine.export import llama, text_exports, ways
from workbench.engine.export.merged import Merged
from workbench.jobs.process.job_dir import read_json
from workbench.jobs.process.stop import Orphaned
from workbench.models.exports.certificate import EXPORT, Certificate

WAYS = ["trainer", "file", "playground", "api", "weights", "export"]
QUESTION = "Where is my pen?"


def certificate(result: dict[str, Any]) -> Certificate:
    return Certificate.from_dict(result["certificate"])


def unpacked(folder: Path, target: Path) -> Path:
    """The only folder in the only zip."""
    (archive,) = (folder / "export").iterdir()
    with zipfile.ZipFile(archive) as held:
        held.extractall(target)
    (found,) = target.iterdir()
    return found


@pytest.mark.parametrize("form", ["merged", "adapter"])
def test_what_transformers_and_peft_read_answers_letter_by_letter(
    writer_shop: Shop, form: str, tmp_path: Path
) -> None:
    job, result = writer_shop.export(form, card="# Replies")
    assert result["status"] == "succeeded", result["reason"]
    found = certificate(result)
    assert [way.name for way in found.ways] == WAYS
    assert all(way.passed for way in found.ways)
    export = found.way(EXPORT)
    assert export is not None
    assert export.same == export.questions >= 14
    assert (found.prompts, found.exam_questions) == (found.ways[-1].questions - 4, 4)
    assert found.template_same is True
    assert len(found.template_sha256) == 64
    folder = unpacked(job.path, tmp_path)
    card = (folder / "README.md").read_text()
    assert card.startswith("# Replies\n\n## The base model\n")
    assert "from_pretrained" in card
    assert read_json(folder / "certificate.json") == result["certificate"]


def test_the_adapter_loads_with_plain_peft_and_names_its_base(
    writer_shop: Shop, tmp_path: Path
) -> None:
    job, _ = writer_shop.export("adapter", source="ann/base", licence="Apache-2.0")
    folder = unpacked(job.path, tmp_path)
    head = (folder / "README.md").read_text()
    assert 'base_model: "ann/base"\nlicense: "apache-2.0"\n' in head
    assert "licence Apache-2.0" in head
    about = read_json(folder / "adapter_config.json")
    assert isinstance(about, dict)
    assert about["base_model_name_or_path"] == "ann/base"
    base = read_json(writer_shop.trained.spec)["base"]["path"]  # type: ignore[index, call-overload]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), folder)
    model.generation_config = GenerationConfig.from_pretrained(folder)
    assert answer(model, AutoTokenizer.from_pretrained(folder)).startswith("Your pen: ")


def test_the_merged_model_stops_by_itself_with_nothing_but_its_folder(
    writer_shop: Shop, tmp_path: Path
) -> None:
    job, _ = writer_shop.export("merged")
    folder = unpacked(job.path, tmp_path)
    model = AutoModelForCausalLM.from_pretrained(folder)
    assert model.dtype in (torch.bfloat16, torch.float16)
    assert answer(model, AutoTokenizer.from_pretrained(folder)).endswith(".")
    settings = read_json(folder / "generation_config.json")
    assert isinstance(settings, dict)
    assert settings["do_sample"] is False
    assert "repetition_penalty" not in settings


def answer(model: Any, tokenizer: Any) -> str:
    """What its own template and end mark make of a question."""
    turns = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": QUESTION}]
    prompt = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
    written = model.generate(**ids, max_new_tokens=60)
    return str(tokenizer.decode(written[0, ids["input_ids"].shape[1] :], skip_special_tokens=True))


def test_a_gguf_file_has_template_end_and_modelfile(writer_shop: Shop) -> None:
    job, result = writer_shop.export("gguf", "f16")
    assert result["status"] == "succeeded", result["reason"]
    folder = job.path / "export"
    assert {file["name"] for file in result["files"]} == {
        "replies-f16.gguf", "Modelfile", "README.md", "certificate.json", "how_to_ask.json",
    }  # fmt: skip
    told = GGUFReader(folder / "replies-f16.gguf")
    value = lambda key: told.get_field(f"tokenizer.{key}").contents()  # type: ignore[union-attr] # noqa: E731
    tokens = value("ggml.tokens")
    assert tokens[value("ggml.eos_token_id")] == "<|im_end|>"
    assert "<|im_start|>" in value("chat_template")
    assert not value("ggml.add_bos_token")
    text = (folder / "Modelfile").read_text()
    assert text.startswith("FROM ./replies-f16.gguf\n")
    assert 'PARAMETER stop "<|im_end|>"\n' in text
    assert 'SYSTEM """Be kind."""' in text
    assert certificate(result).way(EXPORT).read_by.startswith("llama.cpp")  # type: ignore[union-attr]


@pytest.mark.parametrize("quantization", ["q8_0", "q4_k_m"])
def test_fewer_bits_are_judged_by_score_and_share(writer_shop: Shop, quantization: str) -> None:
    _, result = writer_shop.export("gguf", quantization)
    way = certificate(result).ways[-1]
    assert way.surprise is not None
    assert 0 < way.same <= way.questions
    assert way.score is not None
    assert result["status"] == ("succeeded" if way.passed else "failed")


def swap_layers(file: Path) -> None:
    """Spoil saved weights."""
    held = load_file(file)
    swapped = {
        name: held[name.replace("layers.0", "layers.X").replace("layers.1", "layers.0").replace("layers.X", "layers.1")]
        for name in held
    }  # fmt: skip
    save_file(swapped, file, {"format": "pt"})


@pytest.mark.parametrize(("form", "quantization"), [("merged", ""), ("gguf", "q8_0")])
def test_a_spoilt_export_is_not_offered_and_says_why(
    writer_shop: Shop, form: str, quantization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Merged.save

    def spoil(self: Merged, folder: Path) -> None:
        save(self, folder)
        swap_layers(folder / "model.safetensors")

    monkeypatch.setattr(Merged, "save", spoil)
    job, result = writer_shop.export(form, quantization)
    assert result["status"] == "failed"
    assert "So it is not offered." in result["reason"]
    assert not (job.path / "export").exists()
    assert not (job.path / "work").exists()
    found = certificate(result)
    assert not found.passed
    assert [way.name for way in found.ways if not way.passed] == [EXPORT]


def test_a_program_that_puts_questions_otherwise_is_refused(
    writer_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = llama.read_back

    def longer(*values: Any, **named: Any) -> list[dict[str, Any]]:
        return [{**one, "read": one["read"] + 1} for one in read(*values, **named)]

    monkeypatch.setattr(llama, "read_back", longer)
    _, result = writer_shop.export("gguf", "f16")
    assert result["status"] == "failed"
    assert "other tokens than the model learned" in result["reason"]


def test_a_model_that_the_converter_does_not_know_says_so(
    writer_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama, "converter_folder", lambda: Path("/nowhere"))
    _, result = writer_shop.export("gguf", "f16")
    assert result["status"] == "failed"
    assert "run `make setup`" in result["reason"]


def test_the_hand_over_answers_a_file_with_nothing_but_its_requirements(
    writer_shop: Shop, tmp_path: Path
) -> None:
    job, result = writer_shop.export("zip", "f16", licence="Apache-2.0", card="# Replies")
    assert result["status"] == "succeeded", result["reason"]
    folder = unpacked(job.path, tmp_path / "unpacked")
    assert {file.name for file in folder.iterdir()} >= {
        "answer_csv.py", "requirements.txt", "LICENCE.txt", "README.md", "certificate.json",
    }  # fmt: skip
    assert "Apache-2.0" in (folder / "LICENCE.txt").read_text()
    assert [line.split("==")[0] for line in (folder / "requirements.txt").read_text().split()] == [
        "xllamacpp"
    ]
    table = tmp_path / "in.csv"
    table.write_text(f'number,prompt\n1,"{QUESTION}"\n2,\n', "utf-8")
    answered = ran(folder, table, tmp_path / "out.csv")
    assert answered[0]["answer"].startswith("Your pen: ")
    assert answered[0]["number"] == "1"


def ran(folder: Path, table: Path, out: Path) -> list[dict[str, str]]:
    """What the script beside a model makes of a file, in a process that has nothing else of ours."""
    script = (
        "import runpy, sys\n"
        f"sys.argv = ['answer_csv.py', {str(table)!r}, {str(out)!r}]\n"
        "try:\n"
        f"    runpy.run_path({str(folder / 'answer_csv.py')!r}, run_name='__main__')\n"
        "except SystemExit as error:\n"
        "    assert not error.code, error.code\n"
        "ours = {'workbench', 'storage', 'torch', 'transformers', 'peft', 'streamlit'} & set(sys.modules)\n"
        "assert not ours, ours\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_was_asked_already_is_not_asked_again(
    writer_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ways.Asking, "ask_all", lambda *_: pytest.fail("asked again"))
    _, result = writer_shop.export("merged")
    assert result["status"] == "succeeded"


def test_a_paused_export_goes_on_with_what_was_asked(
    writer_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = export_job(writer_shop.folder / "paused", writer_shop.trained, "merged",
                     earlier=writer_shop.earlier)  # fmt: skip

    def leave(*_: Any) -> Any:
        raise Orphaned

    with monkeypatch.context() as patch:
        patch.setattr(export_jobs, "_kept", leave)
        run_orphaned(job)
    assert (job.path / "ways.json").is_file()
    assert not (job.path / "work").exists()
    spec = read_json(job.spec)
    assert isinstance(spec, dict)
    job.spec.write_text(json.dumps({**spec, "earlier": []}))
    monkeypatch.setattr(ways.Asking, "ask_all", lambda *_: pytest.fail("asked again"))
    assert run(job)["status"] == "succeeded"


def test_examples_that_are_gone_are_said(writer_shop: Shop) -> None:
    _, result = writer_shop.export("merged", data="/nowhere.parquet")
    assert result["status"] == "failed"
    assert "gone" in result["reason"] or "not" in result["reason"]


def test_what_a_library_meets_in_an_export_is_a_reason_not_to_offer_it(
    writer_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a tensor is missing\nand more")

    monkeypatch.setattr(text_exports, "read_causal", broken)
    job, result = writer_shop.export("merged")
    assert result["status"] == "failed"
    assert "cannot read it (a tensor is missing), so it is not offered" in result["reason"]
    assert not (job.path / "export").exists()


def test_a_model_that_chooses_categories_is_told_what_changes_elsewhere(tmp_path: Path) -> None:
    rows = [{"text": f"{word} number {i}", "label": label}
            for i in range(8) for word, label in (("parcel", "Delivery"), ("bill", "Payment"))]  # fmt: skip
    splits = ["train"] * 12 + ["validation"] * 2 + ["test"] * 2
    data = writers.write_rows(tmp_path / "data.parquet", rows, splits)
    recipe = writers.recipe(num_train_epochs=40, learning_rate=2e-2, max_length=200)
    base = writers.make_writer(tmp_path / "base")
    trained = exports.train_writer(tmp_path, base, data, task="classification", recipe=recipe)
    result = run(export_job(tmp_path / "merged", trained, "merged"))
    found = certificate(result)
    assert [way.name for way in found.ways] == WAYS
    assert any("elsewhere it has to write one" in note for note in found.notes)
    assert any("shorten long texts before you ask there" in note for note in found.notes)
    trainer, _, playground, api = found.ways[:4]
    assert playground.same == playground.questions == trainer.questions >= 12
    assert api.questions >= 12  # among them odd ones, to which it writes what is no category
    assert (api.score, api.usual_score) == (1.0, 1.0)
