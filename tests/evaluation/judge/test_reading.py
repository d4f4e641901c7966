"""What a judge's reply says, and that nothing is guessed."""

import pytest

from workbench.evaluation.judge.reading import TIE, A, B, read_verdict


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("It is right.\nVerdict: A", A),
        ("verdict: b.", B),
        ("**Verdict:** A", A),
        ("**Verdict: Answer B**", B),
        ("> Final verdict: [[A]]", A),
        ("Verdict = `tie`", TIE),
        ("My verdict is A", A),
        ("Verdict: draw", TIE),
        ('{"reason": "short",\n"verdict": "B"}', B),
        ('{"verdict": "A", "reason": "It is right."}', A),
        ('```json\n{"reason": "Both.", "verdict": "tie"}\n```', TIE),
        ("I prefer the second one: [[B]]. It is shorter.", B),
        ("A", A),
        ("[[B]]", B),
        ("Tie.", TIE),
        ("Verdict: A\n\nVerdict: A", A),
        ("<think>Verdict: A? Hm.\nVerdict: A</think>Verdict: B", B),
    ],
)
def test_a_clear_verdict_is_read(reply: str, verdict: str) -> None:
    assert read_verdict(reply) == verdict


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "A is better than B.",
        "I prefer A",
        "Verdict: A or B",
        "Verdict: A, Verdict: B or Verdict: tie",
        "Verdict: A\nVerdict: B",
        "Verdict: C",
        "Verdict: Ah, well",
        "Verdict:",
        "The verdict: A is polite",
        "Verdict: A is better",
        "<think>Verdict: A",
        "A\nB",
        '{"verdict": "A or B"}',
        '{"verdict": 1}',
        '{"winner": "A"}',
        "[[A]] or [[B]]",
        "[[A]]\nVerdict: B",
        "Abc",
    ],
)
def test_what_is_not_clear_says_nothing(reply: str) -> None:
    assert read_verdict(reply) is None


def test_a_long_reply_is_read_at_once() -> None:
    assert read_verdict(" *" * 200_000 + "\nverdict" + " " * 200_000) is None
