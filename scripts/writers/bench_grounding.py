"""Prints what holding answers to what was told changes in the sample's replies, by one and the same model.

    .venv/bin/python scripts/writers/bench_grounding.py [--split 0] [--preset quick] [--steps N]
        [--asked N] [--kept FOLDER]

A model that leans on examples learns four fifths of the sample (see `bench_replies.py`), and answers the others
twice: freely, and with what nobody told written again. For both: chrF, the share of answers with an invented
amount, date, name or the like, and the seconds; then each answer that changed, with what it had invented.
What was trained is kept in FOLDER, and not trained again.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from sacrebleu.metrics.chrf import CHRF

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(Path(__file__).parent)]

import bench_replies  # noqa: E402
import engine_job  # noqa: E402

from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.engine.causal.model import CausalModel, load_causal  # noqa: E402
from workbench.engine.causal.systems import answer  # noqa: E402
from workbench.engine.generative.fields.writing import free  # noqa: E402
from workbench.evaluation.scoring.intervals import mean_interval  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, TrainSpec  # noqa: E402
from workbench.jobs.process.stop import Stop  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402
from workbench.training.presets import preset  # noqa: E402

TOKENS = 256
BASE = BaseModelRef(bench_replies.MODEL, bundled_path(bench_replies.MODEL), CAUSAL.name)


def main() -> int:
    """Train what is not kept, answer twice, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", type=int, default=0)
    parser.add_argument("--preset", default="quick")
    parser.add_argument("--steps", type=int, default=0, help="of the training; 0 for the preset's")
    parser.add_argument("--asked", type=int, default=0, help="held-out rows; 0 asks all")
    parser.add_argument(
        "--kept", type=Path, default=Path(tempfile.gettempdir()) / "bench_grounding"
    )
    told = parser.parse_args()
    train, test = bench_replies.draw(told.split, 0, told.asked)
    folder = told.kept / f"{told.split}-{told.preset}-{told.steps}"
    adapter = folder / "job" / "adapter"
    if not adapter.is_dir():
        _train(folder, train, told)
    recipe = preset(told.preset, task=COMPLETION.name, family=CAUSAL.name, rows=len(train))
    model = load_causal(BASE, adapter, recipe, packs=CAUSAL.packed_for_exam)
    if model.known is None:
        print("grounding: this model's answers are free, as its examples have much from outside")
        return 1
    rows = [{"row_id": n, "prompt": one.question} for n, one in enumerate(test)]
    expected = [one.answer for one in test]
    with free():
        freely = _asked("free", model, rows, expected)
    held = _asked("held to what was told", model, rows, expected)
    scores = [
        np.array([CHRF().sentence_score(a, [e]).score for a, e in zip(own, expected, strict=True)])
        for own in (freely, held)
    ]
    changed = [n for n in range(len(rows)) if freely[n] != held[n]]
    low, high = mean_interval(scores[1] - scores[0])
    print(
        f"grounding: {len(changed)} of {len(rows)} answers changed, by "
        f"{np.mean((scores[1] - scores[0])[changed]) if changed else 0:+.1f} chrF each; of all "
        f"{np.mean(scores[1] - scores[0]):+.2f} ({low:+.2f} to {high:+.2f})"
    )
    for n in changed:
        had, has = (model.known.invented_texts(own[n], rows[n]["prompt"]) for own in (freely, held))
        print(f"--- {n}: {had} -> {has}, {scores[0][n]:.1f} -> {scores[1][n]:.1f}")
        print(f"{freely[n]}\n->\n{held[n]}")
    return 0


def _train(folder: Path, train: list[bench_replies.Example], told: argparse.Namespace) -> None:
    recipe = preset(told.preset, task=COMPLETION.name, family=CAUSAL.name, rows=len(train))
    recipe = replace(recipe, seed=told.split, lean_on_examples="yes", eval_max_rows=1)
    folder.mkdir(parents=True, exist_ok=True)
    spec = TrainSpec(
        job_id=1,
        task=COMPLETION.name,
        data=bench_replies._written(folder / "data.parquet", train, train[:1]),
        base=BASE,
        recipe=replace(recipe, max_steps=told.steps) if told.steps else recipe,
    )
    engine_job.trained(spec, folder / "job")


def _asked(
    how: str, model: CausalModel, rows: list[dict[str, object]], expected: list[str]
) -> list[str]:
    began = time.monotonic()
    texts = list(answer(model, rows, TOKENS, Stop(), lambda _: None).texts)
    seconds = time.monotonic() - began
    assert model.known is not None
    told = zip(texts, rows, strict=True)
    invented = np.mean([bool(model.known.invented_texts(t, str(row["prompt"]))) for t, row in told])
    print(
        f"grounding: {how}: chrF {CHRF().corpus_score(texts, [expected]).score:.1f}, "
        f"{100 * invented:.1f} % of {len(texts)} answers with an invented fact, {seconds:.0f} s",
        flush=True,
    )
    return texts


if __name__ == "__main__":
    raise SystemExit(main())
