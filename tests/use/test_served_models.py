"""What the model server offers: trained runs with what they learned, and every base model."""

import json

from storage import files
from storage.database import Store
from storage.tables import BaseModel, DatasetVersion
from tests.helpers import made
from workbench.models.trained import FACTS
from workbench.projects import projects
from workbench.use import playground, served_models


def add_run(store: Store, name: str, *remarks: str) -> int:
    """A trained model of a project of its own, whose data brought these remarks."""
    adapter = files.folder("jobs", name, "adapter")
    about = {
        "task": "chat", "kind": "causal", "method": "lora", "quantization": "none",
        "base": {"name": "Tiny", "path": "/models/tiny", "revision": ""}, "system": "",
        "labels": [], "max_length": 256, "chat_template": "", "versions": {},
    }  # fmt: skip
    (adapter / FACTS).write_text(json.dumps(about))
    project_id = projects.create_project(store, name)
    version_id = made.add_dataset(store, project_id, task="chat")
    with store.write() as session:
        version = session.get_one(DatasetVersion, version_id)
        version.report = {"remarks": list(remarks)}
    model_id = made.add_model(store, name=name, kind="causal")
    return made.add_run(store, project_id, version_id, model_id, adapter=str(adapter))


def test_a_run_says_whose_it_is_and_whether_it_learned_to_call_tools(store: Store) -> None:
    taught = "3 answers in 2 rows call a tool: taught as the text <tool_call>{...}</tool_call>"
    first = add_run(store, "Mails", "2 answers are read, not learned.")
    second = add_run(store, "Calls", taught)
    found = {model.id: model for model in served_models.refresh(store)}
    assert not found[f"run-{first}"].calls_tools
    assert found[f"run-{second}"].calls_tools
    assert not found[f"run-{second}"].untrained().calls_tools
    assert found[f"run-{first}"].project_id != found[f"run-{second}"].project_id


def test_encoders_give_vectors_untrained_but_nobody_chats_with_them(store: Store) -> None:
    project_id = projects.create_project(store, "Mails")
    for name, kind in (("reads", "encoder"), ("writes", "causal")):
        folder = files.folder("models", name)
        (folder / "config.json").write_text("{}")
        model_id = made.add_model(store, name=name, kind=kind)
        with store.write() as session:
            session.get_one(BaseModel, model_id).location = str(folder)
    offered = {model.id for model in served_models.refresh(store)}
    assert {"base:reads", "base:writes"} <= offered
    asked = {one.id for one in playground.answerers(store, project_id)}
    assert "base:writes" in asked
    assert "base:reads" not in asked
