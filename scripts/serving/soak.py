"""Fifty programs at once ask the model server for minutes: `python scripts/serving/soak.py`.

    --minutes 5 --clients 50 [--tiny]     with a bundled model, or a tiny one of random weights

Three fifths ask what they know the likeliest answer of, a fifth leaves in mid-stream, a fifth sends
nonsense. It prints what came of it, and ends with 1 if anybody was told something wrong, the log tells
of a failure, memory grew, or one client waited much longer than others.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.faults import clients  # noqa: E402
from tests.faults.clients import LEAVES, NONSENSE, STEADY, Outcome, Server  # noqa: E402
from tests.helpers import tiny  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402

MODEL = "SmolLM2-135M-Instruct"
MOST_GROWTH_MB = 150
MOST_SPREAD = 2.0
"""Of the answers that steady clients got: the most against the median."""


def main() -> int:
    """Run it; 0 if all went well."""
    options = _options()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = Server(folder, _registry(folder, with_tiny=options.tiny))
        with server.running():
            names = ("run-1", "run-1:base", "base:Tiny") if options.tiny else (f"base:{MODEL}",)
            with server.client() as opened:
                asked = clients.known_answers(opened, names, options.tokens)
            found = clients.soak(server, asked, count=options.clients, seconds=60 * options.minutes)
        trouble = clients.trouble_in(server.log)
    _print(found, trouble)
    return 1 if _wrong(found, trouble) else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--tokens", type=int, default=8, help="of an answer, at least")
    parser.add_argument("--tiny", action="store_true", help="a tiny model and an adapter of it")
    return parser.parse_args()


def _registry(folder: Path, *, with_tiny: bool) -> Path:
    if with_tiny:
        return tiny.write_registry(tiny.make_models(folder / "models"), folder / "models.json")
    entry = tiny.entry(f"base:{MODEL}", bundled_path(MODEL))
    entry["base"]["name"] = MODEL
    return tiny.registry_of([entry], folder / "models.json")


def _wrong(found: Outcome, trouble: list[str]) -> list[str]:
    """What did not go well, in sentences."""
    grown = found.grown_mb
    counts = [one.answers for one in found.of_kind(STEADY)]
    spread = max(counts) / max(1, statistics.median(counts))
    return [
        *found.complaints,
        *trouble,
        *([f"memory grew by {grown:.0f} MB"] if grown > MOST_GROWTH_MB else []),
        *([f"one got {spread:.1f} times the median's answers"] if spread > MOST_SPREAD else []),
    ]


def _print(found: Outcome, trouble: list[str]) -> None:
    print(f"{len(found.clients)} clients at once for {found.seconds:.0f} s")
    print(f"{'kind':10} {'clients':>8} {'done':>8} {'least':>7} {'median':>7} {'most':>7}")
    for kind in (STEADY, LEAVES, NONSENSE):
        counts = [one.answers for one in found.of_kind(kind)]
        of = f"{min(counts):7d} {statistics.median(counts):7.0f} {max(counts):7d}"
        print(f"{kind:10} {len(counts):8d} {sum(counts):8d} {of}")
    waited = sorted(wait for one in found.of_kind(STEADY) for wait in one.waited_s)
    if len(waited) > 1:
        cuts = statistics.quantiles(waited, n=20)
        print(
            f"waited for an answer: median {statistics.median(waited):.2f} s, "
            f"19 of 20 within {cuts[-1]:.2f} s, longest {waited[-1]:.2f} s"
        )
        means = [statistics.mean(one.waited_s) for one in found.of_kind(STEADY) if one.waited_s]
        print(f"a client's mean: from {min(means):.2f} s to {max(means):.2f} s")
    before, warm, later, end = found.rss_mb
    print(
        f"memory of the server: {before:.0f} MB before, {warm:.0f} MB after a fifth of the time, "
        f"{later:.0f} MB after three fifths, {end:.0f} MB at the end"
    )
    wrong = _wrong(found, trouble)
    print("wrong: " + ("nothing" if not wrong else ""))
    for line in wrong[:20]:
        print(f"  {line}")


if __name__ == "__main__":
    sys.exit(main())
