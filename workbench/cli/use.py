"""`chat`, `serve`: talk to a model, or let other programs do so."""

import argparse
from functools import partial
from typing import Any

from storage.database import Store
from workbench.cli.output import command, emit, working_store
from workbench.core.errors import WorkbenchError
from workbench.models import live_names
from workbench.projects import projects
from workbench.use import foreground, playground, server_key


def add_commands(commands: Any) -> None:
    """Add the commands of this module."""
    ask = command(commands, "chat", _chat, "Ask a model one question.")
    ask.add_argument("--run", required=True, metavar="ID", help="a run, or base:MODEL")
    ask.add_argument("text")
    serve = command(
        commands, "serve", _serve, "Answer on this machine as OpenAI's server does.", as_json=False
    )
    which = serve.add_mutually_exclusive_group(required=True)
    which.add_argument("--run", metavar="ID", help="load this run first, or base:MODEL")
    which.add_argument("--project", metavar="NAME", help="load first what is live there")
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
    store = working_store()
    name = model_id(options.run) if options.project is None else _live(store, options.project)
    foreground.serve_forever(store, name, options.port, partial(_say_where, name))
    return 0


def _live(store: Store, project: str) -> str:
    """The name that follows what is live in a project, if something is.

    Raises:
        WorkbenchError: there is no such project, or nothing is live in it.
    """
    project_id = projects.project_named(store, project)
    live = live_names.of_project(store, project_id)
    if live is None or not live.model:
        raise WorkbenchError(
            f"Nothing is live in '{project}': make a version live on its Evaluate page or with "
            "`release --run ID`, or serve one with --run ID."
        )
    return live.id


def _say_where(name: str, address: str) -> None:
    key = server_key.key()
    asks = f"It asks for this key: {key}" if key else "It asks for no key."
    print(
        f"Answering at {address}/v1 as OpenAI's server does, under the name {name}. {asks}\n"
        "Keys with names and limits: `python -m workbench keys make NAME`. Press Ctrl-C to stop.",
        flush=True,
    )
