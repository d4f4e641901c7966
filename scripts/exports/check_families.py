"""Exports tiny models of every family that the field uses, merged and as GGUF, and prints which read back right.

    python scripts/exports/check_families.py [FAMILY …]

Each is a random model of the family's real configuration, trained until it knows its answers by heart. What
does not read back right is refused with a reason, which stands in the table. About twenty seconds each.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import torch

from tests.helpers import exports, family_check, field_models, writers
from tests.helpers.engine_jobs import run
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process.job_dir import JobDir


def main() -> int:
    """Export them; 1 if one ends without a certificate or a reason."""
    quiet()
    torch.set_num_threads(1)
    wrong = 0
    for name in sys.argv[1:] or field_models.WRITERS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                trained, earlier = _trained(name, Path(folder))
                for form in ("merged", "gguf"):
                    _print(name, form, _exported(Path(folder), trained, form, earlier))
            except Exception as error:  # one that fails must not hide the others
                wrong += 1
                print(f"{name:<16} fails: {error!r}", flush=True)
    return bool(wrong)


def _trained(name: str, folder: Path) -> tuple[JobDir, list[str]]:
    recipe = writers.recipe(
        num_train_epochs=40, learning_rate=2e-2, eval_max_new_tokens=16, max_length=200
    )
    data = writers.split_replies(folder / "data.parquet")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        base = family_check.added(name, folder, field_models.make_writer)
        trained = exports.train_writer(folder, base, data, recipe=recipe)
        job = exports.certify_job(folder / "asked", trained)
        run(job)
    return trained, [str(job.path)]


def _exported(folder: Path, trained: JobDir, form: str, earlier: list[str]) -> dict[str, Any]:
    quantization = "f16" if form == "gguf" else ""
    job = exports.export_job(
        folder / form, trained, form, quantization=quantization, earlier=earlier
    )
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return run(job)


def _print(name: str, form: str, result: dict[str, Any]) -> None:
    ways = (result.get("certificate") or {}).get("ways") or [{}]
    last = ways[-1] if ways[-1].get("name") == "export" else {}
    same = f"{last['same']} of {last['questions']}" if last else "–"
    why = "" if result["status"] == "succeeded" else str(result["reason"])
    print(f"{name:<16} {form:<7} {result['status']:<10} {same:<10} {why}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
