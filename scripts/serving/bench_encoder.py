"""Rows a second that an encoder reads, packed and not: `python scripts/serving/bench_encoder.py`.

Both take turns. Also says how far probabilities and categories of a random head with as many
categories as BANKING77 differ, from unpacked products and from float32.
"""

import contextlib
import statistics
import sys
import time
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402

import workbench.engine  # noqa: E402, F401  (says how threads wait, before torch is loaded)
from workbench.engine.encoder import encoder as encoders  # noqa: E402
from workbench.engine.encoder.packed import packed  # noqa: E402
from workbench.engine.encoder.probe import Head  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402

MODEL, ROWS, ROUNDS, CATEGORIES = "all-MiniLM-L6-v2", 600, 5, 77


def texts() -> list[str]:
    """Pieces of our own documentation, of the lengths of customers' messages."""
    words = (ROOT / "docs" / "architecture.md").read_text("utf-8").split()
    drawn, found = np.random.default_rng(0), []
    for _ in range(ROWS):
        length = int(np.clip(drawn.lognormal(2.6, 0.7), 3, 180))
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
    reader = encoders.load_reader(folder, encoder.body, 256)
    ids, fast = reader.ids(texts()), packed(plain)

    def seconds(model: torch.nn.Module, at_once: int) -> float:
        with patch.dict(encoders.READ_AT_ONCE, {"cpu": at_once}):
            begun = time.perf_counter()
            encoders.read(model, ids, reader.pad_id)
            return time.perf_counter() - begun

    now = encoders.TOKENS_AT_ONCE["cpu"]
    ways = {"as before": (plain, 4096), "packed": (fast, now)}
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (model, at_once) in ways.items():
            times[name].append(seconds(model, at_once))
    before, after = times.values()
    gain = statistics.median(b / a for b, a in zip(before, after, strict=True))
    print(f"{MODEL}, {ROWS} rows of {np.mean([len(row) for row in ids]):.0f} tokens")
    for name, taken in times.items():
        print(f"{name}: {ROWS / statistics.median(taken):.0f} rows/s")
    print(f"packed: {gain:.2f} times")
    shares = {
        name: encoders.read(model, ids, reader.pad_id).double().softmax(1)
        for name, model in (("unpacked", plain), ("packed", fast))
    }
    with patch.object(encoders, "precision", contextlib.nullcontext):
        shares["float32"] = encoders.read(plain, ids, reader.pad_id).double().softmax(1)
    for name in ("unpacked", "float32"):
        far = float((shares["packed"] - shares[name]).abs().max())
        same = float((shares["packed"].argmax(1) == shares[name].argmax(1)).double().mean())
        print(
            f"packed and {name}: probabilities differ by {far:.2g} at most, {same:.1%} of categories equal"
        )


if __name__ == "__main__":
    main()
