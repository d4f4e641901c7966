"""Reads texts with an encoder, windows of long ones kept apart."""

from collections.abc import Callable, Sequence

import numpy as np
import torch

from workbench.engine.encoder.encoder import Encoder, precision
from workbench.engine.encoder.joins.seen import Seen
from workbench.engine.encoder.reader.batches import groups, padded, to_device
from workbench.engine.encoder.windows import windows_in
from workbench.engine.encoding.encoded_rows import IDS, EncodedRows

MOST_WINDOWS = 100_000
"""So many are kept apart where some of the texts are enough: 150 MB of a small encoder."""


@torch.no_grad()
def see(
    encoder: Encoder,
    rows: EncodedRows,
    pad_id: int,
    done: Callable[[int], None] | None = None,
    most: int | None = None,
) -> Seen:
    """What an encoder sees in each text, its windows kept apart.

    Args:
        done: called with the number of texts that are read; may raise to leave.
        most: windows that are kept apart, of texts from all over; None for all.
    """
    encoder.eval()
    means = torch.empty(len(rows), encoder.body.config.hidden_size)
    windows: dict[int, torch.Tensor] = {}
    told, kept = 0, _kept(encoder, rows.lengths, most)
    with precision():
        for group in groups(rows.lengths):
            batch = to_device(padded(rows.lists(IDS, group.tolist()), pad_id))
            one = encoder.seen(**batch)
            means[torch.from_numpy(group)] = one.means.float().cpu()
            vectors, owner = one.windows.float().cpu(), one.owner.cpu()
            for place, number in enumerate(group.tolist()):
                windows[number] = vectors[owner == place] if kept[number] else vectors[:0]
            told += len(group)
            if done:
                done(told)
    return _together(means, [windows[number] for number in range(len(rows))])


def _kept(encoder: Encoder, lengths: np.ndarray, most: int | None) -> np.ndarray:
    """Of which texts windows are kept, bool (texts,)."""
    windows = len(lengths)
    if encoder.window is not None:
        windows = int(windows_in(lengths, encoder.window).sum())
    every = 1 if most is None else -(-windows // most)
    found: np.ndarray = np.arange(len(lengths)) % max(1, every) == 0
    return found


def _together(means: torch.Tensor, windows: Sequence[torch.Tensor]) -> Seen:
    sizes = torch.tensor([len(own) for own in windows], dtype=torch.long)
    owner = torch.arange(len(windows)).repeat_interleave(sizes)
    return Seen(means, torch.cat(list(windows)) if windows else means, owner)
