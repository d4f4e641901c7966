"""The longest text of a conversation gives way until all of it fits."""

from collections.abc import Sequence
from typing import Any

from workbench.core.long_texts.ways import HEAD, HEAD_TAIL, NEAREST, WINDOWS
from workbench.engine.generative.long_texts import way_of
from workbench.engine.generative.long_texts.fitting import fitted

LONG = " ".join(f"This is sentence number {n}." for n in range(60))


def words(text: str) -> int:
    return len(text.split())


def tokens(messages: Sequence[dict[str, Any]]) -> int:
    return sum(words(str(message["content"])) + 3 for message in messages)


def asked(*contents: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content} for content in contents]


def test_what_fits_is_left_as_it_is() -> None:
    found = fitted(asked(LONG), 400, HEAD_TAIL, words, tokens)
    assert (found.messages, found.said) == (asked(LONG), "")


def test_only_the_longest_text_gives_way() -> None:
    found = fitted(asked("Be kind to all who ask.", LONG, "And?"), 120, HEAD_TAIL, words, tokens)
    first, long, last = (message["content"] for message in found.messages)
    assert (first, last) == ("Be kind to all who ask.", "And?")
    assert words(long) < words(LONG)
    assert 60 < tokens(found.messages) <= 120
    assert found.said.startswith("read ")


def test_answers_that_are_learned_never_give_way() -> None:
    told = [*asked("Short?"), {"role": "assistant", "content": LONG}]
    found = fitted(told, 60, HEAD, words, tokens)
    assert (found.messages, found.said) == (told, "")


def test_without_a_way_nothing_is_changed() -> None:
    assert fitted(asked(LONG), 50, "", words, tokens).messages == asked(LONG)


def test_each_task_has_its_way() -> None:
    assert way_of("auto", "completion") == NEAREST
    assert way_of("auto", "summarization") == HEAD_TAIL
    assert way_of("head", "completion") == HEAD
    assert way_of("auto", "language-modelling") == ""
    assert way_of("auto", "extraction") == ""
    assert WINDOWS not in {way_of("auto", task) for task in ("chat", "classification")}
