"""What tests of the playground share: its page, runs with tiny models, and questions to them."""

from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
from streamlit.testing.v1 import AppTest

from storage import files
from storage.database import Store
from storage.tables import DatasetVersion
from tests.helpers import made
from workbench.core.tasks import task_named
from workbench.system import drafts

PAGE = "pages/use/playground.py"
LABELS = ("delivery", "invoice", "refund")


def add_run(store: Store, project_id: int, task: str, adapter: Path, name: str = "Run 1") -> int:
    """A finished run whose exam has two rows."""
    role, answer = task_named(task).required
    table = pyarrow.table(
        {
            "row_id": [*range(1, 12)],
            "split": ["train", "test", "test", *["train"] * 8],
            role: ["Learned", "Where is my parcel?", "I want my money back.", *map(str, range(8))],
            answer: ["delivery", "delivery", "refund", *["refund"] * 8],
        }
    )
    path = Path(str(files.home())) / "exam.parquet"
    pyarrow.parquet.write_table(table, path)
    version_id = made.add_dataset(store, project_id, name=name, task=task, rows=3)
    model_id = made.add_model(store, name=f"Tiny {name}", kind="causal")
    run_id = made.add_run(store, project_id, version_id, model_id, name=name, adapter=str(adapter))
    with store.write() as session:
        version = session.get(DatasetVersion, version_id)
        assert version is not None
        version.content_hash = files.put_file(path)
        version.mapping = {"roles": {role: role, answer: answer}}
    return run_id


def ask(at: AppTest, text: str) -> AppTest:
    return at.chat_input(key="ask").set_value(text).run(timeout=60)


def shown(at: AppTest) -> list[str]:
    return [element.value for element in at.get("text")]


def set_draft(store: Store, project_id: int, **values: Any) -> None:
    drafts.save_draft(store, project_id, "use", values)
