"""How soon the questions of an exam are answered by the server's engine, and by transformers in batches, as
they were before: `python scripts/serving/bench_exam.py [--questions N] [--rounds N] [--tokens N]`.

Asked are the sample's e-mails, of the base model and of a tuned one (a random adapter); both ways take turns,
round by round. Beside the times stands how many answers are the same, and by how much the score (chrF) of
the engine's answers is higher, paired.
"""

import argparse
import csv
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import workbench.engine  # noqa: E402, F401, I001  (says how threads wait, before torch is loaded)
import numpy as np  # noqa: E402

from scripts.serving.bench_serving import MODEL, make_adapters  # noqa: E402
from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.engine.causal.generate import write_answers  # noqa: E402
from workbench.engine.causal.model import CausalModel, load_causal  # noqa: E402
from workbench.engine.causal.reading import answer_of  # noqa: E402
from workbench.engine.causal.systems import prompt_of  # noqa: E402
from workbench.engine.generative.model import load_for_answers  # noqa: E402
from workbench.engine.models.load import load_tokenizer  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402
from workbench.engine.runtime.apart import apart  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.engine.serving.choosing.token_choice import TokenChoice  # noqa: E402
from workbench.engine.serving.engines.protocol import Asked  # noqa: E402
from workbench.engine.serving.fair_lock import FairLock  # noqa: E402
from workbench.engine.serving.requests import Sampling  # noqa: E402
from workbench.engine.serving.text_model import TextModel  # noqa: E402
from workbench.evaluation.scoring.chrf import chrf_counts, chrf_of  # noqa: E402
from workbench.evaluation.scoring.intervals import mean_interval  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef  # noqa: E402
from workbench.jobs.process.stop import Stop  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402
from workbench.models.trained import TrainedModel, write_trained  # noqa: E402

EMAILS = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
SYSTEM = "You answer for Quillberry, a shop for paper and pens."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=48)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tokens", type=int, default=160)
    asked = parser.parse_args()
    quiet()
    folder = ensure_ready(MODEL)
    base = BaseModelRef(MODEL, folder, CAUSAL.name, "")
    with EMAILS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[: asked.questions]
    with tempfile.TemporaryDirectory() as work:
        adapter = apart(lambda: make_adapters(folder, 1, Path(work)))[0]
        about = TrainedModel(task=COMPLETION.name, family=CAUSAL.name, base=base, system=SYSTEM)
        write_trained(adapter, about)
        load_tokenizer(folder).save_pretrained(adapter)
        exam = load_causal(base, adapter, Recipe(quantization="none"))
        engine = apart(lambda: _engine(folder, exam, adapter))
    told = [
        {"row_id": n, "prompt": row["email"], "response": row["reply"]}
        for n, row in enumerate(rows, 1)
    ]
    prompts = [prompt_of(exam, row) for row in told]
    print(
        f"{MODEL}, {len(rows)} e-mails, up to {asked.tokens} tokens, engine '{engine.engine.name}'"
    )
    for title, name in (("base model", None), ("tuned model", "tuned")):
        _compare(title, name, exam, engine, prompts, [row["reply"] for row in rows], asked)


def _engine(folder: Path, exam: CausalModel, adapter: Path) -> TextModel:
    model = load_for_answers(folder, "none")
    model.generation_config = exam.model.get_base_model().generation_config
    loaded = TextModel(model, exam.tokenizer, FairLock(), MODEL)
    loaded.add("tuned", adapter)
    return loaded


def _compare(
    title: str,
    name: str | None,
    exam: CausalModel,
    engine: TextModel,
    prompts: Sequence[str],
    wanted: Sequence[str],
    asked: argparse.Namespace,
) -> None:
    times: dict[str, list[float]] = {"generate": [], "engine": []}
    texts: dict[str, list[str]] = {}
    for _ in range(asked.rounds):
        begun = time.perf_counter()
        texts["generate"] = _by_generate(exam, name, prompts, asked.tokens)
        times["generate"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        texts["engine"] = _by_engine(engine, name, prompts, asked.tokens)
        times["engine"].append(time.perf_counter() - begun)
    ratios = [a / b for a, b in zip(times["generate"], times["engine"], strict=True)]
    same = sum(a == b for a, b in zip(texts["generate"], texts["engine"], strict=True))
    scores = [np.array(chrf_of(chrf_counts(wanted, texts[way]))) for way in ("engine", "generate")]
    low, high = mean_interval(scores[0] - scores[1])
    mid = {way: statistics.median(found) for way, found in times.items()}
    print(
        f"{title}: generate {mid['generate']:.1f} s, engine {mid['engine']:.1f} s, "
        f"{statistics.median(ratios):.2f} times as fast ({min(ratios):.2f} to {max(ratios):.2f}); "
        f"{same} of {len(prompts)} the same; chrF {scores[0].mean():.1f} and {scores[1].mean():.1f}, "
        f"{(scores[0] - scores[1]).mean():+.1f} ({low:+.1f} to {high:+.1f})",
        flush=True,
    )


def _by_generate(
    exam: CausalModel, name: str | None, prompts: Sequence[str], tokens: int
) -> list[str]:
    if name is None:
        with exam.untrained():
            return write_answers(exam, prompts, tokens, Stop(), lambda _: None)
    return write_answers(exam, prompts, tokens, Stop(), lambda _: None)


def _by_engine(
    engine: TextModel, name: str | None, prompts: Sequence[str], tokens: int
) -> list[str]:
    """All at once: the engine takes as many as it computes together."""
    found: list[str] = [""] * len(prompts)

    def ask(place: int) -> None:
        sampling, ids = Sampling(max_tokens=tokens), list[int]()
        one = Asked(
            engine.encode(prompts[place]), name, sampling, tokens, engine.ends.ids,
            engine.tokenizer.pad_token_id, TokenChoice(sampling), threading.Event().is_set,
        )  # fmt: skip
        engine.engine.write(one, lambda token: ids.append(token) is not None)
        found[place] = answer_of(ids, engine.tokenizer, engine.ends)

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(len(prompts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


if __name__ == "__main__":
    main()
