"""Answers the rows of a CSV file with the model beside this script.

    pip install -r requirements.txt
    python answer_csv.py IN.csv OUT.csv [--column NAME]

OUT.csv is IN.csv with the columns `answer`, `probability`, `none_of_these` and `please_check` behind the
others, as far as the model knows them. Of a model that finds several categories, `answer` names all of them
with "; " between. A model that estimates numbers adds `answer`, and `from` and `to`, between which nine of
ten true numbers lie. A model that reads two texts together takes --column twice.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

HERE = Path(__file__).resolve().parent
AT_ONCE = 32


def main() -> int:
    parser = argparse.ArgumentParser(description="Answers the rows of a CSV file.")
    parser.add_argument("source", type=Path, metavar="IN.csv")
    parser.add_argument("target", type=Path, metavar="OUT.csv")
    parser.add_argument(
        "--column", action="append", help="the column with the texts; without, as it was learned"
    )
    options = parser.parse_args()
    how = json.loads((HERE / "how_to_use.json").read_text("utf-8"))
    with options.source.open(encoding="utf-8-sig", newline="") as file:
        table = csv.DictReader(file)
        names, rows = list(table.fieldnames or []), list(table)
    columns = options.column or how["columns"]
    if len(columns) != len(how["columns"]):
        sys.exit(f"This model reads {len(how['columns'])} columns: name each with --column.")
    if missing := [column for column in columns if column not in names]:
        sys.exit(
            f"{options.source} has no column '{missing[0]}': name one of {', '.join(names)} with --column."
        )
    found = sort([tuple(row[column] or "" for column in columns) for row in rows], how)
    with options.target.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, [*names, *(found[0] if found else ["answer"])])
        out.writeheader()
        out.writerows({**row, **told} for row, told in zip(rows, found, strict=True))
    print(f"{len(rows)} rows answered in {options.target}.")
    return 0


def sort(texts: list[tuple[str, ...]], how: dict[str, Any]) -> list[dict[str, str]]:
    """Where each text, or pair of texts, belongs, and how sure that is; or its number."""
    tokenizer = Tokenizer.from_file(str(HERE / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    if len(how["columns"]) == 2:  # the longer text of a pair is cut first
        tokenizer.enable_truncation(how["max_tokens"], strategy="longest_first")
    session = onnxruntime.InferenceSession(
        str(HERE / how["model"]), providers=["CPUExecutionProvider"]
    )
    found: list[dict[str, str]] = []
    for start in range(0, len(texts), AT_ONCE):
        rows_now = texts[start : start + AT_ONCE]
        part = [one.ids for one in tokenizer.encode_batch([as_asked(row) for row in rows_now])]
        short = [place for place, ids in enumerate(part) if len(ids) <= how["max_tokens"]]
        answers: dict[int, dict[str, str]] = {}
        if short:
            rows = [part[place] or [how["padding"]] for place in short]
            answers.update(zip(short, asked(session, how, rows, 1), strict=True))
        for place in set(range(len(part))) - set(short):
            rows = rows_of(part[place], how)
            # The rows of one text have one number, and each of them has the answer to all of it.
            answers[place] = asked(session, how, rows, 2 if len(rows) > 1 else 1)[0]
        found += [answers[place] for place in range(len(part))]
    return found


def as_asked(texts: tuple[str, ...]) -> Any:
    """A text as it is; two of them as a pair, or the first one alone if there is no second."""
    if len(texts) == 1:
        return texts[0]
    one, other = (text.strip() for text in texts)
    return (one, other) if other else one


def asked(
    session: Any, how: dict[str, Any], rows: list[list[int]], number: int
) -> list[dict[str, str]]:
    """The answers to rows of tokens, whose attention_mask is the number."""
    width = max(map(len, rows))
    tokens = np.array([one + [how["padding"]] * (width - len(one)) for one in rows], np.int64)
    mask = np.array([[number] * len(one) + [0] * (width - len(one)) for one in rows], np.int64)
    outputs = session.run(None, {"input_ids": tokens, "attention_mask": mask})
    return [told(how, *values) for values in zip(*outputs, strict=True)]


def rows_of(ids: list[int], how: dict[str, Any]) -> list[list[int]]:
    """What is read of a long text: its windows, its beginning and its end, or its beginning."""
    before, after = how["marks"]
    inside = ids[len(before) : len(ids) - len(after)]
    room = max(1, how["max_tokens"] - len(before) - len(after))
    if how["long_texts"] == "head":
        return [before + inside[:room] + after]
    if how["long_texts"] == "head_tail":
        head = max(1, round(room / 2))
        tail = inside[len(inside) - (room - head) :]
        return [before + inside[:head] + tail + after]
    step, rows = max(1, room - room // how["overlap"]), []
    for start in range(0, len(inside), step):
        rows.append(before + inside[start : start + room] + after)
        if start + room >= len(inside):
            break
    return rows


def told(how: dict[str, Any], probabilities: Any, belongs: Any) -> dict[str, str]:
    """One text's answer; `belongs` is how much it belongs to its category at all, or how sure it is that
    those of several categories that hold are all. Of a number it is the estimate."""
    if how["numbers"] is not None:
        return number(how["numbers"], float(belongs))
    if how["thresholds"] is not None:
        both = zip(how["categories"], probabilities, how["thresholds"], strict=True)
        names = sorted(name for name, share, least in both if share >= least)
        values = {"answer": "; ".join(names) or how["none"], "probability": f"{belongs:.6f}"}
        if how["threshold"] is not None:
            values["please_check"] = str(not belongs > how["threshold"]).lower()
        return values
    best = int(probabilities.argmax())
    answer, probability = how["categories"][best], float(probabilities[best])
    values = {"answer": answer, "probability": f"{probability:.6f}"}
    least, outside = how["least_belonging"], how["none_of_these_category"]
    none = (least is not None and float(belongs) < least) or (bool(outside) and answer == outside)
    if least is not None or outside:
        values["none_of_these"] = str(none).lower()
    if how["threshold"] is not None:
        values["please_check"] = str(none or not probability > how["threshold"]).lower()
    return values


def number(known: dict[str, Any], value: float) -> dict[str, str]:
    """A number, and between which two the true one lies, as far as that is known."""
    width = known["width"]
    values = {"answer": plain(value, known["places"])}
    if width is not None:
        low, high = value - width, value + width
        if known["is_score"]:
            low, high = max(known["low"], low), min(known["high"], high)
        elif known["low"] >= 0:
            low = max(0.0, low)
        values |= {name: plain(end, known["places"]) for name, end in (("from", low), ("to", high))}
    return values


def plain(value: float, places: int) -> str:
    """A number without zeros at its end."""
    text = f"{round(value, places) + 0.0:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


if __name__ == "__main__":
    sys.exit(main())
