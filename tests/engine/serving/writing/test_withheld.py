"""What of an answer is sent while it is written, and what is kept back."""

from collections.abc import Sequence

from workbench.engine.generative.leaning.grounding import Draft
from workbench.engine.serving.writing.withheld import Withheld
from workbench.evaluation.scoring.facts.known import Known

KNOWN = Known.of(["It costs 4.90 euros and takes 3 days."])


def _text(tokens: Sequence[int]) -> str:
    return "".join(map(chr, tokens))


class Sent:
    """A `Withheld` that is fed word by word."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.held = Withheld(Draft(KNOWN, "How much is it?", _text), self.pieces.append)
        self.text = ""

    def write(self, text: str) -> None:
        words = text.split(" ")
        for number, word in enumerate(words):
            piece = word if number == 0 else f" {word}"
            self.text += piece
            self.held.add(piece)

    @property
    def sent(self) -> str:
        return "".join(self.pieces)


def test_an_answer_that_stands_comes_in_pieces_and_whole() -> None:
    own = Sent()
    own.write("It costs 4.90 euros and takes 3 days to come to you from us.")
    assert len(own.pieces) > 4
    assert own.text.startswith(own.sent)
    assert len(own.sent) < len(own.text)
    assert own.held.again([*map(ord, own.text)]) is None
    assert own.sent == own.text


def test_nothing_is_sent_from_an_invention_on_until_it_is_written_again() -> None:
    own = Sent()
    own.write("It costs 1.90 euros and takes 3 days to come to you from us.")
    assert own.sent == "It costs "
    again = own.held.again([*map(ord, own.text)])
    assert again is not None
    assert _text(again.kept) == "It costs "
    own.text = "It costs "
    for piece in ("nothing ", "at ", "all, ", "and ", "takes ", "a ", "while."):
        own.text += piece
        own.held.add(piece)
    assert own.held.again([*map(ord, own.text)]) is None
    assert own.sent == "It costs nothing at all, and takes a while."


def test_words_that_make_an_invention_of_what_stands_before_them_are_waited_for() -> None:
    own = Sent()
    own.write("You can wait for 7")
    own.write(" full days")
    assert "7" not in own.sent


class _Late(Draft):
    """Sees an invention only once the answer is whole, as where the end tells what language it is."""

    def invented_from(self, text: str) -> int:
        return len(text)


def test_what_was_sent_already_is_not_taken_back() -> None:
    own = Sent()
    own.held = Withheld(_Late(KNOWN, "How much is it?", _text), own.pieces.append)
    own.write("It costs 1.90 euros and takes 3 days to come to you from us.")
    assert "1.90" in own.sent
    assert own.held.again([*map(ord, own.text)]) is None
    assert own.sent == own.text
