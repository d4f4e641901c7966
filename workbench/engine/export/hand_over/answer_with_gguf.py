"""Answers the rows of a CSV file with the model beside this script.

    pip install -r requirements.txt
    python answer_csv.py IN.csv OUT.csv [--column NAME]

OUT.csv is IN.csv with a column `answer` behind the others.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import xllamacpp

HERE = Path(__file__).resolve().parent


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
        out = csv.DictWriter(file, [*names, "answer"])
        out.writeheader()
        for row in rows:
            out.writerow({**row, "answer": answer(model, row[column] or "", how)})
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


if __name__ == "__main__":
    sys.exit(main())
