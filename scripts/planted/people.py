"""Personal data in bank customers' questions, and false alarms where there is none."""

import csv
import random
from pathlib import Path

from planted.banking import SEED, banking77, rows_of
from planted.secrets import MADE
from workbench.data.checkup.checks import personal
from workbench.projects.samples import FILE

PEOPLE = 100


def people(data: Path) -> None:
    """Print how many of each kind are found, and what is reported without any."""
    texts, rng = banking77(data), random.Random(SEED)
    for kind, make in MADE.items():
        rows = rng.sample(range(len(texts)), PEOPLE)
        secrets = [make(rng) for _ in rows]
        planted = [
            (f"{texts[row][0]} {before}{secret}{after}", texts[row][1])
            for row, (before, secret, after) in zip(rows, secrets, strict=True)
        ]
        finding = personal.check(rows_of(planted))
        masked = {
            flagged.row_id: flagged.after or ""
            for flagged in (finding.flagged_rows if finding else [])
        }
        found = sum(
            secret not in masked.get(row, secret) for row, (_, secret, _) in enumerate(secrets)
        )
        print(f"personal: {found} of {PEOPLE} planted: {kind}")
    finding = personal.check(rows_of(texts))
    print(f"personal: {finding.rows if finding else 0} of {len(texts)} rows of BANKING77 reported")
    with FILE.open(encoding="utf-8", newline="") as file:
        mails = [(row["email"], row["category"]) for row in csv.DictReader(file)]
    finding = personal.check(rows_of(mails))
    for flagged in finding.flagged_rows if finding else []:
        print(
            f"personal: sample e-mail {flagged.row_id} reported ({flagged.note}): {flagged.after}"
        )
