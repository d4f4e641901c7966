"""Adding a model as a job: converted, loaded and tried, or refused with the reason."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.helpers.encoders import make_encoder
from tests.helpers.engine_jobs import PEFT_WARNS, events, run
from tests.helpers.odd_forms import as_malicious, as_pickle, write_gguf
from tests.helpers.writers import make_writer
from workbench.engine.models import adding
from workbench.jobs.process.job_dir import JobDir, write_json
from workbench.jobs.process.meter import Meter
from workbench.jobs.process.stop import Cancelled
from workbench.models.inspect import inspect_folder

pytestmark = [pytest.mark.filterwarnings(PEFT_WARNS), pytest.mark.usefixtures("one_thread")]


def add_job(tmp_path: Path, source: Path) -> JobDir:
    facts = inspect_folder(source)
    job = JobDir(tmp_path / "job")
    job.path.mkdir()
    spec = {
        "kind": "add", "job_id": 1, "attempt": 1, "source": str(source), "family": facts.family,
        "model_type": facts.model_type,
        **({"target": str(tmp_path / "models" / "m")} if facts.conversions else {}),
    }  # fmt: skip
    write_json(job.spec, spec)
    return job


def test_a_model_that_writes_is_tried_where_it_lies(tmp_path: Path) -> None:
    source = make_writer(tmp_path / "m")
    job = add_job(tmp_path, source)
    result = run(job)
    assert result["status"] == "succeeded"
    assert (result["path"], result["parameters"]) == (str(source), 40096)
    assert (result["packed_layers"], result["layers"]) == (14, 14)
    assert set(result["checks"]) == {
        "weights", "4 bits", "template", "begin", "end", "answers", "learning",
    }  # fmt: skip
    assert result["checks"]["end"] == "An answer ends with <|im_end|>."
    assert [event["name"] for event in events(job, "phase")] == ["checking"]


def test_an_encoder_is_tried(tmp_path: Path) -> None:
    result = run(add_job(tmp_path, make_encoder(tmp_path / "m")))
    assert result["packed_layers"] is None
    assert set(result["checks"]) == {"weights", "reading", "begin", "learning"}


def test_a_pickled_model_is_converted_by_a_process_of_its_own(tmp_path: Path) -> None:
    job = add_job(tmp_path, as_pickle(make_writer(tmp_path / "m"), 2))
    result = run(job)
    assert result["status"] == "succeeded"
    assert result["path"] == str(tmp_path / "models" / "m")
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["m"]
    assert [event["name"] for event in events(job, "phase")] == ["preparing", "checking"]


def test_a_gguf_file_is_unpacked(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "tiny.gguf", make_writer(tmp_path / "m"))
    result = run(add_job(tmp_path, file))
    assert (result["status"], result["packed_layers"]) == ("succeeded", 14)


def test_a_pickle_with_a_program_is_refused_runs_nothing_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    source = as_malicious(make_writer(tmp_path / "m"), tmp_path / "ran")
    result = run(add_job(tmp_path, source))
    assert result["status"] == "failed"
    assert "it asks for 'posix.system'" in result["reason"]
    assert not (tmp_path / "ran").exists()
    assert not list((tmp_path / "models").iterdir())


def test_a_conversion_that_is_cancelled_leaves_nothing(tmp_path: Path) -> None:
    source = as_pickle(make_writer(tmp_path / "m"))
    target = tmp_path / "models" / "m"

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        adding.convert(source, target, "llama", Meter(_Unheard(), cancel))  # type: ignore[arg-type]
    assert not list(target.parent.iterdir())


class _Unheard:
    def progress(self, *_: Any, **__: Any) -> None:
        """Nobody listens."""


def _change(
    folder: Path, change: Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]
) -> None:
    save_file(change(load_file(folder / "model.safetensors")), folder / "model.safetensors")


def _without_a_layer(folder: Path) -> None:
    _change(folder, lambda weights: {n: w for n, w in weights.items() if "layers.1.mlp" not in n})


def _one_layer_more(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(
        json.dumps({**config, "num_hidden_layers": 1, "layer_types": None})
    )


def _another_width(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "intermediate_size": 96}))


def _broken_numbers(folder: Path) -> None:
    _change(folder, lambda weights: {n: w * float("nan") for n, w in weights.items()})


def _too_many_words(folder: Path) -> None:
    tokens = json.loads((folder / "tokenizer.json").read_text())
    more = {
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }
    size = max(tokens["model"]["vocab"].values()) + 1
    tokens["added_tokens"].append({"id": size, "content": "<|more|>", **more})
    (folder / "tokenizer.json").write_text(json.dumps(tokens))


def _refusing_template(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("{{ raise_exception('not like this') }}")


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (_without_a_layer, r"lack 3 of .* parts"),
        (_one_layer_more, r"9 parts .* has no place for"),
        (_another_width, r"lack 6 of .* parts"),
        (_broken_numbers, "does not write: what it gives is no number"),
        (_too_many_words, r"has 337 tokens, but the model only 336"),
        (_refusing_template, "does not accept this conversation"),
    ],
)
def test_what_would_make_a_training_fail_is_said_when_the_model_is_added(
    tmp_path: Path, harm: Callable[[Path], None], says: str
) -> None:
    folder = make_writer(tmp_path / "m")
    harm(folder)
    result = run(add_job(tmp_path, folder))
    assert result["status"] == "failed"
    assert re.search(says, result["reason"]), result["reason"]


def test_an_encoder_that_is_not_whole_is_refused(tmp_path: Path) -> None:
    folder = make_encoder(tmp_path / "m")
    _change(folder, lambda weights: {n: w for n, w in weights.items() if "layer.1." not in n})
    result = run(add_job(tmp_path, folder))
    assert "lack 16 of" in result["reason"]


def test_tied_weights_are_not_missing(tmp_path: Path) -> None:
    result = run(add_job(tmp_path, make_writer(tmp_path / "m", "gpt2")))
    assert result["status"] == "succeeded"


def test_weights_that_bitsandbytes_packed_already_are_taken_as_they_are(tmp_path: Path) -> None:
    from workbench.engine.models.load import load_base

    source, packed = make_writer(tmp_path / "m"), tmp_path / "packed"
    model = load_base(source, "nf4")
    model.save_pretrained(packed)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (packed / name).write_bytes((source / name).read_bytes())
    result = run(add_job(tmp_path, packed))
    assert result["status"] == "succeeded", result["reason"]
    assert (result["packed_layers"], result["parameters"]) == (14, 40096)
    assert inspect_folder(packed).parameters == 40096


def test_a_model_that_does_not_fit_into_memory_now_is_added_untried_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding.device, "free_memory", lambda: 3 * 10**8)
    result = run(add_job(tmp_path, make_writer(tmp_path / "m")))
    assert result["status"] == "succeeded"
    assert result["checks"]["memory"].startswith("Not tried: it needs about 500 MB of memory")
    assert "packed_layers" not in result
