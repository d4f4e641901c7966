"""How much of what answers say comes from outside: from no question, and from no other example."""

from collections import Counter
from collections.abc import Callable, Sequence

from workbench.evaluation.scoring.facts.known import facts_in, keys_of

MOST = 1_500
"""Examples that are read; of more, some of all."""


def share_from_outside(
    examples: Sequence[tuple[str, str]], check: Callable[[], None] = lambda: None
) -> float:
    """Of the facts in the answers, the share that neither their question nor another example tells.

    It is near 0 where all is about one business, and large where answers need what only the writer
    knew: general knowledge, or a sum that was worked out. 0 where no answer has a fact.

    Args:
        examples: question and answer.
        check: may raise to leave.
    """
    some = examples[:: -(-len(examples) // MOST) or 1]
    tellers: Counter[str] = Counter()
    told = []
    for question, answer in some:
        check()
        told.append((set(keys_of(question)), set(keys_of(f"{question}\n{answer}"))))
        tellers.update(told[-1][1])
    outside = everything = 0
    for (_, answer), (here, own) in zip(some, told, strict=True):
        check()
        facts = [fact for fact in facts_in(answer) if fact.weighs]
        everything += len(facts)
        outside += sum(
            not any(
                all(key in here or tellers[key] > (key in own) for key in reading)
                for reading in fact.readings
            )
            for fact in facts
        )
    return outside / everything if everything else 0.0
