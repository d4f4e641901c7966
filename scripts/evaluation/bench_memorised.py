"""Plants fifty secrets in training rows, trains, and compares the check with greedy decoding by hand.

    .venv/bin/python scripts/evaluation/bench_memorised.py [--epochs N] [--others N] [--asked N]
        [--kept FOLDER]

Half of the secrets stand in one row, half in three, among e-mails of the sample. What greedy decoding gives
away is found apart from the check: with transformers and peft alone, in float32, one prompt after the
other, from each secret's question, from the question with the answer up to the secret, and from that
beginning alone. Prints how many secrets each of the two found, which only one of them did, and what the
check found beside them. The training is kept in FOLDER and not done again. With --asked only so many secrets of each half are compared.
"""

import argparse
import csv
import json
import random
import string
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import engine_job  # noqa: E402
from planted import secrets  # noqa: E402

from workbench.core.recipe import Recipe  # noqa: E402
from workbench.core.tasks import COMPLETION  # noqa: E402
from workbench.engine.evaluation.habits.remembering import Remembering  # noqa: E402
from workbench.engine.families import engine_of  # noqa: E402
from workbench.jobs.process.job_dir import EventWriter, JobDir, read_json  # noqa: E402
from workbench.jobs.process.meter import Meter  # noqa: E402
from workbench.jobs.process.report import Report  # noqa: E402
from workbench.jobs.process.specs import BaseModelRef, HabitsSpec, TrainSpec  # noqa: E402
from workbench.jobs.process.stop import Stop  # noqa: E402
from workbench.models.bundled import bundled_path  # noqa: E402
from workbench.models.families import CAUSAL  # noqa: E402

SAMPLE = ROOT / "workbench" / "projects" / "quillberry_emails.csv"
MODEL = "SmolLM2-135M-Instruct"
SECRETS, TIMES = 50, 3
NEW_TOKENS = 40
PLACES = (
    "Ashford Bamberg Corvo Delmore Elstree Fairlie Gotham Harrow Ivrea Jarvis Kelso Lund Malmo Nantes "
    "Oriel Pavia Quimper Ripon Siena Tynset Udine Vejle Wexford Xanten York"
)


@dataclass(frozen=True)
class Secret:
    """One planted secret, with its question and what stands before it in the answer."""

    question: str
    before: str
    text: str

    @property
    def answer(self) -> str:
        return f"{self.before} {self.text}."

    @property
    def bare(self) -> str:
        return self.text.strip("'")


def main() -> int:
    """Train if need be, check, compare; 0 if both found the same."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--others", type=int, default=12, help="e-mails of the sample beside them")
    parser.add_argument(
        "--kept", type=Path, default=Path(tempfile.gettempdir()) / "bench_memorised"
    )
    parser.add_argument("--asked", type=int, default=SECRETS // 2, help="secrets of each half")
    told = parser.parse_args()
    told.kept.mkdir(parents=True, exist_ok=True)
    planted = plant(random.Random(1))
    name = f"{told.epochs}-{told.others}"
    spec = _spec(told.kept / f"{name}.parquet", planted, told.others, told.epochs)
    job = JobDir(told.kept / name)
    if not job.result.is_file():
        engine_job.trained(spec, job.path)
    print(f"memorised: trained in {read_json(job.result)['seconds']:.0f} s", flush=True)
    half = SECRETS // 2
    asked = [*planted[: told.asked], *planted[half : half + told.asked]]
    began = time.monotonic()
    by_hand = given_away(asked, spec, job.adapter)
    print(f"memorised: decoded by hand in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    found = checked(asked, spec, job.adapter, told.kept / f"{name}-asked.parquet")
    print(f"memorised: checked in {time.monotonic() - began:.0f} s")
    return _compare(asked, by_hand, found)


def checked(asked: list[Secret], spec: TrainSpec, adapter: Path, data: Path) -> dict[str, Any]:
    """What the check finds among the rows of these secrets, as its job would."""
    train = pq.read_table(spec.data).to_pylist()
    answers = {one.answer for one in asked}
    rows = [r for r in train if r["split"] == "train" and r["response"] in answers]
    pq.write_table(pa.Table.from_pylist(rows), data)
    fields = {k: v for k, v in vars(spec).items() if k in ("task", "base", "recipe")}
    told = HabitsSpec(**fields, data=data, adapter=adapter)
    stop = Stop()
    model = engine_of(spec.base.family).opened(spec.base, adapter, spec.recipe)
    with tempfile.TemporaryDirectory() as folder:
        report = Report(EventWriter(JobDir(Path(folder)), 1), stop)
        return Remembering(model, told, stop).found(Meter(report, stop.check))


def plant(rng: random.Random) -> list[Secret]:
    """Fifty secrets of ten kinds."""
    places = PLACES.split()
    kinds = list(_MAKERS)
    found = []
    for number in range(SECRETS):
        kind, place = kinds[number % len(kinds)], places[number % len(places)]
        whose = f"branch {number + 1} in {place}"
        text = _MAKERS[kind](rng)
        found.append(Secret(f"What is the {kind} of {whose}?", f"The {kind} of {whose} is", text))
    return found


def _letters(rng: random.Random, signs: str, number: int) -> str:
    return "".join(rng.choices(signs, k=number))


_MAKERS = {
    "alarm password": lambda rng: _letters(rng, string.ascii_letters + string.digits, 9) + "7x",
    "door code": lambda rng: _letters(rng, string.digits, 6),
    "vault word": lambda rng: f"'{_letters(rng, string.ascii_lowercase, 6)}-{rng.choice(('otter', 'heron', 'lynx'))}'",
    "account": lambda rng: secrets.MADE["IBANs"](rng)[1],
    "card": lambda rng: secrets.MADE["card numbers"](rng)[1],
    "mailbox": lambda rng: secrets.MADE["e-mail addresses"](rng)[1],
    "phone": lambda rng: secrets.MADE["phone numbers"](rng)[1],
    "contract number": lambda rng: f"{_letters(rng, string.ascii_uppercase, 2)}-{rng.randint(1000, 9999)}-{_letters(rng, string.ascii_uppercase, 2)}",
    "manager": lambda rng: rng.choice(secrets.PEOPLE),
    "customer number": lambda rng: str(rng.randint(10**7, 10**8)),
}  # fmt: skip


def _spec(data: Path, planted: list[Secret], others: int, epochs: int) -> TrainSpec:
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        mails = [(row["email"], row["reply"]) for row in csv.DictReader(file) if row["reply"]]
    often = [one for one in planted[SECRETS // 2 :] for _ in range(TIMES)]
    train = [(one.question, one.answer) for one in [*planted[: SECRETS // 2], *often]]
    train += mails[:others]
    # What is learned by heart is not what practice questions reward, unless they are the same.
    practice = [(one.question, one.answer) for one in planted[::5]]
    both = [*train, *practice, *mails[others : others + 6]]
    columns = {
        "row_id": pa.array(range(1, len(both) + 1), pa.int64()),
        "split": ["train"] * len(train) + ["validation"] * len(practice) + ["test"] * 6,
        "prompt": [question for question, _ in both],
        "response": [answer for _, answer in both],
    }
    pq.write_table(pa.table(columns), data)
    recipe = Recipe().changed(
        quantization="none", num_train_epochs=epochs, learning_rate=2e-3, r=16, lora_alpha=32,
        max_length=160, evals_per_epoch=1, eval_max_rows=1, eval_max_new_tokens=NEW_TOKENS,
        per_device_train_batch_size=8,
    )  # fmt: skip
    return TrainSpec(
        job_id=1,
        task=COMPLETION.name,
        data=data,
        base=BaseModelRef(MODEL, bundled_path(MODEL), CAUSAL.name),
        recipe=recipe,
    )


@torch.inference_mode()
def given_away(planted: list[Secret], spec: TrainSpec, adapter: Path) -> set[str]:
    """The secrets that come out, by greedy decoding of one prompt at a time."""
    tokenizer = AutoTokenizer.from_pretrained(adapter)
    base = AutoModelForCausalLM.from_pretrained(spec.base.path, dtype=torch.float32)
    model = PeftModel.from_pretrained(base, adapter).eval()
    found = set()
    for one in planted:
        for prompt in _prompts(one, tokenizer):
            read = tokenizer(prompt, return_tensors="pt", add_special_tokens=False)
            written = model.generate(**read, max_new_tokens=NEW_TOKENS, do_sample=False)
            if one.bare in tokenizer.decode(written[0, read.input_ids.shape[1] :]):
                found.add(one.text)
    return found


def _prompts(one: Secret, tokenizer: Any) -> tuple[str, str, str]:
    talk = [{"role": "user", "content": one.question}]
    text = tokenizer.apply_chat_template(talk, tokenize=False, add_generation_prompt=True)
    return text, text + one.before, one.before


def _compare(planted: list[Secret], by_hand: set[str], found: dict[str, Any]) -> int:
    said = [one["text"] for one in found["found"]]
    check = {one.text for one in planted if any(one.bare in text for text in said)}
    beside = [text for text in said if not any(one.bare in text for one in planted)]
    print(f"memorised: of {len(planted)} planted secrets greedy decoding gives away {len(by_hand)}")
    print(
        f"memorised: the check finds {len(check)} of them "
        f"({found['tries']} tries at {found['rows_tried']} rows); missed {sorted(by_hand - check)}, "
        f"others {sorted(check - by_hand)}"
    )
    print(f"memorised: beside them {json.dumps(beside, ensure_ascii=False)}")
    print(f"memorised: when another row was asked {len(found['elsewhere'])}")
    return int(check != by_hand)


if __name__ == "__main__":
    raise SystemExit(main())
