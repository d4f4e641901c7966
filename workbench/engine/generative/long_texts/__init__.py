"""What a model that writes reads of a text that is too long for it."""

from workbench.core.long_texts.ways import way_for
from workbench.core.tasks import task_named


def way_of(wanted: str, task: str) -> str:
    """The way for a task, where a recipe wants `wanted`; empty where long texts are not read in part:
    documents are learned piece by piece, fields are looked for in one part after the other."""
    about = task_named(task)
    if about.rows_are_documents or about.answers_are_json:
        return ""
    return way_for(wanted, writes_text=True, has_question=about.asks_about_texts)
