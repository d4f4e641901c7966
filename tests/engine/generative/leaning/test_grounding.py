"""An answer that says what nobody told is written again from there on, and may not choose just anything."""

from collections.abc import Callable, Sequence

import pytest

from workbench.engine.generative.leaning.grounding import TRIES, Again, BarringEach, Draft
from workbench.evaluation.scoring.facts.known import Known

EXAMPLES = Known.of(["Postage is 4.90 euros, express 9 euros. Kind regards, Tom"])
READ = "Example: postage is 4.90 euros. Question: I am Priya, what is the postage to Leeds?"
WORDS = [
    " 4.90", " 9", " 1.90", " 2.50", " 3.10", " 5.20", " 6.30", " 7.40", " 8.15", " euros", "It",
    " is", ".", " Dear", "Dear", " It", " Priya", " Bjorn", " That", " costs", " Tom",
]  # fmt: skip


def _text(tokens: Sequence[int]) -> str:
    return "".join(WORDS[token] for token in tokens)


def _tokens(text: str) -> list[int]:
    found: list[int] = []
    while text:
        token = next(n for n, word in enumerate(WORDS) if text.startswith(word))
        found.append(token)
        text = text.removeprefix(WORDS[token])
    return found


def _written(first: str, go_on: Callable[[Again], str]) -> tuple[str, list[Again]]:
    """What becomes of an answer, where `go_on` tells how it goes on behind what is kept."""
    draft, tokens, told = Draft(EXAMPLES, READ, _text), _tokens(first), []
    while (again := draft.again(tokens)) is not None:
        told.append(again)
        tokens = [*again.kept, *_tokens(go_on(again))]
    return _text(draft.tokens), told


@pytest.mark.parametrize("answer", ["It is 4.90 euros.", "Dear Priya.", "It is 9 euros. Tom"])
def test_an_answer_that_was_told_stands(answer: str) -> None:
    assert _written(answer, lambda _: pytest.fail("not asked again")) == (answer, [])


def test_an_invention_is_written_again_from_its_first_token_on() -> None:
    said, told = _written("It is 1.90 euros.", lambda _: " 4.90 euros.")
    assert said == "It is 4.90 euros."
    assert told == [Again(_tokens("It is"), frozenset({WORDS.index(" 1.90")}))]


def test_in_its_place_comes_only_what_the_model_reads() -> None:
    """Express is in the examples, but not before the model: it would be a wrong price unmarked."""
    ways = iter([" 9 euros.", " 4.90 euros. Tom"])
    said, told = _written("It is 1.90 euros.", lambda _: next(ways))
    assert said == "It is 4.90 euros. Tom"
    assert told[-1].barred == {WORDS.index(" 1.90"), WORDS.index(" 9")}


def test_each_invention_is_met_in_turn() -> None:
    ways = iter([" 4.90 euros. Dear Bjorn", " Priya."])
    said, told = _written("It is 1.90 euros. Dear Bjorn", lambda _: next(ways))
    assert said == "It is 4.90 euros. Dear Priya."
    assert [_text(again.kept) for again in told] == ["It is", "It is 4.90 euros. Dear"]


def test_where_nothing_helps_the_answer_stays_as_it_was() -> None:
    ways = iter([" 2.50", " 3.10", " 5.20", " 6.30", " 7.40", " 8.15"])
    said, told = _written("It is 1.90 euros.", lambda _: f"{next(ways)} euros.")
    assert said == "It is 1.90 euros."
    assert len(told) == TRIES
    assert [len(again.barred) for again in told] == list(range(1, TRIES + 1))


def test_of_versions_that_all_invent_that_with_least_is_taken() -> None:
    ways = iter([" 2.50 euros. It is 3.10 euros."] + [" 2.50 euros."] * TRIES)
    said, _ = _written("It is 1.90 euros. It is 3.10 euros.", lambda _: next(ways))
    assert said == "It is 2.50 euros."


def test_half_a_word_at_the_end_of_the_room_is_no_invention() -> None:
    draft = Draft(EXAMPLES, READ, _text)
    assert draft.again(_tokens("It is 4.90 euros. Dear Bjorn"), is_cut=True) is None
    assert draft.again(_tokens("It is 1.90 euros. Dear Bjorn"), is_cut=True) is not None
    assert Draft(EXAMPLES, READ, _text).again(_tokens("Dear Bjorn")) is not None


def test_a_token_is_barred_at_its_place_and_nowhere_else() -> None:
    held = BarringEach([frozenset({1}), frozenset({0, 2})], 3)
    first, second = held.constraint(9, 0), held.constraint(9, 1)
    assert first.mask().tolist() == [True, False, True]
    assert second.mask().tolist() == [False, True, False]
    first.accept(0)
    assert first.mask().all()
    assert not first.is_over
