"""A model of this workbench as a judge: its server, started if need be, and where its key is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from storage.database import Store
from workbench.core.errors import WorkbenchError
from workbench.use import served_models, server, server_key


@dataclass(frozen=True)
class Here:
    """Where a judge here is asked."""

    url: str
    key_file: Path | None


def models(store: Store) -> dict[str, str]:
    """Id → title of the models here that can judge: those that chat, base models first."""
    found = [one for one in served_models.refresh(store) if one.family.writes_text]
    return {one.id: one.title for one in sorted(found, key=lambda one: one.task is not None)}


def check(store: Store, model_id: str) -> None:
    """Refuse what cannot judge.

    Raises:
        WorkbenchError: there is no such model, or it does not write.
    """
    model = served_models.model_named(store, model_id)
    if not model.family.writes_text or model.rung:
        raise WorkbenchError(
            f"'{model_id}' writes no text, so it cannot judge: choose one of "
            f"{', '.join(models(store)) or 'none yet'}."
        )


def at(url: str) -> Here:
    """The server that answers at an address."""
    return Here(f"{url}/v1", server_key.key_file())


def ready(store: Store, model_id: str, on_progress: Callable[[str], None] | None = None) -> Here:
    """The server, once it answers.

    Raises:
        WorkbenchError: there is no such model, it does not write, or the server did not start.
    """
    check(store, model_id)
    return at(server.ensure_server(store, model_id, on_progress=on_progress).url)
