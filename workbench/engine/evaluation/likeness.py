"""How near answers lie to the wanted ones in meaning, as the bundled encoder reads them."""

import logging
from collections.abc import Sequence
from pathlib import Path

import torch

from workbench.core.errors import WorkbenchError
from workbench.core.long_texts.ways import WINDOWS
from workbench.core.tasks import task_named
from workbench.engine.encoder.encoder import load_encoder
from workbench.engine.encoder.reader.batches import read
from workbench.engine.encoder.reader.reader import load_reader
from workbench.engine.evaluation.systems import Evaluation
from workbench.jobs.process.stop import Stop
from workbench.models.bundled import READER, bundled_path, is_ready

logger = logging.getLogger(__name__)

WINDOW = 256
"""Tokens that are read at once; longer answers are read whole, window by window."""


def mark_likeness(exam: Evaluation, task: str, stop: Stop) -> None:
    """Put into an exam of free texts how near each answer lies to the wanted one (cosine, -1 to 1).

    Nothing is told where the bundled encoder is not installed: an exam is worth having without.

    Raises:
        Cancelled, Orphaned: the process is to leave.
    """
    if not task_named(task).answers_are_free_text or not exam.rows or not is_ready(READER):
        return
    try:
        embedded = _embedded(bundled_path(READER), [exam.expected, *exam.answers.values()], stop)
    except WorkbenchError:
        logger.warning("Likeness in meaning is not told: %s cannot be read", READER, exc_info=True)
        return
    wanted, *given = embedded
    for who, answers in zip(exam.answers, given, strict=True):
        exam.likeness[who] = (wanted * answers).sum(1).tolist()


def _embedded(folder: Path, parts: Sequence[Sequence[str]], stop: Stop) -> list[torch.Tensor]:
    """Of each part the embeddings (texts, hidden), of length 1; what occurs twice is read once."""
    encoder = load_encoder(folder)
    reader = load_reader(folder, encoder.body, WINDOW, long_texts=WINDOWS)
    encoder.window = reader.window
    texts = list(dict.fromkeys(text for part in parts for text in part))
    place = {text: number for number, text in enumerate(texts)}

    def leave(_read: int) -> None:
        stop.check()

    found = read(encoder, reader.ids(texts), reader.pad_id, leave)
    return [found[[place[text] for text in part]] for part in parts]
