"""Prints how well and how fast the Data Doctor finds what was planted.

    .venv/bin/python scripts/bench_doctor.py [near] [personal] [scale] [--data FOLDER]

`near` and `personal` plant into BANKING77, which must lie in FOLDER (default: ../shared/data beside
the checkout, or what WORKBENCH_BENCH_DATA names). `scale` makes a million rows of its own.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workbench.checkup import checks, duplicates, personal  # noqa: E402
from workbench.checkup.rows import Rows  # noqa: E402
from workbench.checkup.tokens import plain  # noqa: E402
from workbench.samples import FILE  # noqa: E402
from workbench.tasks import TASKS  # noqa: E402

SEED = 42
PLANTED, PEOPLE = 300, 100
MILLION = 1_000_000
DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
Texts = list[tuple[str, str]]
"""Text and category."""


def main() -> int:
    """Run the named parts, or all of them."""
    parts: dict[str, Callable[[Path], None]] = {"near": near, "personal": people, "scale": scale}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("part", nargs="*", help="what to run; nothing: all")
    parser.add_argument("--data", type=Path, default=DATA, help="where the folder banking77 lies")
    parser.add_argument("--task", choices=("classification", "completion"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        return _measure(given.task)
    wanted = given.part or list(parts)
    if wanted != ["scale"] and not (given.data / "banking77" / "train.csv").is_file():
        print(f"There is no {given.data / 'banking77' / 'train.csv'}: name the folder with --data.")
        return 2
    for name in wanted:
        parts[name](given.data)
    return 0


def near(data: Path) -> None:
    """Copies with one word exchanged."""
    texts, rng = _banking77(data), random.Random(SEED)
    before, _ = _reported(_rows(texts))
    vocabulary = sorted({word for text, _ in texts for word in text.split()})
    origins = rng.sample(range(len(texts)), PLANTED)
    copies = [(_exchanged(texts[row][0], vocabulary, rng), texts[row][1]) for row in origins]
    after, groups = _reported(_rows(texts + copies))
    found = sum(
        groups.get(row, -1) == groups.get(copy, -2) for copy, row in enumerate(origins, len(texts))
    )
    fresh = after - before
    right = [pair for pair in fresh if _differ_little(texts + copies, *pair)]
    natural = [pair for pair in before if _differ_little(texts, *pair)]
    print(
        f"near: {found} of {PLANTED} planted copies found beside their origin ({found / PLANTED:.1%}); "
        f"{len(fresh)} pairs reported beyond the {len(before)} without planting, "
        f"{len(right)} of them ({len(right) / len(fresh):.1%}) differ in a word at most, and so do "
        f"{len(natural)} ({len(natural) / len(before):.1%}) of those"
    )


def _exchanged(text: str, vocabulary: list[str], rng: random.Random) -> str:
    words = text.split()
    place = rng.randrange(len(words))
    words[place] = rng.choice([word for word in rng.sample(vocabulary, 5) if word != words[place]])
    return " ".join(words)


def _reported(rows: Rows) -> tuple[set[tuple[int, int]], dict[int, int]]:
    """Pairs that a user sees, a row and the earlier one it is like; and the group of each row."""
    finding = duplicates.check(rows)
    marks = finding.marks if finding else []
    pairs = {(int(mark.note.rsplit(" ", 1)[1]), mark.row_id) for mark in marks if mark.drop}
    return pairs, {mark.row_id: mark.group for mark in marks}


def _differ_little(texts: Texts, first: int, second: int) -> bool:
    """Whether two texts differ by one word (exchanged, added, moved), in order or in nothing.

    Told with code of its own: all ways of leaving out one word are tried.
    """
    words, others = (
        text.split(" ") for text in plain([texts[first][0], texts[second][0]]).to_pylist()
    )
    if sorted(words) == sorted(others):
        return True
    left = {tuple(words), *(tuple(words[:i] + words[i + 1 :]) for i in range(len(words)))}
    right = {tuple(others), *(tuple(others[:i] + others[i + 1 :]) for i in range(len(others)))}
    same = len([1 for word in words if word in others]) >= 0.9 * max(len(words), len(others))
    return bool(left & right) or (len(words) >= 20 and same)


def people(data: Path) -> None:
    """Personal data in bank customers' questions, and false alarms where there is none."""
    texts, rng = _banking77(data), random.Random(SEED)
    for kind, make in _MADE.items():
        rows = rng.sample(range(len(texts)), PEOPLE)
        secrets = [make(rng) for _ in rows]
        planted = [
            (f"{texts[row][0]} {before}{secret}{after}", texts[row][1])
            for row, (before, secret, after) in zip(rows, secrets, strict=True)
        ]
        finding = personal.check(_rows(planted))
        masked = {mark.row_id: mark.after or "" for mark in (finding.marks if finding else [])}
        found = sum(
            secret not in masked.get(row, secret) for row, (_, secret, _) in enumerate(secrets)
        )
        print(f"personal: {found} of {PEOPLE} planted: {kind}")
    finding = personal.check(_rows(texts))
    print(f"personal: {finding.rows if finding else 0} of {len(texts)} rows of BANKING77 reported")
    with FILE.open(encoding="utf-8", newline="") as file:
        mails = [(row["email"], row["category"]) for row in csv.DictReader(file)]
    finding = personal.check(_rows(mails))
    for mark in finding.marks if finding else []:
        print(f"personal: sample e-mail {mark.row_id} reported ({mark.note}): {mark.after}")


def _iban(rng: random.Random) -> tuple[str, str, str]:
    country, length = rng.choice((("DE", 18), ("AT", 16), ("ES", 20), ("BE", 12), ("PL", 24)))
    bban = "".join(rng.choices("0123456789", k=length))
    iban = f"{country}{_check_digits(country, bban)}{bban}"
    spaced = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
    return "Please pay it to ", rng.choice((iban, spaced)), rng.choice((" instead.", ".", ""))


def _check_digits(country: str, bban: str) -> str:
    digits = "".join(str(int(letter, 36)) for letter in f"{bban}{country}00")
    return f"{98 - int(digits) % 97:02d}"


def _wrong_iban(rng: random.Random) -> tuple[str, str, str]:
    before, iban, after = _iban(rng)
    return before, f"{iban[:-1]}{(int(iban[-1]) + 1) % 10}", after


def _card(rng: random.Random) -> tuple[str, str, str]:
    start, length = rng.choice((("4", 16), ("53", 16), ("2345", 16), ("37", 15), ("6011", 16)))
    body = start + "".join(rng.choices("0123456789", k=length - len(start) - 1))
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(body))]
    number = f"{body}{-sum(n // 10 + n % 10 for n in doubled) % 10}"
    spaced = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    said = rng.choice((number, spaced, spaced.replace(" ", "-")))
    return "The number is ", said, rng.choice((", exp 11/29", ".", ""))


def _wrong_card(rng: random.Random) -> tuple[str, str, str]:
    before, card, after = _card(rng)
    return before, f"{card[:-1]}{(int(card[-1]) + 1) % 10}", after


def _email(rng: random.Random) -> tuple[str, str, str]:
    first, last = rng.choice(_PEOPLE).lower().replace("'", "").split(" ", 1)
    local = rng.choice((f"{first}.{last}", f"{first}_{rng.randint(1, 99)}", f"{first[0]}{last}+x"))
    host = rng.choice(("mail.example", "gmail.com", "web.de", "post.co.uk", "sub.firm-a.org"))
    return rng.choice(("Write to ", "I am ", "<")), f"{local.replace(' ', '')}@{host}", "."


def _phone(rng: random.Random) -> tuple[str, str, str]:
    import phonenumbers as library

    region = rng.choice(("US", "GB", "DE", "FR", "ES", "IT", "NL", "AT", "CH", "IN"))
    example = library.example_number_for_type(region, library.PhoneNumberType.MOBILE)
    while True:
        tail = "".join(rng.choices("0123456789", k=5))
        number = library.PhoneNumber(
            example.country_code, int(f"{example.national_number}"[:-5] + tail)
        )
        if library.is_valid_number(number):
            break
    forms = library.PhoneNumberFormat
    form = rng.choice((forms.INTERNATIONAL, forms.NATIONAL, forms.E164))
    before = rng.choice(("Call me at ", "My phone is ", "Mobile: "))
    return before, library.format_number(number, form), rng.choice((".", " please", ""))


def _address(rng: random.Random) -> tuple[str, str, str]:
    if rng.random() < 0.7:
        return "I logged in from ", ".".join(str(rng.randint(128, 223)) for _ in range(4)), "."
    return (
        "My address is ",
        "2001:db8:" + ":".join(f"{rng.randint(1, 65535):x}" for _ in range(6)),
        "",
    )


def _name(rng: random.Random) -> tuple[str, str, str]:
    name = rng.choice(_PEOPLE)
    first, last = name.split(" ", 1)
    return rng.choice(
        (
            ("My name is ", name, "."),
            ("Kind regards, ", name, ""),
            ("Thanks,\n", name, ""),
            ("Dear Mrs ", last, ", please answer."),
            ("Dear ", first, ", please answer."),
            ("I spoke to Mr. ", last, " yesterday."),
            ("Please ask ", name, " about it."),
            ("From: ", name, ""),
        )
    )


_NAMES = (
    "Anna Schmidt,Peter Novak,Maria Garcia,John Smith,Fatima Al-Sayed,Sofie Van Damme,Luca Rossi,"
    "Ginevra Colombo,Emma Johnson,Olivier Dupont,Chloe Martin,Lars Andersson,Katarzyna Kowalska,"
    "Priya Sharma,Mehmet Yilmaz,Elif Demir,James O'Connor,Hannah Weber,Joao Silva,Ana Pereira,"
    "Miguel Torres,Isla Drummond,Otto Steinbrecher,Jan de Vries,Eva Horvath,Andrei Popescu,"
    "Mikkel Jensen,Aino Virtanen,Rajesh Kumar,Grace Okafor,David Cohen,Yara Mansour,Wei Zhang,"
    "Thomas Müller,Claire Lefèvre,Zoë Baker,Nils Berg,Paula Fernández,Kenji Tanaka,Laura Bianchi"
)
_PEOPLE = _NAMES.split(",")
_MADE: dict[str, Callable[[random.Random], tuple[str, str, str]]] = {
    "e-mail addresses": _email,
    "IBANs": _iban,
    "IBANs with a wrong check digit": _wrong_iban,
    "card numbers": _card,
    "card numbers with a wrong check digit": _wrong_card,
    "phone numbers": _phone,
    "IP addresses": _address,
    "names": _name,
}


def scale(data: Path) -> None:
    """Time and memory for a million rows, in a process of its own for each task."""
    for task in ("classification", "completion"):
        subprocess.run([sys.executable, __file__, "--task", task], cwd=ROOT, check=True)


def _measure(task: str) -> int:
    rows = _synthetic(task)
    start_mb = _peak_mb()
    whole, processor = time.perf_counter(), time.process_time()
    for check in checks.CHECKS[task]:
        began = time.perf_counter()
        check(rows)
        name = check.__module__.rpartition(".")[2]
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
            return f"Hello {rng.choice(_PEOPLE)}, {text}"
        if kind < 0.12:
            return f"{text} Mail to {words[0]}@{words[1]}.example, please."
        return f"<p>{text}</p>&nbsp;" if kind < 0.14 else text

    texts = [sentence() for _ in range(MILLION)]
    for row in rng.sample(range(1, MILLION), MILLION // 100):
        texts[row] = texts[row - 1]
    splits = rng.choices(("train", "validation", "test"), (8, 1, 1), k=MILLION)
    kind = TASKS[task]
    if task == "classification":
        labels = rng.choices([f"category {i}" for i in range(50)], k=MILLION)
        return Rows(kind, list(range(MILLION)), splits, {"text": texts, "label": labels})
    answers = [sentence() for _ in range(MILLION)]
    return Rows(kind, list(range(MILLION)), splits, {"prompt": texts, "response": answers})


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _banking77(data: Path) -> Texts:
    with (data / "banking77" / "train.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def _rows(texts: Texts) -> Rows:
    """Examples to learn from, numbered from 0."""
    values = {"text": [text for text, _ in texts], "label": [label for _, label in texts]}
    return Rows(TASKS["classification"], list(range(len(texts))), ["train"] * len(texts), values)


if __name__ == "__main__":
    raise SystemExit(main())
