"""What passes as the same model, and what does not."""

import pytest

from workbench.engine.export.exact import Judged
from workbench.engine.export.parity import UNROUNDED, number_way, sorted_way, text_way
from workbench.engine.export.questions import Question, Questions
from workbench.jobs.process.number_range import NumberRange
from workbench.models.exports.certificate import Way

CATEGORIES, REPLIES = "classification", "completion"
NEAR, FAR = Judged(0.0, 0.3), Judged(4.0, 6.0)


def questions(expected: list[str], golden: int = 2) -> Questions:
    return Questions(
        [Question(text=f"q{i}", expected=answer) for i, answer in enumerate(expected)],
        [Question(text=f"g{i}") for i in range(golden)],
    )


SORTED = questions(["a", "b"] * 20, golden=0)
USUAL = (["a", "b"] * 20, [0.9] * 40)


def test_the_same_answers_pass_with_the_score_of_the_exam() -> None:
    asked = questions(["yes it is", "no"])
    texts = ["yes it is", "nope", "x", "y"]
    way = text_way("api", "this program", REPLIES, asked, texts, texts)
    assert (way.same, way.questions, way.passed) == (4, 4, True)
    assert way.score == way.usual_score
    assert way.score is not None


def test_sixteen_bits_may_part_only_where_rounding_explains_it() -> None:
    asked = questions(["yes"], golden=1)
    texts, others = ["yes", "x"], ["yes", "z"]
    near = text_way("export", "e", REPLIES, asked, texts, others, [Judged(0, 0), NEAR])
    assert (near.passed, near.same, near.unexplained) == (True, 1, 0)
    far = text_way("export", "e", REPLIES, asked, texts, others, [Judged(0, 0), Judged(0.01, 0.9)])
    assert (far.passed, far.unexplained) == (False, 1)
    assert "rounding does not explain it" in far.why


def test_one_answer_of_many_that_nothing_explains_is_told_and_refuses_nothing() -> None:
    asked = questions(["yes"] * 40, golden=0)
    texts, judged = ["yes"] * 40, [Judged(0, 0)] * 40

    def way(apart: int) -> Way:
        others = ["yes!"] * apart + texts[apart:]
        found = [Judged(0.01, 0.9)] * apart + judged[apart:]
        return text_way("export", "e", REPLIES, asked, texts, others, found)

    assert (way(1).passed, way(1).unexplained) == (True, 1)
    assert not way(3).passed


def test_an_adapter_is_more_exact_than_the_merged_weights_it_is_held_against() -> None:
    asked = questions(["yes"], golden=1)
    texts, others = ["yes", "x"], ["yes", "z"]

    def passed(judged: Judged, rounding: str) -> bool:
        both = [Judged(0, 0), judged]
        return text_way("export", "e", REPLIES, asked, texts, others, both, rounding).passed

    assert not passed(Judged(0.06, 0.1), "")
    assert passed(Judged(0.06, 0.1), UNROUNDED)
    assert not passed(Judged(0.06, 0.9), UNROUNDED), "no rounding explains that"
    assert not passed(Judged(0.5, 0.1), UNROUNDED)


def test_fewer_bits_may_part_anywhere_but_not_write_what_the_model_finds_unlikely() -> None:
    asked = questions(["yes"] * 4, golden=0)
    texts, others = ["yes"] * 4, ["no"] + ["yes"] * 3
    same = [Judged(0, 0)] * 3
    apart = text_way(
        "export", "e", REPLIES, asked, texts, others, [Judged(0.2, 2.0), *same], "q8_0"
    )
    assert apart.passed
    assert apart.surprise == pytest.approx(0.05)
    strange = text_way("export", "e", REPLIES, asked, texts, ["?"] * 4, [FAR] * 4, "q4_k_m")
    assert not strange.passed


def test_a_score_that_falls_beyond_chance_does_not_pass() -> None:
    worse = ["b", "a"] * 5 + ["a", "b"] * 15
    way = sorted_way("export", "e", CATEGORIES, SORTED, USUAL, (worse, [0.9] * 40), "int8")
    assert not way.passed
    assert "25 points less" in way.why
    assert (way.score, way.usual_score) == (0.75, 1.0)


def test_one_wrong_answer_among_forty_is_no_proof() -> None:
    one = ["b", *USUAL[0][1:]]
    way = sorted_way("export", "e", CATEGORIES, SORTED, USUAL, (one, [0.9] * 40), "int8")
    assert way.passed
    assert way.same == 39


def test_other_categories_and_other_probabilities_do_not_pass_as_the_same_weights() -> None:
    unknown = questions([], golden=40)
    other = ["b", *USUAL[0][1:]]
    assert not sorted_way("e", "e", CATEGORIES, unknown, USUAL, (other, [0.9] * 40)).passed
    doubt = [0.8, *[0.9] * 39]
    way = sorted_way("e", "e", CATEGORIES, unknown, USUAL, (USUAL[0], doubt))
    assert not way.passed
    assert way.largest_difference == pytest.approx(0.1)
    assert sorted_way("e", "e", CATEGORIES, unknown, USUAL, (USUAL[0], doubt), "int8").passed


def test_without_a_known_answer_there_is_no_score() -> None:
    way = text_way("api", "e", REPLIES, questions([]), ["a", "b"], ["a", "b"])
    assert way.score is None
    assert way.passed


def test_how_a_document_goes_on_is_neither_right_nor_wrong() -> None:
    asked = Questions([Question(text="once", expected=None)], [])
    way = text_way("api", "e", "language-modelling", asked, ["upon a time"], ["in a while"])
    assert (way.score, way.passed) == (None, True)


def test_numbers_pass_that_lie_near_those_of_the_exam() -> None:
    known = NumberRange(middle=50, scale=10, low=20, high=80, places=1)
    wanted = [str(30 + i) for i in range(40)]
    asked = questions(wanted)
    usual = [*wanted, "20", "80"]

    def way(off: float, quantization: str = "") -> Way:
        given = [f"{float(text) + off:.1f}" for text in usual]
        return number_way("export", "e", asked, usual, given, known, quantization)

    assert way(0).passed
    assert (way(0.1).passed, way(0.1).same) == (True, 0)
    assert way(0.1).score == pytest.approx(0.1)
    far = way(0.5)
    assert (far.passed, far.largest_difference) == (False, pytest.approx(0.5))
    assert "off by 0.5 more" in far.why
    spread = [f"{float(text) + (2 if i % 2 else -2):.1f}" for i, text in enumerate(usual)]
    middle = [str(float(text) + (1 if i % 2 else -1)) for i, text in enumerate(usual)]
    rounded = number_way("export", "e", asked, middle, spread, known, "int8")
    assert not rounded.passed
    assert number_way("export", "e", asked, usual, [*usual[:-1], "odd"], known).passed is False
