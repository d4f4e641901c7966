"""Answers the rows of a CSV file with the model beside this script.

    pip install -r requirements.txt
    python answer_csv.py IN.csv OUT.csv [--column NAME]

OUT.csv is IN.csv with a column `answer` behind the others. Of a model that names several categories, `answer`
holds those that there are, in order, with "; " between; what it named beside them stands in `no_category`.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import csv
import json
import re
import sys
from pathlib import Path
from typing import Any

import xllamacpp

HERE = Path(__file__).resolve().parent
STOPS = "[]().:'\" "
"""What may stand around a category's name."""


def main() -> int:
    parser = argparse.ArgumentParser(description="Answers the rows of a CSV file.")
    parser.add_argument("source", type=Path, metavar="IN.csv")
    parser.add_argument("target", type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--column", help="the column with the questions; without, as it was learned"
    )
    options = parser.parse_args()
    how = json.loads((HERE / "how_to_ask.json").read_text("utf-8"))
    with options.source.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names, rows = list(table.fieldnames or []), list(table)
    column = options.column or how["column"]
    if column not in names:
        sys.exit(
            f"{options.source} has no column '{column}': name one of {', '.join(names)} with --column."
        )
    model = opened(HERE / how["model"], how)
    with options.target.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(
            file, [*names, "answer", *(["no_category"] if "several" in how else [])]
        )
        out.writeheader()
        for row in rows:
            out.writerow({**row, **told(answer(model, row[column] or "", how), how)})
    print(f"{len(rows)} rows answered in {options.target}.")
    return 0


def opened(file: Path, how: dict[str, Any]) -> Any:
    """The model, loaded."""
    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(file)
    wanted.n_ctx, wanted.n_parallel = how["context"], 1
    wanted.warmup, wanted.use_jinja, wanted.verbosity = False, True, -1
    return xllamacpp.Server(wanted)


def answer(model: Any, text: str, how: dict[str, Any]) -> str:
    """What it writes; the likeliest word each time."""
    asked = {
        "temperature": 0,
        "max_tokens": how["max_tokens"],
        "n_predict": how["max_tokens"],
        "stop": how["stops"],
    }
    if how["is_text"]:
        reply = model.handle_completions({**asked, "prompt": text})
    else:
        messages = [{"role": "system", "content": how["system"]}] if how["system"] else []
        messages.append({"role": "user", "content": how["before"] + text + how["after"]})
        reply = model.handle_chat_completions({**asked, "messages": messages})
    if "choices" not in reply:
        return ""
    choice = reply["choices"][0]
    return str(choice["message"]["content"] if "message" in choice else choice["text"]).strip()


def told(text: str, how: dict[str, Any]) -> dict[str, str]:
    """The columns of an answer."""
    if "several" not in how:
        return {"answer": text}
    known, others = categories(text, how)
    return {"answer": known, "no_category": how["several"]["between"].join(others)}


def categories(text: str, how: dict[str, Any]) -> tuple[str, list[str]]:
    """The categories that a text names, each once and in order; and what else it names.

    They stand between semicolons, upright lines, ends of lines or commas, or in a JSON list; capitals and
    what stands around a name do not count.
    """
    between, none = how["several"]["between"], how["several"]["none"]
    places = {tidy(name): name for name in how["categories"]}

    def own(part: str) -> str | None:
        return places.get(tidy(part)) or places.get(tidy(part).strip(STOPS))

    known, others = set(), []
    nothing = text.strip().casefold() in how["several"]["nothing"]
    for part in [] if nothing and not own(text) else parts_of(text.strip(), own):
        if name := own(part):
            known.add(name)
        elif (other := " ".join(part.split()).strip(STOPS)) and other.casefold() != none:
            others.append(other)
    return between.join(sorted(known)) or none, others


def parts_of(text: str, own: Any) -> list[str]:
    """The names in a text; at commas only what is no category as it stands."""
    listed = as_list(text)
    text = text if text.startswith("[") else re.sub(r"\s*\n\s*", "; ", text)
    if own(text):
        return [text]
    signs = ";|\n," if text.startswith("[") else ";|"
    sign = next((sign for sign in signs if sign in text), None)
    parts = text.split(sign) if sign else [text]
    found: list[str] = []
    for part in parts if listed is None else listed:
        found += [part] if own(part) or listed == [text] else part.split(",")
    return found


def as_list(text: str) -> list[str] | None:
    """The names of a list as JSON or Python writes it; None if it is none."""
    found = None
    for read in (json.loads, ast.literal_eval) if text.startswith("[") else ():
        with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            found = read(text)
            break
    if not isinstance(found, list):
        return None
    named = all(isinstance(item, str | int | float) for item in found)
    return [str(item) for item in found] if named else [text]


def tidy(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.replace(";", ",").split()).casefold()


if __name__ == "__main__":
    sys.exit(main())
