"""What a turn gave: answers to the rows held out, kept as a file for another attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from workbench.engine.encoder.few.candidates import Candidate

Logits = dict[Candidate, torch.Tensor]


@dataclass(frozen=True)
class Took:
    """What each candidate answered in a turn."""

    held: np.ndarray
    """The numbers of the rows held out."""
    logits: Logits
    """(held, labels)."""
    kin: Logits
    """How near each row is to what was learned of the category it is sorted into: its kinship, and its
    nearness before tuning (held, 3)."""

    def save(self, path: Path) -> None:
        """Keep it, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        both = (("logits", self.logits), ("kin", self.kin))
        save_file({_name(what, one): own[one] for what, own in both for one in own}, part)
        part.replace(path)


def took_from(path: Path, candidates: Sequence[Candidate], held: np.ndarray) -> Took | None:
    """What `save` wrote; None where there is no such file, or one of other candidates."""
    if not path.is_file():
        return None
    known = load_file(path)
    names = {what: {one: _name(what, one) for one in candidates} for what in ("logits", "kin")}
    if set(known) != {name for own in names.values() for name in own.values()}:
        return None
    logits, kin = ({one: known[name] for one, name in own.items()} for own in names.values())
    return Took(held, logits, kin)


def _name(what: str, one: Candidate) -> str:
    more = " unlabelled" if one.unlabelled else ""
    return f"{what} {one.alpha} {one.names}{more}"
