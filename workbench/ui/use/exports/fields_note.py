"""What to know of a model that pulls out fields before it answers in another program."""

import json

import streamlit as st

from workbench.core.fields.json_schema import json_schema
from workbench.core.tasks import task_named
from workbench.data.field_schema import fields_of
from workbench.data.versions import get_version
from workbench.training.run_view import RunView
from workbench.ui import context


def show(run: RunView) -> None:
    """That other programs do not hold answers to the fields' form, and what can be given to some."""
    if not task_named(run.task).answers_are_json:
        return
    st.warning(
        "Here answers are held to the form of your fields, so that they always parse. Other programs do "
        "not know that form: give it to those that can keep to one, and check that answers parse.",
        icon=":material/data_object:",
    )
    with st.expander("The form, for other programs (JSON schema)", icon=":material/schema:"):
        st.caption("For Ollama as `format`, for llama.cpp's server as `response_format`.")
        fields = fields_of(get_version(context.store(), run.version_id))
        st.code(json.dumps(json_schema(fields), ensure_ascii=False, indent=2), language="json")
