"""`chat`, `serve`: talk to a model, or let other programs do so."""

import argparse
from typing import Any

from workbench.cli.output import command, emit, working_store
from workbench.core.errors import WorkbenchError
from workbench.use import foreground, playground, server_key


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    ask = command(commands, "chat", _chat, "Ask a model one question.")
    ask.add_argument("--run", required=True, metavar="ID", help="a run, or base:MODEL")
    ask.add_argument("text")
    serve = command(
        commands, "serve", _serve, "Answer on this machine as OpenAI's server does.", as_json=False
    )
    serve.add_argument("--run", required=True, metavar="ID", help="a run, or base:MODEL")
    serve.add_argument("--port", type=int, default=0, help="without: any free one")


def model_id(text: str) -> str:
    """`3` → `run-3`; `base:NAME` and `run-3` stay.

    Raises:
        WorkbenchError: it is neither.
    """
    if text.isdigit():
        return f"run-{text}"
    if text.startswith(("base:", "run-")):
        return text
    raise WorkbenchError(f"--run takes the number of a run or base:MODEL, not '{text}'.")


def _chat(options: argparse.Namespace) -> int:
    model = model_id(options.run)
    answer = playground.ask(working_store(), model, options.text)
    emit(options, {"model": model, "answer": answer}, answer)
    return 0


def _serve(options: argparse.Namespace) -> int:
    model = model_id(options.run)
    foreground.serve_forever(working_store(), model, options.port, _say_where)
    return 0


def _say_where(address: str) -> None:
    key = server_key.key()
    asks = f"It asks for this key: {key}" if key else "It asks for no key."
    print(
        f"Answering at {address}/v1 as OpenAI's server does. {asks}\nPress Ctrl-C to stop.",
        flush=True,
    )
