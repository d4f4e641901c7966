"""Prints how long a training step of SmolLM2-135M in 4 bits takes, plain and as it is done here.

    .venv/bin/python scripts/bench_step.py

The two are measured in turn, in processes of their own, and compared as a ratio: machines are noisy.
"""

import importlib
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOKENS = 144
BATCHES = (4, 8)
ROUNDS, STEPS = 3, 4
MODES = {
    "plain": "LoRA as peft does it, attention in 16 bits, threads that sleep at once",
    "here": "as it is done here",
}


def main() -> int:
    """Measure each mode in turn and print medians and ratios."""
    if len(sys.argv) > 1:
        return _measure(sys.argv[1])
    found: dict[str, list[list[float]]] = {mode: [] for mode in MODES}
    for _ in range(ROUNDS):
        for mode in MODES:
            found[mode].append(_in_process(mode))
    for place, batch in enumerate(BATCHES):
        plain, here = (
            statistics.median(times[place] for times in found[mode]) for mode in ("plain", "here")
        )
        print(
            f"step of {batch} examples, {TOKENS} tokens each: {plain:.2f} s {MODES['plain']}; "
            f"{here:.2f} s {MODES['here']}: {plain / here:.2f} times as fast"
        )
    return 0


def _in_process(mode: str) -> list[float]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if mode == "plain":
        environment |= {"GOMP_SPINCOUNT": "0"}
    done = subprocess.run(
        [sys.executable, __file__, mode],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
    )  # fmt: skip
    return [float(value) for value in done.stdout.split()]


def _measure(mode: str) -> int:
    """Print the seconds of a step for each batch size."""
    importlib.import_module("workbench.engine")  # sets how threads wait, before torch is loaded
    import torch
    from peft.tuners.tuners_utils import BaseTunerLayer

    from workbench.core.recipe import Recipe
    from workbench.engine.causal.loss import AnswerLoss
    from workbench.engine.models import load
    from workbench.engine.models.fused_lora import fuse
    from workbench.engine.models.prepare import ensure_ready

    base = load.load_base(ensure_ready("SmolLM2-135M-Instruct"), "nf4")
    if mode == "plain":
        base.set_attn_implementation("sdpa")
    model = load.add_lora(base, Recipe(lora_dropout=0.0)).train()
    if mode == "plain":
        for module in model.modules():
            if isinstance(module, BaseTunerLayer):
                module.cast_input_dtype_enabled = True
    else:
        fuse(model)
    loss = AnswerLoss(model)
    for batch in BATCHES:
        ids = torch.randint(0, 40_000, (batch, TOKENS))
        learned = ids.clone()
        learned[:, : TOKENS // 2] = -100
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": learned}
        times = []
        for _ in range(STEPS):
            began = time.perf_counter()
            total, count = loss(inputs)
            (total / count).backward()
            times.append(time.perf_counter() - began)
        print(statistics.median(times[1:]), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
