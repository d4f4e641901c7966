"""Both texts of an example as token ids: what stands around them, what is cut, what is learned."""

import json
from pathlib import Path

import pytest
import torch

from tests.helpers.rewriters import make_rewriter
from workbench.core.errors import WorkbenchError
from workbench.engine.causal.loss import IGNORED
from workbench.engine.seq2seq.batches import batches_by_length, collate
from workbench.engine.seq2seq.encode import PairTokenizer, Wording, encode
from workbench.engine.seq2seq.model import load_pair_tokenizer

WORDING = Wording("completion")


@pytest.fixture(scope="module")
def t5(tmp_path_factory: pytest.TempPathFactory) -> PairTokenizer:
    return tokenizer_of(tmp_path_factory.mktemp("rewriters"), "t5", 128)


def tokenizer_of(folder: Path, family: str, longest: int) -> PairTokenizer:
    base = make_rewriter(folder / family, family)
    return load_pair_tokenizer(base, base, longest)


def row(prompt: str, response: str = "late") -> dict[str, object]:
    return {"row_id": 7, "prompt": prompt, "response": response}


def test_padding_is_neither_seen_nor_learned_and_the_end_is(t5: PairTokenizer) -> None:
    rows = [row("pen"), row("Where is my pen, please, and the notebook?", "it is on its way")]
    short, long = encode(rows, WORDING, t5)
    batch = collate([short, long], t5.framing)
    assert batch["input_ids"].shape[1] % 16 == batch["labels"].shape[1] % 16 == 0
    assert batch["attention_mask"].sum(1).tolist() == [len(short.input_ids), len(long.input_ids)]
    assert (batch["input_ids"][batch["attention_mask"] == 0] == t5.framing.pad).all()
    for example, labels in zip((short, long), batch["labels"].tolist(), strict=True):
        learned = [label for label in labels if label != IGNORED]
        assert learned == example.labels
        assert learned[-1] == t5.own.eos_token_id


def test_the_decoder_reads_what_stands_before_what_it_learns(t5: PairTokenizer) -> None:
    batch = collate(list(encode([row("pen", "it is late")], WORDING, t5)), t5.framing)
    labels, read = batch["labels"][0], batch["decoder_input_ids"][0]
    learned = labels[labels != IGNORED]
    assert read[0] == t5.framing.start == 0
    assert torch.equal(read[1 : len(learned)], learned[:-1])
    assert (read >= 0).all()


@pytest.mark.parametrize(
    ("family", "start", "opening"),
    [("bart", "</s>", "<s>"), ("mbart", "en_XX", ""), ("m2m_100", "</s>", "eng_Latn"),
     ("pegasus", "<pad>", ""), ("marian", "<pad>", ""), ("blenderbot", "<pad>", ""),
     ("prophetnet", "[SEP]", "")],
)  # fmt: skip
def test_an_answer_begins_as_its_family_has_it(
    tmp_path: Path, family: str, start: str, opening: str
) -> None:
    found = tokenizer_of(tmp_path, family, 64)
    assert found.own.convert_ids_to_tokens(found.framing.begun) == [start, *filter(None, [opening])]


@pytest.mark.parametrize("file", ["generation_config.json", "config.json"])
def test_the_language_that_the_model_is_made_to_write_wins(tmp_path: Path, file: str) -> None:
    """In generation_config.json, or in config.json, where older models have it."""
    base = make_rewriter(tmp_path / "mbart", "mbart")
    french = load_pair_tokenizer(base, base, 64).own.convert_tokens_to_ids("fr_XX")
    if file == "config.json":
        (base / "generation_config.json").unlink()
    change(base / file, decoder_start_token_id=2, forced_bos_token_id=french, num_beams=4)
    framing = load_pair_tokenizer(base, base, 64).framing
    assert framing.begun == [2, french]
    assert framing.target([7]) == [french, 7, framing.end]


def change(file: Path, **values: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_a_model_that_does_not_say_how_answers_begin_is_refused(tmp_path: Path) -> None:
    base = make_rewriter(tmp_path / "t5")
    for name in ("config.json", "generation_config.json"):
        values = json.loads((base / name).read_text())
        del values["decoder_start_token_id"]
        (base / name).write_text(json.dumps(values))
    with pytest.raises(WorkbenchError, match="does not say how its answers begin"):
        load_pair_tokenizer(base, base, 64)


def test_long_texts_are_cut_and_counted(tmp_path: Path) -> None:
    texts = tokenizer_of(tmp_path, "bart", 512)
    assert texts.limits.source == texts.limits.target == 128  # as many as the model has places for
    found = encode([row("pen " * 400, "late " * 400), row("pen")], WORDING, texts)
    assert (found.cut_questions, found.cut_answers) == (1, 1)
    assert [len(found[0].input_ids), len(found[0].labels)] == [128, 128]
    assert found[0].input_ids[0] == texts.own.bos_token_id
    assert found[0].input_ids[-1] == texts.own.eos_token_id
    assert found[0].labels[-1] != texts.own.eos_token_id  # the end that is gone is not learned
    assert (len(found.long), len(found.cut)) == (1, 1)


def test_a_long_text_is_read_in_parts_with_marks(tmp_path: Path) -> None:
    plain = tokenizer_of(tmp_path, "t5", 64)
    texts = PairTokenizer(plain.own, plain.framing, plain.limits, "head_tail")
    long = " ".join(f"the pen number {n} is late." for n in range(60))
    found = encode([row(long, "late")], WORDING, texts)
    read = texts.own.decode(found[0].input_ids)
    assert len(found[0].input_ids) <= 64
    assert read.startswith("the pen number 0 is late.")
    assert "number 59 is late." in read
    assert "number 30" not in read
    assert texts.read(long).startswith("read ")
    assert (texts.read("pen"), plain.read(long)) == ("", "")


def test_marks_of_the_model_in_a_text_are_text(t5: PairTokenizer) -> None:
    ends = t5.framing.ends
    for text in ("Where</s> is it?", "is it <extra_id_0> here", "<pad></s>"):
        ids, _cut = t5.source(text)
        assert not set(ids[:-1]) & {*ends, t5.framing.pad}
        assert not set(ids) & set(t5.own.all_special_ids) - {t5.own.unk_token_id} - set(ends)
        labels, _cut = t5.target(text)
        assert not set(labels[:-1]) & set(ends)


def test_a_conversation_gives_an_example_for_each_answer(t5: PairTokenizer) -> None:
    turns = [{"role": "user" if i % 2 == 0 else "assistant", "content": f"turn {i}"}
             for i in range(4)]  # fmt: skip
    found = encode([{"row_id": 1, "messages": turns}], Wording("chat"), t5)
    assert len(found) == 2
    assert len(found[1].input_ids) > len(found[0].input_ids)


def test_a_row_without_an_answer_is_named(t5: PairTokenizer) -> None:
    with pytest.raises(WorkbenchError, match=r"Row 7: .*no answer to learn from"):
        encode([{"row_id": 7, "prompt": "Where?"}], WORDING, t5)


def test_batches_take_the_longest_first(t5: PairTokenizer) -> None:
    found = encode([row("pen " * n) for n in (1, 30, 5, 60)], WORDING, t5)
    sizes = [b["attention_mask"].sum().item() for b in batches_by_length(found, 1, t5.framing)]
    assert sizes == sorted(sizes, reverse=True)
