"""A model that writes several categories, in every form: compared, and handed over, as sets."""

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.engine.export.conftest import Shop, shop_of
from tests.engine.export.test_text_exports import WAYS, certificate, ran, swap_layers, unpacked
from tests.helpers import exports, writers
from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import categories_in, written
from workbench.engine.export.merged import Merged
from workbench.jobs.process.job_dir import read_json
from workbench.models.exports.certificate import EXPORT
from workbench.models.exports.set_note import NOTE

WORDS = {"crew": "rude", "late": "slow", "price": "dear"}
SETS = [own for size in range(4) for own in itertools.combinations(WORDS, size)]


@pytest.fixture(scope="module")
def set_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tiny Llama that has learned by heart which categories hold."""
    folder = tmp_path_factory.mktemp("sets")
    rows = [
        {
            "text": f"It was {' and '.join(map(WORDS.__getitem__, own)) or 'fine'}",
            "label": written(own),
        }
        for own in SETS * 3
    ]
    splits = ["train"] * 8 + ["validation"] * 8 + ["test"] * 8
    data = writers.write_rows(folder / "data.parquet", rows, splits)
    recipe = writers.recipe(
        num_train_epochs=60, learning_rate=2e-2, r=8, lora_alpha=16, eval_max_new_tokens=24,
        max_length=200,
    )  # fmt: skip
    base = writers.make_writer(folder / "base")
    task = MULTI_LABEL.name
    return shop_of(folder, exports.train_writer(folder, base, data, task=task, recipe=recipe))


@pytest.mark.parametrize(
    ("form", "quantization"), [("merged", ""), ("adapter", ""), ("gguf", "f16"), ("gguf", "q8_0")]
)
def test_every_form_names_the_same_categories(
    set_shop: Shop, form: str, quantization: str, tmp_path: Path
) -> None:
    job, result = set_shop.export(form, quantization)
    assert result["status"] == "succeeded", result["reason"]
    found = certificate(result)
    assert [way.name for way in found.ways] == WAYS
    assert NOTE in found.notes
    assert found.metric == MULTI_LABEL.metric
    export = found.way(EXPORT)
    assert export is not None
    assert export.score is not None
    assert export.score == pytest.approx(export.usual_score, abs=0.1)
    trainer, *others = found.ways[:4]
    assert trainer.same == trainer.questions
    assert all(way.share >= 0.8 for way in others)  # odd questions that it never learned may part
    folder = job.path / "export" if form == "gguf" else unpacked(job.path, tmp_path)
    assert "Its categories: `crew`, `late`, `price`." in (folder / "README.md").read_text()


def test_the_hand_over_answers_with_the_categories_that_there_are(
    set_shop: Shop, tmp_path: Path
) -> None:
    job, result = set_shop.export("zip", "f16")
    assert result["status"] == "succeeded", result["reason"]
    folder = unpacked(job.path, tmp_path / "unpacked")
    how: Any = read_json(folder / "how_to_ask.json")
    assert how["categories"] == sorted(WORDS)
    assert how["several"]["none"] == written([])
    table = tmp_path / "in.csv"
    table.write_text("text\nIt was fine\nIt was slow\nIt was rude and dear\n", "utf-8")
    answered = ran(folder, table, tmp_path / "out.csv")
    assert [set(row) for row in answered] == [{"text", "answer", "no_category"}] * 3
    assert all(set(categories_in(row["answer"])) <= set(WORDS) for row in answered)
    assert [row["answer"] for row in answered[1:]] == ["late", "crew; price"]


def test_one_with_two_layers_swapped_is_not_offered(
    set_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Merged.save

    def spoil(self: Merged, folder: Path) -> None:
        save(self, folder)
        swap_layers(folder / "model.safetensors")

    monkeypatch.setattr(Merged, "save", spoil)
    job, result = set_shop.export("merged")
    assert result["status"] == "failed"
    assert not certificate(result).passed
    assert not (job.path / "export").exists()
