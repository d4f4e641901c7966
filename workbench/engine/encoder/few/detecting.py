"""The detector of texts that belong to none of few categories, by the rows held out in turns."""

import numpy as np
import torch

from workbench.engine.encoder.few.candidates import Candidate
from workbench.engine.encoder.few.turns import Turns
from workbench.engine.encoder.out_of_scope.belonging import Memory, remembered, sureness
from workbench.engine.encoder.out_of_scope.detector import Detector
from workbench.engine.encoder.out_of_scope.fitting import TOO_FEW, fitted
from workbench.jobs.process.report import Report


def by_turns(
    turns: Turns, ending: Candidate, temperature: float, embedded: torch.Tensor, report: Report
) -> Detector | None:
    """The detector by all turns that were taken; None, and told, where they hold too few rows.

    Args:
        ending: what the model ends as; its logits are divided by the temperature.
        embedded: all lessons by the model (lessons, hidden).
    """
    taken = list(turns.took.values())
    if not taken:
        report.log(TOO_FEW)
        return None
    logits = torch.cat([one.logits[ending] for one in taken]) / temperature
    near = torch.cat([one.near[ending] for one in taken])
    labels = turns.lessons.texts.labels
    wanted = np.concatenate([labels[one.held] for one in taken])
    right = logits.argmax(1) == torch.from_numpy(wanted)
    learned = turns.lessons.all if ending.names else turns.lessons.rows
    kept = learned[remembered(labels[learned])]
    memory = Memory(embedded[kept], torch.from_numpy(labels[kept]))
    return fitted(memory, sureness(logits), near, right, report)
