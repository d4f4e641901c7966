"""A better and a worse answer, in the forms in which programs write them."""

import json
from typing import Any

import pytest

from workbench.core.chats.pairs import SAME, question_turns, read
from workbench.core.chats.seen import Seen
from workbench.core.chats.unreadable import Unreadable


def turns(*said: str) -> list[dict[str, str]]:
    """A conversation that the user begins."""
    roles = ("user", "assistant")
    return [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]


def pair(prompt: Any, chosen: Any, rejected: Any) -> dict[str, str]:
    """The pair of three cells, JSON where they are no texts."""
    cells = (
        cell if isinstance(cell, str) else json.dumps(cell) for cell in (prompt, chosen, rejected)
    )
    return read(dict(zip(("prompt", "chosen", "rejected"), cells, strict=True)), Seen())


SPOKEN = "\n\nHuman: Is it late?\n\nAssistant: Which one?\n\nHuman: The pen.\n\nAssistant: "
EARLIER = turns("Is it late?", "Which one?", "The pen.")


@pytest.mark.parametrize(
    ("cells", "question"),
    [
        (("Late?", "Sorry.", "So what."), "Late?"),
        (("ignored", turns("Late?", "Sorry."), turns("Late?", "So what.")), "Late?"),
        ((turns("Late?"), turns("", "Sorry.")[1:], turns("", "So what.")[1:]), "Late?"),
        (("Late?", {"role": "assistant", "content": "Sorry."}, "So what."), "Late?"),
        ((SPOKEN + "Sorry.", SPOKEN + "Sorry.", SPOKEN + "So what."), EARLIER),
        ((SPOKEN, "Sorry.", "So what."), EARLIER),
    ],
)
def test_every_form_gives_the_question_and_both_answers(cells: Any, question: Any) -> None:
    found = pair(*cells)
    assert (found["chosen"], found["rejected"]) == ("Sorry.", "So what.")
    asked = question if isinstance(question, list) else [{"role": "user", "content": question}]
    assert question_turns(found["prompt"]) == asked
    assert isinstance(question, list) or found["prompt"] == question, "one question stays a text"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("Late?", "Sorry.", " Sorry. "), SAME),
        (("q", turns("Late?", "Sorry."), turns("Late?", "Sorry.")), SAME),
        (("q", turns("Late?", "Sorry."), "So what."), "only one is a whole conversation"),
        (
            ("q", turns("Late?", "a", "b", "c"), turns("Late?", "x", "b", "y")),
            "differ before the last",
        ),
        (("Sorry.", "Sorry.", "So what."), "without a question"),
        (("Late?", "<think>hm</think>", "So what."), "nothing but reasoning"),
        ((turns("Late?", "Sorry."), "a", "b"), "does not end with a question"),
    ],
)
def test_what_is_no_pair_says_why(cells: Any, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        pair(*cells)


def test_an_answer_that_looks_like_a_conversation_stays_a_text() -> None:
    said = "Question: is it late?\nAnswer: no."
    assert pair("Write a riddle.", said, "No.")["chosen"] == said


def test_a_text_in_brackets_is_a_question() -> None:
    assert question_turns('[{"role": 1}]') == [{"role": "user", "content": '[{"role": 1}]'}]
