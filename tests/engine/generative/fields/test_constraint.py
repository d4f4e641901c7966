"""Answers in fields are whole, whatever a model would like to write."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoTokenizer

from tests.helpers.tiny import make_base
from workbench.core.fields.field import Fields
from workbench.core.fields.guess import guessed
from workbench.core.fields.typed import parsed, with_told
from workbench.engine.generative.fields.constraint import FieldsConstraint
from workbench.engine.generative.fields.vocabulary import MissingSign, Vocabulary, vocabulary

ODD = 'A "b" \\ c\n\t\u0001 / é日本語🙃 {x: [1]} \u2028'
ANSWERS = [
    json.dumps(value, ensure_ascii=False)
    for value in (
        {"who": ODD, "total": "RM 1,234.50", "on": "25/12/2018", "n": 12, "how": "card",
         "tags": ["a", ODD], "lines": [{"item": "pen", "price": 1.5e-7}], "paid": True},
        {"who": "x", "total": "9,00", "on": "25 Dec 2018", "n": -3.5, "how": "cash",
         "tags": [], "lines": [], "paid": None},
        {"who": "", "total": None, "n": 0, "how": "card"},
        {"how": "cash", "paid": False},
    )
]  # fmt: skip
TOLD = [parsed(text) for text in ("how=one-of:cash|card", "on=date", "total=number")]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return AutoTokenizer.from_pretrained(make_base(tmp_path_factory.mktemp("tiny") / "base"))


@pytest.fixture(scope="module")
def words(tokenizer: Any) -> Vocabulary:
    return vocabulary(tokenizer, [tokenizer.eos_token_id])


@pytest.fixture(scope="module")
def fields() -> Fields:
    return with_told(ANSWERS, TOLD)


def _constraint(fields: Fields, words: Vocabulary, limit: int) -> FieldsConstraint:
    return FieldsConstraint(fields, words, words.words.vocab_size, limit)


def _written(constraint: FieldsConstraint, words: Vocabulary, draw: Any, most: int) -> str:
    """What somebody writes who takes any token that is allowed."""
    text, count = b"", 0
    while not constraint.is_over:
        allowed = constraint.mask().nonzero().flatten().tolist()
        token = draw(allowed)
        constraint.note(-0.5)
        constraint.accept(token)
        text, count = text + words.raw(token), count + 1
        assert count <= most
    return text.decode()


@pytest.mark.parametrize("limit", [*range(1, 40), 55, 80, 130, 300])
def test_every_answer_is_whole_within_its_room(
    fields: Fields, words: Vocabulary, limit: int
) -> None:
    for seed in range(6):
        draws = torch.Generator().manual_seed(seed * 1000 + limit)
        constraint = _constraint(fields, words, limit)

        def draw(allowed: list[int], draws: torch.Generator = draws) -> int:
            return allowed[int(torch.randint(len(allowed), (1,), generator=draws))]

        text = _written(constraint, words, draw, max(limit, len(words.tokens("{}"))))
        found = json.loads(text)
        assert set(found) <= {field.name for field in fields}
        missing = {f.name for f in fields if not f.may_be_missing} - set(found)
        assert missing <= set(constraint.told.cut)


@pytest.mark.parametrize("limit", [30, 60, 200])
def test_half_characters_never_remain(words: Vocabulary, limit: int) -> None:
    """A model that writes one byte at a time, mostly halves of characters and escapes."""
    fields = guessed(['{"a": "é日🙃\\u0001", "b": "x"}'])
    odd = [t for t in range(words.words.vocab_size) if len(words.raw(t)) == 1]
    odd = [t for t in odd if words.raw(t)[0] >= 0x80 or words.raw(t) in (b"\\", b"u", b"0")]
    cut = 0
    for seed in range(10):
        draws = torch.Generator().manual_seed(seed)

        def draw(allowed: list[int], draws: torch.Generator = draws) -> int:
            liked = [t for t in allowed if t in odd] or allowed
            return liked[int(torch.randint(len(liked), (1,), generator=draws))]

        constraint = _constraint(fields, words, limit)
        assert isinstance(json.loads(_written(constraint, words, draw, limit)), dict)
        cut += bool(constraint.told.cut)
    assert cut


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_right_answer_is_impossible(
    fields: Fields, words: Vocabulary, tokenizer: Any, answer: str
) -> None:
    constraint = _constraint(fields, words, 2000)
    for token in tokenizer.encode(answer, add_special_tokens=False):
        assert constraint.mask()[token]
        constraint.accept(token)
    assert constraint.is_over
    assert not constraint.told.cut


@pytest.mark.parametrize(
    "answer",
    ['{"how": "barter"}', '{"how": "cash ', '{"nope": 1', '{"n": "twelve"',
     '{"on": "never"', '{"total": 9', "[1]", "Sure! {", '{"how": "cash", "who": '],
)  # fmt: skip
def test_what_is_none_of_the_form_cannot_be_written(
    fields: Fields, words: Vocabulary, tokenizer: Any, answer: str
) -> None:
    constraint = _constraint(fields, words, 2000)
    for token in words.tokens(answer):
        if not constraint.mask()[token]:
            return
        constraint.accept(token)
    pytest.fail("every token of it was allowed")


def test_without_known_fields_any_object_is_one(words: Vocabulary, tokenizer: Any) -> None:
    constraint = _constraint((), words, 2000)
    for token in tokenizer.encode(ANSWERS[0], add_special_tokens=False):
        constraint.accept(token)
    assert constraint.is_over
    assert not _constraint((), words, 2000).mask()[words.tokens("[")[0]]


def test_what_was_cut_and_how_sure_it_was_is_told(fields: Fields, words: Vocabulary) -> None:
    constraint = _constraint(fields, words, 60)
    begun = words.tokens('{"who": "')
    for token in begun:
        constraint.note(0.0)
        constraint.accept(token)
    letter = words.tokens("x")[0]
    text = _written(constraint, words, lambda ok: letter if letter in ok else ok[-1], 60)
    assert json.loads('{"who": "' + text)["who"]
    told = constraint.told
    assert told.cut == [field.name for field in fields]
    assert 0.5 < told.sure["who"] < 0.7  # e ** -0.5 a token


def test_a_text_that_is_as_long_as_it_may_be_was_cut(words: Vocabulary) -> None:
    constraint = _constraint(guessed(['{"a": "xy"}']), words, 2000)
    letter = words.tokens("x")[0]
    text = _written(constraint, words, lambda ok: letter if letter in ok else ok[0], 2000)
    assert len(json.loads(text)["a"]) == 106
    assert constraint.told.cut == ["a"]


def test_a_model_without_braces_is_refused_in_a_sentence(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    from tests.helpers.rewriters import WORDS

    core = Tokenizer(models.Unigram())
    core.pre_tokenizer = pre_tokenizers.Metaspace()
    core.decoder = decoders.Metaspace()
    letters = [word.replace("{", "").replace("}", "") for word in WORDS]
    marks = ["</s>", "<unk>"]
    core.train_from_iterator(
        letters, trainers.UnigramTrainer(vocab_size=200, show_progress=False, special_tokens=marks,
                                         unk_token="<unk>")
    )  # fmt: skip
    own = PreTrainedTokenizerFast(tokenizer_object=core, eos_token="</s>", unk_token="<unk>")
    with pytest.raises(MissingSign, match=r"no token for the sign \{"):
        vocabulary(own, [own.eos_token_id])
