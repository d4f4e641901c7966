"""Tries every family of models that the field uses, in the form in which it comes; prints a table.

    python scripts/families.py [FAMILY …]

Each is a tiny random model of the family's real configuration: added (converted where its form asks
for that), its layers in 4 bits counted, trained for 20 steps, examined, asked until it stops by
itself, its token ids held against the library's own, saved and loaded again.
"""

import contextlib
import io
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from tests.helpers import family_check, field_models, rewriters
from tests.helpers.family_check import FamilyCheck
from workbench.engine.runtime.quiet import quiet

COLUMNS = f"{'family':<16} {'added':<6} {'4 bits':<9} {'loss':<15} {'exam':<5} {'stops':<6} {'ids':<5} {'again':<6} {'s':>4}"


def main(wanted: list[str]) -> int:
    """Try them; 1 if one is not green."""
    quiet()
    torch.set_num_threads(1)  # tiny models: threads would only wait for each other
    print(COLUMNS)
    families: list[tuple[str, Callable[[str, Path], FamilyCheck]]] = [
        *((name, family_check.check_writer) for name in field_models.WRITERS),
        *((name, family_check.check_encoder) for name in field_models.ENCODERS),
        *((name, family_check.check_rewriter) for name in rewriters.FAMILIES),
    ]
    began = time.monotonic()
    tried = [(name, check) for name, check in families if not wanted or name in wanted]
    red = [name for name, check in tried if not _try(name, check)]
    minutes = (time.monotonic() - began) / 60
    how = f"not green: {', '.join(red)}" if red else "all green"
    print(f"{len(tried)} families, {how}; {minutes:.1f} minutes.")
    return bool(red)


def _try(name: str, check: Callable[[str, Path], FamilyCheck]) -> bool:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            with contextlib.redirect_stdout(io.StringIO()):  # what the jobs say
                seen = check(name, Path(folder))
        except Exception as error:  # one that fails must not hide the others
            traceback.print_exc()
            seen = FamilyCheck(name, failed=str(error))
    print(_line(seen, time.monotonic() - began), flush=True)
    return seen.is_green


def _line(seen: FamilyCheck, seconds: float) -> str:
    loss = f"{seen.first_loss:.2f} → {seen.last_loss:.2f}"
    return (
        f"{seen.name:<16} {_said(seen.added):<6} {seen.four_bits or '-':<9} {loss:<15} "
        f"{_said(seen.exam):<5} {_said(seen.stops):<6} {_said(seen.same_ids):<5} "
        f"{_said(seen.same_logits):<6} {seconds:>4.0f} {seen.failed[:120]}"
    )


def _said(value: bool | None) -> str:
    return "-" if value is None else "yes" if value else "NO"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
