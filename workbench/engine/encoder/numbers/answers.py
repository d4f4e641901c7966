"""What an encoder that estimates numbers answers to rows."""

from collections.abc import Callable, Sequence

import numpy as np

from workbench.core.tasks.number_answers import value_of
from workbench.engine.encoder.model import EncoderModel
from workbench.engine.evaluation.systems import Answers
from workbench.engine.rows import Row


def answers_to(
    model: EncoderModel, rows: Sequence[Row], tell: Callable[[int], None] | None = None
) -> Answers:
    """The estimate of each row, between which numbers the true one lies, and the error as loss.

    Args:
        tell: called with the number of rows that are read; may raise to leave.
    """
    assert model.numbers is not None
    texts = [str(row["text"]) for row in rows]
    ids = model.reader.ids(texts)
    found = model.estimates(texts, tell, ids)
    wanted = np.array([value_of(row.get("label")) for row in rows], float)
    errors = np.abs(wanted - np.array([own.value for own in found], float))
    known = errors[~np.isnan(errors)]
    return Answers(
        [model.numbers.written(own.value) for own in found],
        loss=float(known.mean()) / model.numbers.scale if len(known) else None,
        estimates=found,
        read=model.reader.read(texts, ids),
    )
