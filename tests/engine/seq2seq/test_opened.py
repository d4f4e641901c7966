"""A trained encoder-decoder, asked beside its exam."""

from pathlib import Path

import pytest
import torch

from tests.engine.seq2seq.test_model import loaded
from tests.helpers.rewriters import make_rewriter
from workbench.engine.seq2seq.generate import write_answers
from workbench.engine.seq2seq.opened import OpenedRewriter
from workbench.jobs.process.stop import Stop

pytestmark = pytest.mark.usefixtures("one_thread")
ROWS = [{"row_id": i, "prompt": text} for i, text in enumerate(("Where is my pen?", "And it?"))]
BEGUN = ("It is on its way", "")


@pytest.mark.parametrize("family", ["t5", "bart"])
def test_an_answer_goes_on_behind_its_beginning(tmp_path: Path, family: str) -> None:
    model = loaded(make_rewriter(tmp_path / family, family))
    model.whole.float()
    opened = OpenedRewriter(model)
    told: list[int] = []
    texts = opened.go_on(ROWS, BEGUN, 8, Stop(), told.append)
    assert told == [1, 2]
    question = [str(row["prompt"]) for row in ROWS]
    assert texts[1] == write_answers(model, question[1:], 8, Stop(), lambda done: None)[0]
    framing, ids = model.tokenizer.framing, model.tokenizer.target(BEGUN[0])[0][:-1]
    written = model.whole.generate(
        input_ids=torch.tensor([model.tokenizer.source(question[0])[0]]),
        decoder_input_ids=torch.tensor([[framing.start, *ids]]),
        max_new_tokens=8,
        do_sample=False,
    )
    rest = written[0, 1 + len(ids) :]
    assert texts[0] == model.tokenizer.own.decode(rest, skip_special_tokens=True).strip()


def test_general_questions_are_asked_as_they_are(tmp_path: Path) -> None:
    model = loaded(make_rewriter(tmp_path / "t5"))
    plain = write_answers(model, ["Two plus two?"], 8, Stop(), lambda done: None)
    assert OpenedRewriter(model).chat(["Two plus two?"], 8, Stop(), lambda done: None) == plain
