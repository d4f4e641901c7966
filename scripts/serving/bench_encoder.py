"""Rows a second that an encoder reads, and how many it could: `python scripts/serving/bench_encoder.py`.

All ways take turns, over short texts (of a customer's message) and middle ones (of a hundred words):
transformers in float32, as trainings read (bfloat16, attention written out, groups of 4,096 tokens), and
as answers are read. Seconds are those of a clock, which other programs lengthen, and those of a processor
that one thread takes. Beside them what the products alone would take, at the rate that this machine
multiplies them at: no way in bfloat16 can be faster. Also says how far probabilities and categories of
a random head with as many categories as BANKING77 differ from float32.
"""

import contextlib
import functools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402

import workbench.engine  # noqa: E402, F401  (says how threads wait, before torch is loaded)
from workbench.engine.encoder import encoder as encoders  # noqa: E402
from workbench.engine.encoder.fast.on_cores import on_cores  # noqa: E402
from workbench.engine.encoder.fast.packed import packed  # noqa: E402
from workbench.engine.encoder.probe import Head  # noqa: E402
from workbench.engine.encoder.reader import batches  # noqa: E402
from workbench.engine.encoder.reader.reader import load_reader  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402
from workbench.engine.models.products import Packed  # noqa: E402

MODEL, ROUNDS, CATEGORIES = "all-MiniLM-L6-v2", 5, 77
KINDS = {"short": (600, 12, 0.5), "middle": (80, 100, 0.1)}
"""Rows, words of a usual one, and how far the others are from it."""
FLOAT32, BEFORE, NOW = "float32", "as before", "now"
TOKENS, REPEATS = 1024, 10

Way = Callable[[list[list[int]]], torch.Tensor]


def texts(rows: int, usual: int, spread: float) -> list[str]:
    """Pieces of our own documentation."""
    words = (ROOT / "docs" / "architecture.md").read_text("utf-8").split()
    drawn, found = np.random.default_rng(0), []
    for _ in range(rows):
        length = int(np.clip(drawn.lognormal(np.log(usual), spread), 3, 180))
        start = int(drawn.integers(0, len(words) - length))
        found.append(" ".join(words[start : start + length]))
    return found


def main() -> None:
    folder = ensure_ready(MODEL)
    torch.manual_seed(0)
    encoder = encoders.load_encoder(folder)
    head = Head(encoder.body.config.hidden_size, CATEGORIES)
    torch.nn.init.normal_(head.linear.weight, std=4.0)
    plain = encoders.Classifier(encoder, head).eval().requires_grad_(False)
    reader = load_reader(folder, encoder.body, 256)
    layers = [m for m in encoder.body.modules() if type(m) is torch.nn.Linear]
    operations = sum(2 * layer.weight.numel() for layer in layers)
    ways = ways_of(plain, packed(plain), reader.pad_id)
    print(f"{MODEL}: {operations / 1e6:.1f} million operations a token in products")
    for name, kind in KINDS.items():
        bench(name, reader.ids(texts(*kind)), ways, layers, operations)


def ways_of(plain: torch.nn.Module, fast: torch.nn.Module, pad_id: int) -> dict[str, Way]:
    """The ways to read, by name."""

    def by_trainings(ids: list[list[int]]) -> torch.Tensor:
        with patch.dict(encoders.READ_AT_ONCE, {"cpu": 4096}):
            return batches.read(plain, ids, pad_id)

    def in_float32(ids: list[list[int]]) -> torch.Tensor:
        exact = contextlib.nullcontext
        with patch.object(encoders, "precision", exact), patch.object(batches, "precision", exact):
            return by_trainings(ids)

    return {
        FLOAT32: in_float32,
        BEFORE: by_trainings,
        NOW: lambda ids: batches.read(fast, ids, pad_id, each=on_cores),
    }


def bench(
    name: str,
    ids: list[list[int]],
    ways: dict[str, Way],
    layers: list[torch.nn.Linear],
    operations: int,
) -> None:
    """Measure by turns, and print."""
    found = {way: run(ids) for way, run in ways.items()}
    times: dict[str, list[float]] = {way: [] for way in (BEFORE, NOW)}
    works: dict[str, list[float]] = {way: [] for way in (BEFORE, NOW)}
    rates = []
    for _ in range(ROUNDS):
        for way in times:
            times[way].append(seconds(time.perf_counter, functools.partial(ways[way], ids)))
            with one_thread():
                works[way].append(seconds(time.process_time, functools.partial(ways[way], ids)))
        rates.append(rate(layers))
    tokens = sum(map(len, ids))
    print(f"\n{name}: {len(ids)} rows of {tokens / len(ids):.0f} tokens")
    for title, of in (("all cores", times), ("one thread, seconds of its processor", works)):
        gain = statistics.median(b / a for b, a in zip(of[BEFORE], of[NOW], strict=True))
        before, now = (len(ids) / statistics.median(of[way]) for way in (BEFORE, NOW))
        print(f"  {title}: {before:.0f} rows/s as before, {now:.0f} now, {gain:.2f} times")
    least = tokens * operations / max(rates)
    bound = statistics.median(times[BEFORE]) / least
    reached = least / statistics.median(times[NOW])
    print(
        f"  products alone, at {max(rates) / 1e9:.0f} GFLOP/s in bfloat16: {len(ids) / least:.0f} rows/s, "
        f"{bound:.2f} times as before; now {reached:.0%} of that"
    )
    shares = {way: logits.double().softmax(1) for way, logits in found.items()}
    for way in (BEFORE, NOW):
        off = (shares[way] - shares[FLOAT32]).abs()
        same = float((shares[way].argmax(1) == shares[FLOAT32].argmax(1)).double().mean())
        print(
            f"  {way} and float32: probabilities differ by {float(off.mean()):.2g} on average and "
            f"{float(off.max()):.2g} at most, {same:.1%} of categories equal"
        )


def seconds(clock: Callable[[], float], run: Callable[[], object]) -> float:
    """What a run takes by a clock."""
    begun = clock()
    run()
    return clock() - begun


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Inside, torch computes with one."""
    usual = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def rate(layers: list[torch.nn.Linear]) -> float:
    """Operations a second in products of the encoder's sizes, a group of tokens on each core."""
    sizes = sorted({tuple(layer.weight.shape) for layer in layers})
    products = [Packed(torch.randn(size), None, TOKENS) for size in sizes]
    rows = [torch.randn(TOKENS, size[1]).bfloat16() for size in sizes]
    cores = torch.get_num_threads()

    def work(_: int) -> None:
        for own, x in zip(products, rows, strict=True):
            own(x)

    least = float("inf")
    for _ in range(REPEATS):
        begun = time.perf_counter()
        list(on_cores(work, range(cores)))
        least = min(least, time.perf_counter() - begun)
    return cores * sum(2 * TOKENS * n * k for n, k in sizes) / least


if __name__ == "__main__":
    main()
