"""How soon a whole file is answered by the engine that batches, and by transformers' `generate` in batches:
`python scripts/serving/bench_file.py [--rows N] [--rounds N] [--tokens N] [--threads N]`.

Asked are the sample's e-mails, of a tuned model (a random adapter) as jobs ask it, in stretches of rows; once for
replies, and once for fields (category, urgency, summary) that are held to their form. Both ways take turns, round by
round. Beside the times stands how much less of the processor's time was used, which other programs do not change
(with one thread: several wait awake), how many answers are the same, and by how much the engine's are more like the
sample's replies (chrF, paired).
"""

import argparse
import csv
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import workbench.engine  # noqa: E402, F401, I001  (says how threads wait, before torch is loaded)
import numpy as np  # noqa: E402
import torch  # noqa: E402

from scripts.serving.bench_serving import MODEL, make_adapters  # noqa: E402
from workbench.core.fields.guess import guessed  # noqa: E402
from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION, EXTRACTION  # noqa: E402
from workbench.engine.causal.model import CausalModel, load_causal  # noqa: E402
from workbench.engine.causal.systems import answer  # noqa: E402
from workbench.engine.evaluation.predict import WRITING_ROWS  # noqa: E402
from workbench.engine.models.load import load_tokenizer  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402
from workbench.engine.rows import Row  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of  # noqa: E402
from workbench.evaluation.scoring.intervals import mean_interval  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef  # noqa: E402
from workbench.jobs.process.stop import Stop  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402
from workbench.models.trained import TrainedModel, write_trained  # noqa: E402

EMAILS = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
SYSTEM = "You answer for Quillberry, a shop for paper and pens."
WAYS = ("generate", "engine")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=128)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    quiet()
    folder = ensure_ready(MODEL)
    base = BaseModelRef(MODEL, folder, CAUSAL.name, "")
    with EMAILS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[: asked.rows]
    print(
        f"{MODEL}, a random adapter, {len(rows)} e-mails, up to {asked.tokens} tokens, "
        f"{asked.threads} thread(s), {asked.rounds} round(s)",
        flush=True,
    )
    fields = guessed([_fields(row) for row in rows])
    told = {n: row["email"] for n, row in enumerate(rows, 1)}
    with tempfile.TemporaryDirectory() as work:
        (adapter,) = make_adapters(folder, 1, Path(work))
        load_tokenizer(folder).save_pretrained(adapter)
        replies = TrainedModel(task=COMPLETION.name, family=CAUSAL.name, base=base, system=SYSTEM)
        write_trained(adapter, replies)
        prompts = [{"row_id": n, "prompt": text, "response": ""} for n, text in told.items()]
        _compare("replies", _models(base, adapter), prompts, [row["reply"] for row in rows], asked)
        kept = tuple(one.as_dict() for one in fields)
        extracts = TrainedModel(
            task=EXTRACTION.name, family=CAUSAL.name, base=base, system=SYSTEM, fields=kept
        )
        write_trained(adapter, extracts)
        texts = [{"row_id": n, "text": text} for n, text in told.items()]
        _compare("fields", _models(base, adapter), texts, [_fields(row) for row in rows], asked)


def _fields(row: dict[str, str]) -> str:
    return json.dumps({n: row[n] for n in ("customer", "category", "reply")}, ensure_ascii=False)


def _models(base: BaseModelRef, adapter: Path) -> dict[str, CausalModel]:
    recipe = Recipe(quantization="none")
    found = {
        w: load_causal(base, adapter, recipe, packs=math.inf if w == "engine" else 0.0)
        for w in WAYS
    }
    if found["engine"].batching is None:
        raise SystemExit("The engine that batches does not compute this model here.")
    return found


def _compare(
    title: str,
    models: dict[str, CausalModel],
    rows: Sequence[Row],
    wanted: Sequence[str],
    asked: argparse.Namespace,
) -> None:
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    used: dict[str, float] = dict.fromkeys(WAYS, 0.0)
    texts: dict[str, list[str]] = {}
    for _ in range(asked.rounds):
        for way in WAYS:
            begun, before = time.perf_counter(), time.process_time()
            texts[way] = _answers(models[way], rows, asked.tokens)
            times[way].append(time.perf_counter() - begun)
            used[way] += time.process_time() - before
    ratios = [a / b for a, b in zip(times["generate"], times["engine"], strict=True)]
    same = sum(a == b for a, b in zip(texts["generate"], texts["engine"], strict=True))
    scores = {way: np.array(chrf_of(chrf_counts(wanted, texts[way]))) for way in WAYS}
    more = scores["engine"] - scores["generate"]
    low, high = mean_interval(more)
    speed = {way: len(rows) / statistics.median(found) for way, found in times.items()}
    print(
        f"{title}: generate {speed['generate']:.2f} rows/s, engine {speed['engine']:.2f} rows/s, "
        f"{statistics.median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f}), "
        f"{used['generate'] / used['engine']:.2f} times in the processor's time; "
        f"{same} of {len(rows)} the same; chrF {scores['engine'].mean():.1f} and "
        f"{scores['generate'].mean():.1f}, {more.mean():+.1f} ({low:+.1f} to {high:+.1f})",
        flush=True,
    )


def _answers(model: CausalModel, rows: Sequence[Row], tokens: int) -> list[str]:
    """As the job asks: one stretch of rows after the other."""
    found: list[str] = []
    for start in range(0, len(rows), WRITING_ROWS):
        part = rows[start : start + WRITING_ROWS]
        found += answer(model, part, tokens, Stop(), lambda _: None).texts
    return found


if __name__ == "__main__":
    main()
