"""Very many texts through an encoder: in groups of like length, each as one batch."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from workbench.engine.encoder.encoder import READ_AT_ONCE, precision
from workbench.engine.encoder.reader.reader import Ids
from workbench.engine.encoding.encoded_rows import IDS, EncodedRows
from workbench.engine.encoding.padding import filled_up
from workbench.engine.runtime import device

TEXTS_AT_ONCE = {"cpu": 64, "cuda": 256}

Each = Callable[[Callable[[np.ndarray], torch.Tensor], list[np.ndarray]], Iterable[torch.Tensor]]


def padded(ids: Sequence[Ids], pad_id: int) -> dict[str, torch.Tensor]:
    """Texts as one batch, `input_ids` and `attention_mask`, each (texts, longest)."""
    lengths = torch.tensor([len(own) for own in ids])
    longest = int(lengths.max())
    return {
        "input_ids": filled_up(ids, longest, pad_id),
        "attention_mask": (torch.arange(longest) < lengths[:, None]).long(),
    }


def groups(lengths: np.ndarray) -> Iterator[np.ndarray]:
    """The numbers of all texts in groups of like length that fit into memory together, the longest first."""
    kind = device.device().type
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        size = min(TEXTS_AT_ONCE[kind], max(1, READ_AT_ONCE[kind] // longest))
        yield order[start : start + size]
        start += size


@torch.no_grad()
def read(
    model: nn.Module,
    ids: Sequence[Ids] | EncodedRows,
    pad_id: int,
    done: Callable[[int], None] | None = None,
    each: Each = map,
) -> torch.Tensor:
    """What an Encoder or a Classifier gives for each text, in float32 on the CPU.

    Args:
        ids: token ids of each text.
        done: called with the number of texts that are read; may raise to leave.
        each: goes over the groups of texts, as `map` does.

    Returns:
        (texts, hidden) or (texts, labels).
    """
    model.eval()
    rows = ids if isinstance(ids, EncodedRows) else EncodedRows.of_ids(ids)
    found, told, order = torch.empty(0, 0), 0, list(groups(rows.lengths))

    def one(group: np.ndarray) -> torch.Tensor:
        batch = to_device(padded(rows.lists(IDS, group.tolist()), pad_id))
        with torch.no_grad(), precision():  # told again, since another thread knows nothing of it
            states: torch.Tensor = model(**batch)
            return states.float().cpu()

    with precision():  # entered once, so that the weights are rounded once for all groups
        for group, states in zip(order, each(one, order), strict=True):
            if not told:
                found = torch.empty(len(rows), states.shape[1])
            found[torch.from_numpy(group)] = states
            told += len(group)
            if done:
                done(told)
    return found


def to_device(batch: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The batch where the model is."""
    return {name: value.to(device.device()) for name, value in batch.items()}
