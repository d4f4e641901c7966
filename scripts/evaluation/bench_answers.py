"""How much faster an exam's answers are written in batches than one by one.

    .venv/bin/python scripts/evaluation/bench_answers.py [--answers N] [--tokens N]

The e-mails of the sample are asked of the bundled model in 4 bits, loaded as an exam loads it. Batch after
batch is written at once and then answer by answer, so that both meet the same machine; prints seconds,
answers a second and the ratio, and how many answers are the same letter by letter (16 bits round
otherwise beside longer questions).
"""

import argparse
import csv
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from workbench.core.messages import render_prompt  # noqa: E402
from workbench.core.recipe import Recipe  # noqa: E402
from workbench.engine.causal.generate import BATCH, write_answers  # noqa: E402
from workbench.engine.causal.model import CausalModel, load_causal  # noqa: E402
from workbench.engine.runtime import device  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef  # noqa: E402
from workbench.jobs.process.stop import Stop  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402

SAMPLE = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
MODEL = "SmolLM2-135M-Instruct"


def main() -> int:
    """Write them both ways; 0 if batches are at least 3 times as fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=500)
    parser.add_argument("--tokens", type=int, default=48, help="of an answer at most")
    told = parser.parse_args()
    model = load_causal(BaseModelRef(MODEL, bundled_path(MODEL), CAUSAL.name), None, Recipe())
    prompts = _prompts(model, told.answers)
    size = BATCH[device.device().type]
    _write(model, prompts[:2], 4)
    at_once, one_by_one, same = 0.0, 0.0, 0
    for start in range(0, len(prompts), size):
        part = prompts[start : start + size]
        began = time.perf_counter()
        together = _write(model, part, told.tokens)
        between = time.perf_counter()
        alone = [_write(model, [prompt], told.tokens)[0] for prompt in part]
        at_once += between - began
        one_by_one += time.perf_counter() - between
        same += sum(a == b for a, b in zip(together, alone, strict=True))
    number, ratio = len(prompts), one_by_one / at_once
    print(f"one by one  {one_by_one:7.1f} s  {number / one_by_one:6.2f} answers a second")
    print(f"in batches  {at_once:7.1f} s  {number / at_once:6.2f} answers a second  (of {size})")
    print(f"{number} answers: {ratio:.1f} times as fast; {same} are the same letter by letter")
    return 0 if ratio >= 3 else 1


def _prompts(model: CausalModel, number: int) -> list[str]:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        mails = [row["email"] for row in csv.DictReader(file)]
    asked = [mails[i % len(mails)] for i in range(number)]
    template = model.wording.template
    return [render_prompt([{"role": "user", "content": text}], template) for text in asked]


def _write(model: CausalModel, prompts: list[str], tokens: int) -> list[str]:
    return write_answers(model, prompts, tokens, Stop(), lambda done: None)


if __name__ == "__main__":
    raise SystemExit(main())
