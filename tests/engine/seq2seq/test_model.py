"""Encoder-decoders as they are loaded to answer."""

from pathlib import Path

import pytest

from tests.engine.seq2seq.test_encode import change
from tests.helpers.rewriters import make_rewriter
from workbench.core.errors import WorkbenchError
from workbench.core.recipe import Recipe
from workbench.engine.seq2seq.generate import write_answers
from workbench.engine.seq2seq.model import Seq2seqModel, load_seq2seq
from workbench.jobs.process.specs import BaseModelRef
from workbench.jobs.process.stop import Cancelled, Stop

pytestmark = pytest.mark.usefixtures("one_thread")
SUMMARIES = {"num_beams": 4, "min_length": 56, "no_repeat_ngram_size": 3, "length_penalty": 2.0,
             "max_length": 142, "forced_eos_token_id": 2}  # fmt: skip
"""What the files of a BART that was taught to sum up news say."""


def loaded(folder: Path) -> Seq2seqModel:
    return load_seq2seq(BaseModelRef(folder.name, folder), None, Recipe(quantization="none"))


@pytest.mark.parametrize("file", ["generation_config.json", "config.json"])
def test_how_its_makers_had_it_write_for_another_task_does_not_count(
    tmp_path: Path, file: str
) -> None:
    base = make_rewriter(tmp_path / "bart", "bart")
    plain = write_answers(loaded(base), ["Where is my pen?"], 40, Stop(), lambda done: None)
    if file == "config.json":
        (base / "generation_config.json").unlink()
    change(base / file, **SUMMARIES)
    told = loaded(base)
    settings = told.model.generation_config
    assert (settings.num_beams, settings.min_length) == (None, None)
    assert write_answers(told, ["Where is my pen?"], 40, Stop(), lambda done: None) == plain


@pytest.mark.parametrize("file", ["generation_config.json", "config.json"])
def test_tokens_that_must_not_be_written_are_not(tmp_path: Path, file: str) -> None:
    base = make_rewriter(tmp_path / "marian", "marian")
    if file == "config.json":
        (base / "generation_config.json").unlink()
    change(base / file, bad_words_ids=[[107]], suppress_tokens=[5])
    settings = loaded(base).model.generation_config
    assert (settings.bad_words_ids, settings.suppress_tokens) == ([[107]], [5])


def test_damaged_settings_are_a_sentence(tmp_path: Path) -> None:
    base = make_rewriter(tmp_path / "t5")
    (base / "generation_config.json").write_text("{")
    with pytest.raises(WorkbenchError, match=r"The model in .*t5 cannot be loaded"):
        loaded(base)


def test_writing_stops_when_told_to(tmp_path: Path) -> None:
    stop = Stop()
    stop.cancel()
    with pytest.raises(Cancelled):
        write_answers(
            loaded(make_rewriter(tmp_path / "t5")), ["pen"], 9999, stop, lambda done: None
        )


def test_an_answer_is_no_longer_than_the_decoder_has_places_for(tmp_path: Path) -> None:
    told = loaded(make_rewriter(tmp_path / "led", "led"))
    assert told.tokenizer.framing.room_to_write == 62
    assert len(write_answers(told, ["pen " * 400], 4000, Stop(), lambda done: None)) == 1
