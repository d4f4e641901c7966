"""An export on the hub: what leaves this computer, said before, and the job that sends it."""

import re
from dataclasses import dataclass
from typing import Any

from storage import conversions
from storage.database import Store
from storage.rights.require import require
from storage.rights.rule import CHANGE
from storage.tables import Run
from workbench.core import names
from workbench.core.errors import WorkbenchError
from workbench.core.words import size
from workbench.jobs import queue
from workbench.jobs.job import JobView, get_job, spec_of, view_of
from workbench.jobs.process.specs import PushModelSpec
from workbench.models import hub
from workbench.models.online import session, token
from workbench.use.exports.exports import Export

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)


@dataclass(frozen=True)
class ModelPush:
    """What is to be pushed, and where to; nothing was sent yet."""

    export: Export
    hub_id: str
    is_public: bool
    exists: bool
    """Whether a model of this name is there already."""

    @property
    def sentence(self) -> str:
        """Exactly what leaves this computer, and who may see it then."""
        seen = "everybody can see it" if self.is_public else "private: only who you let in sees it"
        there = (
            f" There is a model {self.hub_id} already: files of the same names are replaced; its history "
            "keeps them."
            if self.exists
            else ""
        )
        return (
            f"The weights of '{self.export.title}' ({self.export.form.name}, about "
            f"{size(self.export.size_bytes)}) with tokenizer, model card and certificate go to "
            f"{session.place()}, into the model {self.hub_id} ({seen}).{there} The card tells scores and "
            "some of the exam's rows; weights can give away what they learned. Nothing else leaves this "
            "computer."
        )


def plan(store: Store, export: Export, hub_id: str, *, is_public: bool = False) -> ModelPush:
    """What pushing would do; the hub is asked whether the model is there.

    Raises:
        WorkbenchError: it cannot be pushed there, did not pass, is gone, or there is no access token.
        StorageError: the token cannot be had, or who asks may not send this model anywhere.
    """
    with store.read() as session_:
        require(session_, Run, export.run_id, CHANGE)
    hub_id = _clean_id(hub_id)
    _check(export)
    if token.about(store).source == token.NONE:
        raise WorkbenchError(
            "To push to the hub takes an access token that may write: make one in your hub settings, "
            "then enter it on the Settings page, or with `python -m workbench hub token --set`."
        )
    about = _on_hub(hub_id)
    if about is not None and bool(about.private) == is_public:
        now = "private" if about.private else "public"
        raise WorkbenchError(
            f"The model {hub_id} is on the hub already, and {now}: choose another name, or change who "
            "may see it on its page."
        )
    return ModelPush(export, hub_id, is_public, about is not None)


def start(store: Store, push: ModelPush) -> JobView:
    """Let a job do it.

    Raises:
        WorkbenchError: it is being pushed already, or the export is gone.
    """
    _check(push.export)
    running = newest(store, push.export)
    if running is not None and not running.is_over:
        raise WorkbenchError("This export is on its way to the hub already: wait, or stop that.")
    spec = PushModelSpec(
        run_id=push.export.run_id,
        export_job_id=push.export.job.id,
        archive=push.export.main_file,
        hub_id=push.hub_id,
        is_public=push.is_public,
        title=push.export.title,
    )
    title = f"Push of {push.export.title} to {push.hub_id}"
    with store.write() as opened:
        job_id = queue.enqueue(
            opened, title, spec, project_id=push.export.job.project_id, run_id=push.export.run_id
        )
    return get_job(store, job_id)


def newest(store: Store, export: Export) -> JobView | None:
    """The newest job that pushes this export, whatever became of it."""
    project_id = export.job.project_id
    if project_id is None:
        return None
    with store.read() as opened:
        for job in conversions.of_project(opened, project_id, (PushModelSpec.kind,)):
            spec = spec_of(job, PushModelSpec)
            if spec is not None and spec.export_job_id == export.job.id:
                return view_of(opened, job)
    return None


def _check(export: Export) -> None:
    if not export.form.goes_to_hub:
        raise WorkbenchError("To the hub goes an adapter or a merged model: make one of these.")
    if export.certificate is None or not export.certificate.passed:
        raise WorkbenchError("Only an export whose certificate passed is pushed: make it again.")
    _ = export.main_file  # raises where it is gone


def _on_hub(hub_id: str) -> Any:
    """What the hub has of this name; None if nothing."""
    from huggingface_hub import HfApi
    from huggingface_hub import errors as of_hub

    def ask() -> Any:
        try:
            return HfApi(token=token.value()).model_info(hub_id, timeout=hub.TIMEOUT_S)
        except of_hub.RepositoryNotFoundError as error:
            # The hub says so of a token that it does not know, too.
            if not isinstance(error, of_hub.GatedRepoError):
                return None
            raise

    return hub.answered(hub_id, "model", ask)


def _clean_id(text: str) -> str:
    given = session.without_address(text).strip("/")
    if not _ID.fullmatch(given) or ".." in given or "--" in given or given.endswith((".git", ".")):
        raise WorkbenchError(
            f"'{names.shown(text.strip())}' cannot be the name of a model on the hub: it is your name "
            "there, a slash, and a name of letters, digits, '-', '_' and '.', such as ann/letters-model."
        )
    return given
