"""From the tokens of an answer that is being written to the pieces of its text."""

from collections.abc import Callable, Sequence

from workbench.engine.serving.writing.stream_decoder import StreamDecoder


class AnswerReader:
    """Takes the tokens of one answer, and sends its text on."""

    def __init__(
        self,
        text: StreamDecoder,
        ends: frozenset[int],
        send: Callable[[str], None],
        gone: Callable[[], bool],
        kept: Sequence[int] = (),
    ) -> None:
        """Args:
        ends: tokens that end the answer.
        gone: whether nobody waits for it any more.
        kept: tokens of an earlier version that it goes on from; their text was sent.
        """
        self.text, self._ends, self.send, self._gone = text, ends, send, gone
        self.tokens = list(kept)
        """Of the answer, without its end."""
        self.written, self.has_ended = len(kept), False
        for token in kept:
            text.add(token)

    def took(self, token: int) -> bool:
        """One more token; true if nobody needs another."""
        self.written += 1
        self.has_ended = token in self._ends
        if not self.has_ended:
            self.tokens.append(token)
            if piece := self.text.add(token):
                self.send(piece)
        return self.text.stopped or self._gone()
