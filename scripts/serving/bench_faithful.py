"""How often long answers are those of transformers in float32: `python scripts/serving/bench_faithful.py`.

The same questions are answered greedily by transformers in float32 (the reference), by transformers
in bfloat16, and by the batching engine, several at once. They are self_instruct's tasks whose answer by
a person has 200 characters or more, from the folder that WORKBENCH_BENCH_DATA names (default:
../shared/data beside the checkout), or with --made 100 that stand here.
"""

import argparse
import json
import os
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import workbench.engine  # noqa: E402, F401, I001  (says how threads wait, before torch is loaded)
import torch  # noqa: E402

from workbench.core.messages import render_prompt  # noqa: E402
from workbench.engine.generative.model import load_for_answers  # noqa: E402
from workbench.engine.models.load import load_tokenizer  # noqa: E402
from workbench.engine.models.prepare import ensure_ready  # noqa: E402
from workbench.engine.causal.reading import set_ends  # noqa: E402
from workbench.engine.runtime.quiet import quiet  # noqa: E402
from workbench.engine.serving.choosing.token_choice import TokenChoice  # noqa: E402
from workbench.engine.serving.engines.protocol import Asked  # noqa: E402
from workbench.engine.serving.engines.transformers_engine import TransformersEngine  # noqa: E402
from workbench.engine.serving.fair_lock import FairLock  # noqa: E402
from workbench.engine.serving.requests import Sampling  # noqa: E402
from workbench.engine.serving.text_model import TextModel  # noqa: E402
from workbench.evaluation.scoring.intervals import mcnemar  # noqa: E402
from workbench.models.templates import template_of  # noqa: E402

MODEL, TOGETHER = "SmolLM2-135M-Instruct", 8
DATA = Path(os.environ.get("WORKBENCH_BENCH_DATA") or ROOT.parent / "shared" / "data")
TASKS = DATA / "self_instruct" / "user_oriented_instructions.jsonl"
LONG, LONGEST = 200, 2000  # characters of a person's answer at least; of a question at most
SUBJECTS = (
    "a late parcel", "the water cycle", "a budget for a trip", "the history of bread", "a job interview",
    "learning to swim", "the moon", "a small garden", "an invoice with an error", "recycling",
    "a lost password", "winter tyres", "a meeting that ran too long", "photosynthesis", "a rental contract",
    "the rules of chess", "a broken printer", "the French Revolution", "a new colleague", "earthquakes",
)  # fmt: skip
FORMS = (
    "Explain {} to a child.",
    "Write a short story about {}.",
    "Give me five tips on {}.",
    "Write a polite letter about {}.",
    "What should a beginner know about {}?",
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--made", action="store_true", help="ask the questions that stand here")
    asked = parser.parse_args()
    if not asked.made and not TASKS.exists():
        sys.exit(
            f"There is no {TASKS}: name its folder in WORKBENCH_BENCH_DATA, or ask with --made."
        )
    quiet()
    folder = ensure_ready(MODEL)
    template, model = template_of(folder), load_for_answers(folder, "none")
    set_ends(model, load_tokenizer(folder), template)
    loaded = TextModel(model, load_tokenizer(folder), FairLock(), MODEL)
    texts = (_made() if asked.made else _tasks())[: asked.questions]
    prompts = [render_prompt([{"role": "user", "content": text}], template) for text in texts]
    questions = [_question(loaded, prompt, asked.tokens) for prompt in prompts]
    ours: list[list[int]] = []
    for start in range(0, len(questions), TOGETHER):
        ours += _together(loaded, questions[start : start + TOGETHER])
    plain = TransformersEngine(loaded)
    by_bf16 = [_written(plain, question) for question in questions]
    print("Answered in 16 bits.", flush=True)
    wide = load_for_answers(folder, "none").float()
    by_float32 = [_by_float32(wide, question) for question in questions]
    mean = sum(map(len, by_float32)) / len(by_float32)
    print(
        f"{MODEL}, {len(questions)} open questions, answers of up to {asked.tokens} tokens, {mean:.0f} on average"
    )
    for name, found in (("transformers in bfloat16", by_bf16), (loaded.engine.name, ours)):
        same = sum(a == b for a, b in zip(found, by_float32, strict=True))
        first = [_common(a, b) for a, b in zip(found, by_float32, strict=True)]
        print(
            f"{name}: {same} as in float32; equal for {sum(first) / len(first):.0f} tokens on average"
        )
    gained = sum(b == c != a for a, b, c in zip(by_bf16, ours, by_float32, strict=True))
    lost = sum(a == c != b for a, b, c in zip(by_bf16, ours, by_float32, strict=True))
    print(
        f"only {loaded.engine.name}: {gained}; only transformers: {lost}; McNemar p = {mcnemar(gained, lost):.2g}"
    )


def _made() -> list[str]:
    return [form.format(subject) for form in FORMS for subject in SUBJECTS]


def _tasks() -> list[str]:
    found = []
    for line in TASKS.read_text("utf-8").splitlines():
        task = json.loads(line)
        told = task["instances"][0]
        text = "\n\n".join(filter(None, (task["instruction"].strip(), told["input"].strip())))
        if len(told["output"]) >= LONG and len(text) <= LONGEST:
            found.append(text)
    return found


def _question(loaded: TextModel, prompt: str, tokens: int) -> Asked:
    sampling, inputs = Sampling(max_tokens=tokens), loaded.encode(prompt)
    gone = threading.Event().is_set
    return Asked(inputs, None, sampling, tokens, loaded.ends.ids, 0, TokenChoice(sampling), gone)


def _written(engine: object, asked: Asked) -> list[int]:
    found: list[int] = []
    engine.write(asked, lambda token: found.append(token) is not None)  # type: ignore[attr-defined]
    return found


def _together(loaded: TextModel, questions: list[Asked]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in questions]

    def ask(at: int) -> None:
        found[at] = _written(loaded.engine, questions[at])

    threads = [threading.Thread(target=ask, args=(at,)) for at in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@torch.inference_mode()
def _by_float32(model: object, asked: Asked) -> list[int]:
    read = asked.inputs["input_ids"].shape[1]
    written = model.generate(  # type: ignore[attr-defined]
        **asked.inputs,
        do_sample=False,
        max_new_tokens=asked.most,
        eos_token_id=sorted(asked.ends),
        pad_token_id=asked.pad,
    )
    found: list[int] = written[0, read:].tolist()
    return found


def _common(left: list[int], right: list[int]) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(left), len(right)))


if __name__ == "__main__":
    main()
