"""Reads a GGUF file back with llama.cpp and lets it answer, in a process of its own: llama.cpp ends its
process where a file is damaged.

    python -m workbench.engine.export.read_gguf ORDER.json ANSWERS.jsonl
"""

import json
import sys
from pathlib import Path
from typing import Any

import xllamacpp


def main(order_file: Path, answers: Path) -> int:
    """Answer the questions of the order, a line each; the exit code."""
    order = json.loads(order_file.read_text("utf-8"))
    server = _opened(order)
    with answers.open("w", encoding="utf-8") as out:
        for question in order["questions"]:
            out.write(json.dumps(_answer(server, question, order)) + "\n")
            out.flush()
    return 0


def _opened(order: dict[str, Any]) -> Any:
    wanted = xllamacpp.CommonParams()
    wanted.model.path = order["file"]
    wanted.n_ctx, wanted.n_parallel = order["context"], 1
    wanted.warmup, wanted.use_jinja, wanted.verbosity = False, True, -1
    wanted.n_gpu_layers = 0
    # Its threads spin while they wait for each other: with another busy process on the machine one
    # thread is twenty times faster than two.
    wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
    return xllamacpp.Server(wanted)


def _answer(server: Any, question: dict[str, Any], order: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {"max_tokens": order["new_tokens"], "n_predict": order["new_tokens"], "temperature": 0,
             "cache_prompt": False, "logprobs": True, "top_logprobs": 1, "stop": order["stops"]}  # fmt: skip
    if "messages" in question:
        reply = server.handle_chat_completions({**asked, "messages": question["messages"]})
    else:
        asked["logprobs"] = 1
        reply = server.handle_completions({**asked, "prompt": question["prompt"]})
    if "choices" not in reply:
        return {"error": str(reply)[:300]}
    choice = reply["choices"][0]
    text = choice["message"]["content"] if "message" in choice else choice["text"]
    ids = [token["id"] for token in (choice.get("logprobs") or {}).get("content") or []]
    return {"text": text, "ids": ids, "read": reply["usage"]["prompt_tokens"]}


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
