"""Calls of tools: what SmolLM2 calls before training and after it, on the desk of a made-up office.

    .venv/bin/python scripts/evaluation/bench_calls.py [--rows N] [--exam N] [--passes N] [--base MODEL]

Conversations are made by this script (the seed is fixed) and imported in a home of its own, in OpenAI's
form: three tools (a room, a colleague, a fault), questions that need one of them with every input said in the
question, some of them gone on with once the tool gave something back, and questions that need none. The
exam's questions are none of those that are learned. Prints, before and after training, the share of calls that
can be read, of the right tool, with every input right, and of questions without a tool that got no call, with
95 % intervals. No figure depends on the machine but seconds.
"""

import argparse
import json
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from command_line import own_home, workbench  # noqa: E402

from workbench.core.tasks import CHAT  # noqa: E402

RUNGS = ("nearest", "base", "tuned")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
NAMES = ("Ada", "Boris", "Chiara", "Deniz", "Emil", "Fatou", "Greta", "Hugo", "Ines", "Jonas", "Kim",
         "Lara", "Milan", "Nora", "Otis", "Paula")  # fmt: skip
DEVICES = (
    "printer",
    "projector",
    "coffee machine",
    "lift",
    "heating",
    "front door",
    "scanner",
    "lamp",
)
TALK = (
    ("Good morning, {n} here.", "Good morning, {n}! What can I do for you?"),
    ("{n} says hello.", "Thank you, please say hello back."),
    ("Thank you very much, says {n}.", "You are welcome."),
    ("{n} asks what you can do.", "I book rooms, find colleagues and report faults."),
    ("{n} has a birthday today.", "How nice! All the best to {n}."),
)
Made = tuple[str, dict[str, Any], str, str]
"""A question, the call that it needs, what the tool gives back, and the answer behind it."""


def _tool(name: str, about: str, /, **inputs: str) -> dict[str, Any]:
    properties = {key: {"type": kind} for key, kind in inputs.items()}
    schema = {"type": "object", "properties": properties, "required": list(inputs)}
    return {
        "type": "function",
        "function": {"name": name, "description": about, "parameters": schema},
    }


TOOLS = [
    _tool("book_room", "Books a room.", day="string", people="integer"),
    _tool("find_colleague", "Finds where somebody sits.", name="string"),
    _tool("report_fault", "Reports what is broken.", device="string", floor="integer"),
]


def _room(draw: random.Random) -> Made:
    day, people = draw.choice(DAYS), draw.randint(2, 40)
    said = draw.choice(
        ("I need a room for {p} people on {d}.", "Please book a room on {d}, we are {p}.",
         "Is there a room for {p} of us on {d}?", "{d}: a room for {p}, please.")
    )  # fmt: skip
    number = draw.randint(100, 499)
    call = {"name": "book_room", "arguments": {"day": day, "people": people}}
    return said.format(d=day, p=people), call, f'{{"room": {number}}}', f"Room {number} is yours."


def _colleague(draw: random.Random) -> Made:
    name, number = draw.choice(NAMES), draw.randint(1, 90)
    said = draw.choice(("Where does {n} sit?", "I am looking for {n}.", "Can you find {n} for me?"))
    call = {"name": "find_colleague", "arguments": {"name": name}}
    return said.format(n=name), call, f'{{"desk": {number}}}', f"{name} sits at desk {number}."


def _fault(draw: random.Random) -> Made:
    device, floor = draw.choice(DEVICES), draw.randint(1, 9)
    said = draw.choice(
        ("The {x} on floor {f} is broken.", "Floor {f}: the {x} does not work.",
         "Somebody should look at the {x} on floor {f}.")
    )  # fmt: skip
    number = draw.randint(1000, 9999)
    call = {"name": "report_fault", "arguments": {"device": device, "floor": floor}}
    return (
        said.format(x=device, f=floor), call, f'{{"ticket": {number}}}',
        f"It is reported, number {number}.",
    )  # fmt: skip


KINDS: tuple[Callable[[random.Random], Made], ...] = (_room, _colleague, _fault)


def conversations(rows: int, seed: int = 7) -> list[dict[str, Any]]:
    """So many conversations in OpenAI's form, no two with the same question."""
    draw, found, asked = random.Random(seed), list[dict[str, Any]](), set[str]()
    while len(found) < rows:
        if draw.random() < 0.15:
            name, said = draw.choice(NAMES), draw.choice(TALK)
            question, answer = (text.format(n=name) for text in said)
            call, given = None, ""
        else:
            question, call, given, answer = draw.choice(KINDS)(draw)
        if question in asked:
            continue
        asked.add(question)
        if call is None:
            found.append(_conversation(question, {"content": answer}))
            continue
        function = {**call, "arguments": json.dumps(call["arguments"])}
        calls = [{"id": "c1", "type": "function", "function": function}]
        more = [{"role": "tool", "tool_call_id": "c1", "content": given}]
        more += [{"role": "assistant", "content": answer}]
        goes_on = draw.random() < 0.4
        found.append(
            _conversation(question, {"content": None, "tool_calls": calls}, *more[: 2 * goes_on])
        )
    return found


def _conversation(question: str, answer: dict[str, Any], *more: dict[str, Any]) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", **answer}, *more]
    return {"messages": turns, "tools": TOOLS}


def main() -> int:
    """Print the table; 1 if a call of the trained model could not be read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=120)
    parser.add_argument("--exam", type=int, default=30)
    parser.add_argument("--passes", type=float, default=1)
    parser.add_argument("--base", default="SmolLM2-135M-Instruct")
    told = parser.parse_args()
    with own_home() as folder:
        return _measured(told, folder)


def _measured(told: argparse.Namespace, folder: Path) -> int:
    path, exam = folder / "desk.jsonl", folder / "exam.jsonl"
    lines = list(map(json.dumps, conversations(told.rows + told.exam)))
    path.write_text("\n".join(lines[: told.rows]), "utf-8")
    exam.write_text("\n".join(lines[told.rows :]), "utf-8")
    made = workbench(
        "import", str(path), "--test", str(exam), "--project", "Desk", "--task", CHAT.name
    )
    print(f"{made['rows']} conversations: {made['splits']}", flush=True)
    begun = time.monotonic()
    run = workbench(
        "train", "--dataset", str(made["dataset_id"]), "--base", told.base, "--wait",
        "--set", f"num_train_epochs={told.passes}", "--set", "per_device_train_batch_size=4",
        "--set", "max_length=512", "--set", "quantization=none", "--set", "evals_per_epoch=1",
        "--set", "learning_rate=0.0005", "--set", "eval_max_new_tokens=64",
    )  # fmt: skip
    print(f"trained in {time.monotonic() - begun:.0f} s", flush=True)
    return _table(workbench("evaluate", "--run", str(run["run_id"]), "--json"))


def _table(found: dict[str, Any]) -> int:
    names = ("parses", "right_tool", "right", "withheld")
    print(
        "| who | calls that can be read | the right tool | every input right | no call where none |"
    )
    print("|---|---|---|---|---|")
    for rung in (name for name in RUNGS if name in found["calls"]):
        own = found["calls"][rung]
        cells = [_share(own[name]) for name in names]
        print(f"| {found['ladder'][rung]['title']} | " + " | ".join(cells) + " |")
        for line in own["sentences"]:
            print(f"  {rung}: {line}", file=sys.stderr)
    parses = found["calls"]["tuned"]["parses"]
    return 0 if parses and parses["value"] == 1 else 1


def _share(told: dict[str, Any] | None) -> str:
    if told is None:
        return "–"
    return f"{told['count']} of {told['of']} ({told['low']:.0%} to {told['high']:.0%})"


if __name__ == "__main__":
    raise SystemExit(main())
