"""Text that grows token by token: whole characters, and nothing of a stop string."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from transformers import AutoTokenizer

from workbench.engine.serving.stream_decoder import StreamDecoder


class Letters:
    """A tokenizer whose tokens are the bytes of the text."""

    def decode(self, ids: Sequence[int], skip_special_tokens: bool) -> str:
        return bytes(ids).decode("utf-8", errors="replace")


def grown(text: str, stop: Sequence[str] = ()) -> tuple[list[str], StreamDecoder]:
    growing = StreamDecoder(Letters(), stop)
    pieces = [growing.add(byte) for byte in text.encode()]
    return [piece for piece in [*pieces, growing.finish()] if piece], growing


def test_a_character_is_sent_once_it_is_whole() -> None:
    pieces, _ = grown("a🙂é")
    assert pieces == ["a", "🙂", "é"]


def test_half_a_character_at_the_end_is_still_told() -> None:
    growing = StreamDecoder(Letters())
    assert [growing.add(byte) for byte in "🙂".encode()[:2]] == ["", ""]
    assert growing.finish() == "\ufffd"


def test_a_stop_string_and_what_follows_is_never_sent() -> None:
    pieces, growing = grown("one END two", ["END"])
    assert "".join(pieces) == "one "
    assert growing.stopped


def test_the_beginning_of_a_stop_string_is_sent_once_it_turns_out_to_be_none() -> None:
    pieces, growing = grown("EN EN", ["END"])
    assert "".join(pieces) == "EN EN"
    assert pieces[0] == "EN "
    assert not growing.stopped


def test_the_first_of_several_stop_strings_counts() -> None:
    pieces, _ = grown("a, b. c", [".", ","])
    assert "".join(pieces) == "a"


@pytest.mark.parametrize("text", ["Your order is on its way — Friday.", "日本語 🙂🙃 naïve"])
def test_pieces_add_up_to_what_the_tokenizer_decodes(models: Path, text: str) -> None:
    tokenizer = AutoTokenizer.from_pretrained(models / "base")
    growing = StreamDecoder(tokenizer)
    ids = tokenizer(text)["input_ids"]
    assert "".join([growing.add(i) for i in ids] + [growing.finish()]) == text
