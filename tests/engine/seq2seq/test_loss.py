"""The loss is the library's own."""

from pathlib import Path

import pytest
import torch

from tests.helpers.rewriters import make_rewriter
from tests.helpers.writers import replies
from workbench.engine.runtime import device
from workbench.engine.seq2seq.batches import collate
from workbench.engine.seq2seq.encode import Wording, encode
from workbench.engine.seq2seq.loss import PairLoss
from workbench.engine.seq2seq.model import load_pair_tokenizer, load_rewriter

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("family", ["t5", "flan-t5", "bart", "pegasus", "marian", "blenderbot"])
def test_it_is_what_the_model_itself_says_of_its_labels(
    tmp_path: Path, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "dtype", lambda: torch.float32)
    base = make_rewriter(tmp_path / family, family)
    texts, model = load_pair_tokenizer(base, base, 96), load_rewriter(base).eval()
    rows = [{"row_id": i, **row} for i, row in enumerate(replies(4))]
    batch = collate(list(encode(rows, Wording("completion"), texts)), texts.framing)
    given = {name: batch[name] for name in ("input_ids", "attention_mask", "labels")}
    with torch.no_grad():
        total, count = PairLoss(model)(batch)
        library = model(**given, use_cache=False).loss
    assert total.item() / count == pytest.approx(library.item(), rel=1e-5)
