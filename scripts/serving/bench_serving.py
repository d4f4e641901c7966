"""Tokens a second of the model server's engines: `python scripts/serving/bench_serving.py`.

One user and eight together, of the base model, of one tuned model (a random adapter), and each of another
tuned one, against `generate` of the same kind one at a time; all take turns, round by round, so that whatever else
the machine does meets all of them.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
import torch  # noqa: E402
from peft import LoraConfig, get_peft_model  # noqa: E402

import workbench.engine  # noqa: E402, F401  (says how threads wait, before torch is loaded)
from workbench.engine.generative.model import load_for_answers  # noqa: E402
from workbench.engine.models.load import load_tokenizer  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402
from workbench.engine.runtime.apart import apart  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.engine.serving.choosing.token_choice import TokenChoice  # noqa: E402
from workbench.engine.serving.engines.protocol import Asked, Engine  # noqa: E402
from workbench.engine.serving.engines.transformers_engine import TransformersEngine  # noqa: E402
from workbench.engine.serving.fair_lock import FairLock  # noqa: E402
from workbench.engine.serving.requests import Sampling  # noqa: E402
from workbench.engine.serving.stream_decoder import StreamDecoder  # noqa: E402
from workbench.engine.serving.text_model import TextModel  # noqa: E402

MODEL = "SmolLM2-135M-Instruct"
QUESTION, ANSWER, USERS = 200, 100, 8
BASE, TUNED, SEVERAL = "base model", "tuned model", "eight tuned models"
MB = 2**20


def make_adapters(folder: Path, count: int, into: Path) -> list[Path]:
    """LoRA adapters of all layers with random weights that leave answers sensible."""
    config = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    model, made = get_peft_model(load_for_answers(folder, "none"), config), []
    for number in range(count):
        torch.manual_seed(number)
        for name, weight in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(weight, std=0.002)
        made.append(into / f"adapter-{number}")
        model.save_pretrained(made[-1])
    return made


class Timed(TokenChoice):
    """Notes when the first token was computed."""

    first_at: float | None = None

    def accept(self, token: int, *, ends: bool = False) -> None:
        self.first_at = self.first_at or time.perf_counter()
        super().accept(token, ends=ends)


class Bench:
    """One loaded model, asked by both engines."""

    def __init__(self, adapters: list[Path]) -> None:
        folder = ensure_ready(MODEL)
        before = psutil.Process().memory_info().rss
        model = load_for_answers(folder, "none")
        self.loaded_bytes = psutil.Process().memory_info().rss - before
        self.model = TextModel(model, load_tokenizer(folder), FairLock(), MODEL)
        self.names = [path.name for path in adapters]
        for path in adapters:
            self.model.add(path.name, path)
        self.plain = TransformersEngine(self.model)
        words = (ROOT / "README.md").read_text("utf-8")
        self.ids = self.model.encode(words)["input_ids"][0].tolist()
        self.at = 0

    def asked(self, adapter: str | None) -> Asked:
        """A question that nobody has asked yet; its answer does not end before its length."""
        self.at = (self.at + 37) % (len(self.ids) - QUESTION)
        ids = torch.tensor([self.ids[self.at : self.at + QUESTION]])
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        sampling = Sampling(max_tokens=ANSWER)
        choice = Timed(sampling)
        return Asked(
            inputs, adapter, sampling, ANSWER, frozenset(), 0, choice, threading.Event().is_set
        )

    def run(self, engine: Engine, adapters: list[str | None]) -> tuple[float, float]:
        """Tokens a second of users together, and the seconds until the last has a first token."""
        questions = [self.asked(adapter) for adapter in adapters]
        begun = time.perf_counter()

        def answer(asked: Asked) -> None:
            text = StreamDecoder(self.model.tokenizer)
            seen: list[int] = []

            def took(token: int) -> bool:
                seen.append(token)
                text.add(token)
                return False

            engine.write(asked, took)
            assert len(seen) == ANSWER, len(seen)

        threads = [threading.Thread(target=answer, args=(asked,)) for asked in questions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        speed = len(adapters) * ANSWER / (time.perf_counter() - begun)
        return speed, max(_first_at(one) for one in questions) - begun


def _first_at(asked: Asked) -> float:
    assert isinstance(asked.choice, Timed)
    assert asked.choice.first_at is not None
    return asked.choice.first_at


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    compare(rounds)


def compare(rounds: int) -> None:
    """Print what both engines do in so many rounds."""
    quiet()
    with tempfile.TemporaryDirectory() as folder:
        bench = apart(lambda: Bench(make_adapters(ensure_ready(MODEL), USERS, Path(folder))))
    engine = bench.model.engine
    print(f"{MODEL}, {QUESTION} tokens asked, {ANSWER} answered, engine '{engine.name}'")
    kinds: dict[str, list[str | None]] = {
        BASE: [None] * USERS,
        TUNED: bench.names[:1] * USERS,
        SEVERAL: [*bench.names],
    }
    speeds, waits = defaultdict(list), defaultdict(list)
    for users in kinds.values():  # warm
        bench.run(engine, users[:1])
        bench.run(bench.plain, users[:1])
    for _ in range(rounds):
        for kind, users in kinds.items():
            for who, (by, some) in {
                "generate": (bench.plain, users[:1]),
                "one": (engine, users[:1]),
                "eight": (engine, users),
            }.items():
                speed, wait = bench.run(by, some)
                speeds[kind, who].append(speed)
                waits[kind, who].append(wait)
    for kind in kinds:
        plain, one, eight = (speeds[kind, who] for who in ("generate", "one", "eight"))
        times = [
            statistics.median(a / b for a, b in zip(s, plain, strict=True)) for s in (one, eight)
        ]
        mid = {who: statistics.median(speeds[kind, who]) for who in ("generate", "one", "eight")}
        print(
            f"{kind}: generate {mid['generate']:.0f} tokens/s; one user {mid['one']:.0f} "
            f"({times[0]:.1f} times); eight together {mid['eight']:.0f} ({times[1]:.1f} times); "
            f"first token after {statistics.median(waits[kind, 'one']) * 1000:.0f} ms"
        )
    print(
        f"memory: {bench.loaded_bytes / MB:.0f} MB of the loaded model, {engine.memory_bytes / MB:.0f} "
        f"MB of the engine's packed weights, keys and values; process {psutil.Process().memory_info().rss / MB:.0f} MB"
    )


if __name__ == "__main__":
    main()
