"""A million rows: the time and the memory of each check."""

import random
import resource
import subprocess
import sys
import time
from pathlib import Path

from planted.banking import SEED
from planted.secrets import PEOPLE
from workbench.core.tasks import CLASSIFICATION, COMPLETION, TASKS
from workbench.data.checkup import run
from workbench.data.checkup.rows import Rows

MILLION = 1_000_000
MEASURED = (CLASSIFICATION.name, COMPLETION.name)


def scale(data: Path) -> None:
    """Time and memory for a million rows, in a process of its own for each task."""
    for task in MEASURED:
        subprocess.run([sys.executable, sys.argv[0], "--task", task], check=True)


def measure(task: str) -> int:
    """Print what the checks of one task take."""
    rows = _synthetic(task)
    start_mb = _peak_mb()
    whole, processor = time.perf_counter(), time.process_time()
    for check in run.checks_of(rows.task):
        began = time.perf_counter()
        check.look(rows)
        name = check.look.__module__.rpartition(".")[2]
        print(f"scale: {task}, {name}: {time.perf_counter() - began:.1f} s", flush=True)
    print(
        f"scale: {task}, {len(rows):,} rows, all checks: {time.perf_counter() - whole:.1f} s, "
        f"{time.process_time() - processor:.1f} s of a processor, "
        f"peak {_peak_mb():.0f} MB, of which {start_mb:.0f} MB hold the rows",
        flush=True,
    )
    return 0


_VOCABULARY = (
    "account address again already also although amount another answer app arrived asked available "
    "back balance bank because been before bill bought branch broken button call came cancel card "
    "cash change charge check city close code company confirm contact cost country credit customer "
    "date day delay delivery deposit details did different discount does email error exchange extra "
    "fee find first form friend from get gone good have help home hour how identity information "
    "invoice know last late letter limit long lost mail many message minute missing mobile money "
    "month more much name need never new next not number offer office old online open order other "
    "parcel password pay payment pending people phone place please price problem product question "
    "quick rate reason received refund request return right same second send service several shop "
    "should show since someone something soon status still stop store system take tell thank that "
    "there think this time today together tomorrow top transaction transfer travel trouble try "
    "twice understand until update upgrade use verify very wait want was website week what when "
    "where which why will with without work wrong year yesterday your"
)
_WORDS = _VOCABULARY.split()


def _synthetic(task: str) -> Rows:
    """A million rows of about a hundred characters; one in a hundred is a copy of another.

    A tenth of the rows greets somebody, one in fifty has an address, one in fifty HTML.
    """
    rng = random.Random(SEED)

    def sentence() -> str:
        words = rng.choices(_WORDS, k=rng.randint(12, 22))
        if rng.random() < 0.3:
            words[rng.randrange(len(words))] = f"{rng.randint(1, 99_999)}"
        text = f"{' '.join(words[:8]).capitalize()}. {' '.join(words[8:]).capitalize()}."
        kind = rng.random()
        if kind < 0.1:
            return f"Hello {rng.choice(PEOPLE)}, {text}"
        if kind < 0.12:
            return f"{text} Mail to {words[0]}@{words[1]}.example, please."
        return f"<p>{text}</p>&nbsp;" if kind < 0.14 else text

    texts = [sentence() for _ in range(MILLION)]
    for row in rng.sample(range(1, MILLION), MILLION // 100):
        texts[row] = texts[row - 1]
    splits = rng.choices(("train", "validation", "test"), (8, 1, 1), k=MILLION)
    kind = TASKS[task]
    if kind.answers_are_categories:
        labels = rng.choices([f"category {i}" for i in range(50)], k=MILLION)
        return Rows(kind, list(range(MILLION)), splits, {"text": texts, "label": labels})
    answers = [sentence() for _ in range(MILLION)]
    return Rows(kind, list(range(MILLION)), splits, {"prompt": texts, "response": answers})


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
