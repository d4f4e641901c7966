"""An encoder-decoder that writes several categories: exported, and compared as sets."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.export.conftest import Shop, shop_of
from tests.engine.export.test_rewriter_job import spoil_weights
from tests.engine.export.test_text_exports import WAYS, certificate, unpacked
from tests.engine.export.test_text_exports_of_sets import SETS, WORDS
from tests.helpers import exports, writers
from tests.helpers.rewriters import make_rewriter
from workbench.core.tasks import MULTI_LABEL
from workbench.core.tasks.category_sets import written
from workbench.engine.export import job
from workbench.models.exports.certificate import EXPORT
from workbench.models.exports.set_note import NOTE
from workbench.models.families import SEQ2SEQ

pytestmark = pytest.mark.release


@pytest.fixture(scope="module")
def set_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A tiny T5 that has learned by heart which categories hold."""
    folder = tmp_path_factory.mktemp("rewriter-of-sets")
    rows = [
        {"text": " and ".join(WORDS[one] for one in own) or "fine", "label": written(own)}
        for own in SETS * 3
    ]
    splits = ["train"] * 8 + ["validation"] * 8 + ["test"] * 8
    data = writers.write_rows(folder / "data.parquet", rows, splits)
    recipe = writers.recipe(
        learning_rate=5e-3, max_steps=300, r=16, lora_alpha=32, eval_max_new_tokens=24,
        lr_scheduler_type="linear", max_length=400,
    )  # fmt: skip
    base = make_rewriter(folder / "base", "t5")
    values: dict[str, Any] = {"family": SEQ2SEQ.name, "task": MULTI_LABEL.name, "recipe": recipe}
    return shop_of(folder, exports.train_writer(folder, base, data, **values))


@pytest.mark.parametrize("form", ["merged", "adapter"])
def test_every_form_names_the_same_categories(set_shop: Shop, form: str, tmp_path: Path) -> None:
    made, result = set_shop.export(form)
    assert result["status"] == "succeeded", result["reason"]
    found = certificate(result)
    assert [way.name for way in found.ways] == WAYS
    assert found.metric == MULTI_LABEL.metric
    assert NOTE in found.notes
    export = found.way(EXPORT)
    assert export is not None
    assert export.same == export.questions >= 8
    assert export.score == export.usual_score > 0
    readme = (unpacked(made.path, tmp_path) / "README.md").read_text()
    assert "Its categories: `crew`, `late`, `price`." in readme


def test_one_that_names_other_categories_is_not_offered(
    set_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil_weights(monkeypatch)
    _, result = set_shop.export("merged")
    assert result["status"] == "failed"
    assert not certificate(result).passed


def test_a_model_that_can_be_asked_nothing_is_not_offered(
    set_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "_fits", lambda *_: lambda *_: False)
    _, result = set_shop.export("merged", earlier=[])
    assert result["status"] == "failed"
    assert "No question fits into the 400 tokens" in result["reason"]
