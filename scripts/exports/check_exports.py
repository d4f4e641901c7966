"""Trains the two bundled models and a GGUF-born one for a few steps, exports each in every form, and prints
the certificates; a spoilt export (two layers swapped) must be refused.

    python scripts/exports/check_exports.py [--questions N] [--steps N] [WHICH …]

WHICH is writer, sorter, gguf-born or sets (a writer of several categories); all without. About twenty
minutes on two cores.
"""

import argparse
import contextlib
import csv
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.torch import load_file, save_file

from workbench.core.recipe import Recipe
from workbench.core.tasks import CLASSIFICATION, COMPLETION, MULTI_LABEL, Task
from workbench.core.tasks.category_sets import written
from workbench.engine.export.merged import Merged
from workbench.engine.kinds import HANDLERS
from workbench.engine.models.convert import write_folder
from workbench.engine.runtime.quiet import quiet
from workbench.jobs.process import shell
from workbench.jobs.process.job_dir import JobDir, read_json, write_json
from workbench.models.bundled import bundled_path, shipped_path
from workbench.models.exports.certificate import Certificate
from workbench.models.families import CAUSAL, ENCODER
from workbench.models.formats import model_files

WRITER, SORTER = "SmolLM2-135M-Instruct", "all-MiniLM-L6-v2"
EMAILS = Path(__file__).resolve().parents[2] / "workbench" / "projects" / "quillberry_emails.csv"
FORMS = {
    "writer": [("merged", ""), ("adapter", ""), ("gguf", "f16"), ("gguf", "q8_0"),
               ("gguf", "q4_k_m"), ("zip", "q8_0")],
    "sorter": [("onnx", "fp32"), ("onnx", "int8"), ("zip", "int8")],
    "gguf-born": [("gguf", "f16"), ("gguf", "q8_0")],
    "sets": [("merged", ""), ("adapter", ""), ("gguf", "q8_0"), ("zip", "q4_k_m")],
}  # fmt: skip
TASKS = {"sorter": CLASSIFICATION, "sets": MULTI_LABEL}


def main() -> int:
    """Export all; 1 if one is refused, or a spoilt one is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", nargs="*", choices=[[], *FORMS])
    parser.add_argument("--questions", type=int, default=30)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument(
        "--tokens", type=int, default=32, help="of an answer of a model that writes"
    )
    parser.add_argument("--rows", type=int, default=90, help="e-mails of a model that writes")
    options = parser.parse_args()
    quiet()
    wrong = 0
    for which in options.which or FORMS:
        with tempfile.TemporaryDirectory() as folder:
            wrong += _check(which, Path(folder), options)
    print("All as it should be." if not wrong else f"{wrong} not as they should be.")
    return bool(wrong)


def _check(which: str, folder: Path, options: argparse.Namespace) -> int:
    sorts = which == "sorter"
    rows = None if sorts else options.rows
    data = _data(folder / "data.parquet", options.questions, rows, _task(which))
    trained = _trained(which, folder, data, options)
    wrong = 0
    earlier: list[str] = []
    for form, quantization in FORMS[which]:
        job = _export(folder, trained, form, quantization, earlier)
        earlier = [str(job.path)]
        result = read_json(job.result) or {}
        wrong += result.get("status") != "succeeded"
        _print(which, form, quantization, result)
    if not sorts:
        with _spoilt():
            result = (
                read_json(_export(folder, trained, "merged", "", earlier, "spoilt").result) or {}
            )
        caught = result.get("status") == "failed" and bool(result.get("certificate"))
        wrong += not caught
        _print(which, "spoilt", "two layers swapped", result)
    return wrong


def _task(which: str) -> Task:
    return TASKS.get(which, COMPLETION)


def _data(path: Path, questions: int, most: int | None, task: Task) -> Path:
    with EMAILS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:most]
    test = set(range(0, len(rows), max(2, len(rows) // questions)))
    splits = [
        "test" if i in test else "validation" if i % 15 == 1 else "train" for i in range(len(rows))
    ]
    names = (
        {"prompt": "email", "response": "reply"}
        if task is COMPLETION
        else {"text": "email", "label": "category"}
    )
    columns = {role: [row[name] for row in rows] for role, name in names.items()}
    if task.answers_are_sets:  # two e-mails in one have the categories of both
        pairs = [(row, rows[i - i % 3]) for i, row in enumerate(rows)]
        columns["text"] = ["\n\n".join(dict.fromkeys(x["email"] for x in two)) for two in pairs]
        columns["label"] = [written(x["category"] for x in two) for two in pairs]
    table = {"row_id": list(range(1, len(rows) + 1)), "split": splits, **columns}
    pq.write_table(pa.table(table), path)
    return path


def _trained(which: str, folder: Path, data: Path, options: argparse.Namespace) -> JobDir:
    job, sorts = JobDir(folder / "train"), which == "sorter"
    base, name = bundled_path(SORTER if sorts else WRITER), SORTER if sorts else WRITER
    if which == "gguf-born":
        source, base, name = shipped_path(WRITER), folder / "born", "born-of-gguf"
        assert source is not None
        base.mkdir()
        write_folder(source, model_files(source), base, "llama")
    job.path.mkdir()
    changed = {"method": "full", "quantization": "none", "num_train_epochs": 2} if sorts else {
        "max_steps": options.steps, "per_device_train_batch_size": 2, "max_length": 160,
        "evals_per_epoch": 1, "eval_max_rows": 2, "eval_max_new_tokens": options.tokens,
        "learning_rate": 1e-3,
    }  # fmt: skip
    write_json(job.spec, {
        "kind": "train", "job_id": 1, "attempt": 1, "run_id": 1, "data": str(data),
        "task": _task(which).name,
        "system": "" if which in TASKS else "You answer for Quillberry, a shop for paper and pens.",
        "recipe": Recipe().changed(**changed).as_dict(),
        "base": {"name": name, "path": str(base), "kind": (ENCODER if sorts else CAUSAL).name,
                 "revision": ""},
    })  # fmt: skip
    began = time.monotonic()
    _run(job)
    print(f"{which}: {name} trained in {time.monotonic() - began:.0f} s.", flush=True)
    return job


def _export(
    folder: Path, trained: JobDir, form: str, quantization: str, earlier: list[str], name: str = ""
) -> JobDir:
    told = read_json(trained.spec) or {}
    job = JobDir(folder / f"{form}-{quantization}{name}")
    job.path.mkdir()
    kept = {key: told[key] for key in ("task", "data", "system", "base", "recipe")}
    write_json(job.spec, {**kept, "kind": "export-model", "job_id": 2, "attempt": 1, "run_id": 1,
                          "adapter": str(trained.adapter), "format": form, "title": "Quillberry",
                          "quantization": quantization, "name": "quillberry", "earlier": earlier})  # fmt: skip
    _run(job)
    return job


def _run(job: JobDir) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        code = shell.run(job.path, HANDLERS, quiet=quiet)
    assert code == 0, code


@contextlib.contextmanager
def _spoilt() -> Iterator[None]:
    """Whatever is saved meanwhile has the layers 3 and 12 swapped."""
    save = Merged.save

    def spoil(self: Merged, folder: Path) -> None:
        save(self, folder)
        file = folder / "model.safetensors"
        held = load_file(file)
        names = {name: name.replace(".3.", ".X.").replace(".12.", ".3.").replace(".X.", ".12.")
                 for name in held if ".layers." in name}  # fmt: skip
        save_file(
            {**held, **{new: held[old] for old, new in names.items()}}, file, {"format": "pt"}
        )

    Merged.save = spoil  # type: ignore[method-assign]
    try:
        yield
    finally:
        Merged.save = save  # type: ignore[method-assign]


def _print(which: str, form: str, quantization: str, result: dict[str, Any]) -> None:
    print(f"\n{which} · {form} {quantization}: {result.get('status')} {result.get('reason', '')}")
    for file in result.get("files") or []:
        print(f"  {file['name']:<32} {file['size_bytes'] / 1e6:8.1f} MB")
    if told := result.get("certificate"):
        found = Certificate.from_dict(told)
        print(f"  {found.verdict}")
        for way in found.ways:
            measured = [
                f"{way.same} of {way.questions} the same",
                "" if way.score is None else f"{found.metric} {way.score:.3f}",
                "" if way.surprise is None else f"{way.surprise:.3f} nats a token",
                f"{way.unexplained} unexplained" if way.unexplained else "",
                ""
                if way.largest_difference is None
                else f"p differs by {way.largest_difference:.4f}",
            ]
            said = " · ".join(filter(None, measured))
            print(
                f"  {'✓' if way.passed else '✗'} {way.title:<42} {said} · {way.read_by}", flush=True
            )


if __name__ == "__main__":
    sys.exit(main())
