"""The fields of a saved dataset on the Data page: what each holds, shown and said better."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from workbench.core.fields.field import GROUP, KINDS, ONE_OF, Field, Fields, leaves
from workbench.core.fields.typed import checked
from workbench.data.field_schema import ToldFields, fields_of, restated
from workbench.data.versions import VersionInfo
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.text import orderly

_BETWEEN = " | "
_COLUMNS = ("Field", "Holds", "Several", "One of", "May be missing", "What it is")


def show(version: VersionInfo) -> None:
    """The editor of a dataset's fields, closed at first."""
    title = "Fields that the model pulls out"
    key = f"fields-{version.dataset_id}"
    box = st.expander(title, icon=":material/data_object:", key=f"told-{key}", on_change="rerun")
    if box.open:
        with box, errors.shown():
            _editor(version, fields_of(version), key)


def _editor(version: VersionInfo, fields: Fields, key: str) -> None:
    if not fields:
        st.write("The answers name ever other fields, so the model may write any JSON object.")
        return
    st.caption(
        "Guessed from your examples. Answers are held to this while the model writes them, so they "
        "always can be read by a program. What you write under *What it is* is told to the model."
    )
    edited = st.data_editor(
        table(fields),
        hide_index=True,
        key=f"{key}-{version.id}",
        disabled=["Field"],
        column_config={
            "Field": st.column_config.TextColumn(pinned=True),
            "Holds": st.column_config.SelectboxColumn(
                options=[kind for kind in KINDS if kind != GROUP], required=True
            ),
            "Several": st.column_config.CheckboxColumn(help="A list of such values."),
            "One of": st.column_config.TextColumn(
                help="The values of a closed list, with | between them: cash | card | check."
            ),
            "May be missing": st.column_config.CheckboxColumn(
                help="Whether a text may not say it. If never, the model always writes something."
            ),
            "What it is": st.column_config.TextColumn(
                help="A sentence, such as: the sum with tax, without a currency.", width="large"
            ),
        },
    )
    told = changes(fields, edited.to_dict("records"))
    if allowed.button(
        "Save as the next version",
        key=f"save-{key}",
        icon=":material/save:",
        disabled=not told,
        help=None if told else "Nothing is changed yet.",
    ):
        made = restated(context.store(), version, told)
        st.session_state["toasts"] = [f"Version {made.number} is saved: fields changed."]
        st.rerun()


def table(fields: Fields) -> pd.DataFrame:
    """A row for each field, those of groups each."""
    rows = [
        (
            orderly(title),
            field.kind,
            field.is_list,
            orderly(_BETWEEN.join(map(str, field.choices))),
            field.may_be_missing,
            orderly(field.help),
        )
        for title, field in leaves(fields)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def changes(fields: Fields, rows: Sequence[Mapping[Any, Any]]) -> ToldFields:
    """What the rows of the editor say otherwise than the fields.

    Raises:
        WorkbenchError: a field cannot be so.
    """
    kinds: list[Field] = []
    helps: dict[str, str] = {}
    missing: dict[str, bool] = {}
    for (title, known), row in zip(leaves(fields), rows, strict=True):
        choices = tuple(filter(None, map(str.strip, str(row["One of"] or "").split("|"))))
        kind = ONE_OF if choices and choices != _shown(known) else str(row["Holds"])
        several = bool(row["Several"])
        wanted = choices if kind == ONE_OF else ()
        if (kind, several, wanted) != (known.kind, known.is_list, _shown(known)):
            kinds.append(checked(Field(title, kind, several, choices=wanted, is_set=True)))
        if str(row["What it is"] or "").strip() != known.help:
            helps[title] = str(row["What it is"] or "").strip()
        if bool(row["May be missing"]) != known.may_be_missing:
            missing[title] = bool(row["May be missing"])
    return ToldFields(tuple(kinds), helps, missing)


def _shown(field: Field) -> tuple[str, ...]:
    return tuple(str(choice).strip() for choice in field.choices)
