"""What the first sentences alone say: the classical baseline for summaries.

Writers of news put what matters first, so that the lead is hard to beat there (Nallapati et al. 2017,
"SummaRuNNer", and every work on summaries since have it beside their models).
"""

import re
import statistics
from collections.abc import Callable, Sequence

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’)\]]*(?=\s|$)|[。！？]+|$)", re.DOTALL)


def learned_lead(
    questions: Sequence[str], answers: Sequence[str]
) -> Callable[[Sequence[str]], list[str]]:
    """Gives each text its first sentences, as many as come nearest to the usual length of an answer."""
    usual = statistics.median([len(answer) for answer in answers])
    return lambda asked: [lead(text, usual) for text in asked]


def lead(text: str, characters: float) -> str:
    """The first sentences of a text: so many, at least one, that their length is nearest to this."""
    ends = [found.end() for found in _SENTENCE.finditer(text.strip()) if found[0].strip()]
    if not ends:
        return ""
    return text.strip()[: min(ends, key=lambda end: abs(end - characters))].strip()
