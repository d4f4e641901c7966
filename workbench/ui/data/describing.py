"""Categories described in a sentence each: without any example yet, or beside examples."""

from collections.abc import Container
from typing import Any

import streamlit as st

from workbench.core.tasks.descriptions import checked, descriptions_in
from workbench.data import described, versions
from workbench.data.versions import VersionInfo
from workbench.system import drafts
from workbench.ui import context, errors
from workbench.ui.accounts import allowed
from workbench.ui.frame import PAGES
from workbench.ui.text import plain

NEW = "describe"
_FIRST_ROWS = 3
_DEFAULT_NAME = "Categories"
_PLACEHOLDERS = (
    ("Delivery", "Where a parcel is, when it comes and what sending it costs."),
    ("Damaged", "Something arrived broken, incomplete or not as it was ordered."),
    ("Order change", "An order shall be changed or cancelled before it is sent."),
)


def start() -> None:
    """The editor of a dataset that has no example yet."""
    st.write(
        "Say in a sentence what belongs into each category, and the model sorts by that from the "
        "first minute. Texts that you sort later make it better."
    )
    rows = _editor(NEW, _kept(NEW, [["", ""] for _ in range(_FIRST_ROWS)]), fixed=0)
    taken = {own.dataset_name.casefold(): own for own in _newest()}
    name = st.text_input("Name of the dataset", _free_name(taken), key="describe-name", width=420)
    if own := taken.get(" ".join(name.split()).casefold()):
        st.caption(
            f":material/info: '{plain(own.dataset_name)}' is there already: these become the "
            "descriptions of its categories, in its next version."
        )
    if allowed.button(
        "Save the descriptions", key="describe-save", type="primary", icon=":material/save:"
    ):
        with errors.shown():
            pairs = [(label, text) for label, text in rows]
            made = described.start_described(context.store(), context.project_id(), name, pairs)
            _forget(NEW)
            st.session_state["described"] = made.id
            st.rerun()


def _newest() -> list[VersionInfo]:
    """The newest version of each dataset of the project."""
    found = versions.list_versions(context.store(), context.project_id())
    return list({own.dataset_id: own for own in reversed(found)}.values())


def _free_name(taken: Container[str]) -> str:
    """The usual name, or one with a number if it is taken."""
    names = (_DEFAULT_NAME, *(f"{_DEFAULT_NAME} {number}" for number in range(2, 100)))
    return next((name for name in names if name.casefold() not in taken), _DEFAULT_NAME)


def says_next() -> bool:
    """Whether `said_next` tells what to do next, of a dataset of the project."""
    just = st.session_state.get("described")
    if just is None:
        return False
    found = versions.list_versions(context.store(), context.project_id())
    return any(version.id == just for version in found)


def said_next(version: VersionInfo) -> None:
    """What to do once a dataset is described and has no example."""
    if st.session_state.get("described") != version.id:
        return
    st.success(
        f"{len(version.labels)} categories are described in version {version.number} of "
        f"'{plain(version.dataset_name)}'. A model can sort by that at once.",
        icon=":material/check_circle:",
    )
    if st.button(
        "Next: choose a model", key="describe-next", type="primary", icon=":material/arrow_forward:"
    ):
        context.go(PAGES["Model"][0])


def again(version: VersionInfo) -> None:
    """The editor of a saved dataset's descriptions."""
    page = f"{NEW}-{version.dataset_id}"
    title = "Descriptions of the categories"
    box = st.expander(title, icon=":material/label:", key=f"told-{page}", on_change="rerun")
    if box.open:  # closed it costs nothing: there may be hundreds of categories
        with box:
            _again(version, page)


def _again(version: VersionInfo, page: str) -> None:
    st.caption(
        "What belongs into a category is learned beside the examples, where that helps on "
        "examples held out. A category without examples is sorted by its description alone."
    )
    told, labels = descriptions_in(version.mapping), sorted(version.report.get("labels", {}))
    rows = _editor(page, _rows(_kept(page, [*map(list, told.items())]), labels), fixed=len(labels))
    with st.container(horizontal=True):
        save = allowed.button(
            "Save as the next version", key=f"save-{page}", icon=":material/save:"
        )
        if told:
            st.download_button(
                "Download",
                described.as_file(told),
                "descriptions.csv",
                key=f"download-{page}",
                icon=":material/download:",
            )
    if save:
        with errors.shown():
            _save(version, page, rows, set(labels))


def _rows(told: list[list[str]], labels: list[str]) -> list[list[str]]:
    """The categories that have examples now, then the others that are described."""
    texts = dict(told)
    return [[label, texts.get(label, "")] for label in labels] + [
        row for row in told if row[0] not in labels
    ]


def _save(version: VersionInfo, page: str, rows: list[list[str]], labels: set[str]) -> None:
    pairs = [(name, text) for name, text in rows if text.strip() or name not in labels]
    least = 0 if labels else 2
    made = described.describe(context.store(), version, checked(pairs, least=least))
    _forget(page)
    st.session_state["described"] = made.id
    st.session_state["toasts"] = [f"Version {made.number} is saved: descriptions changed."]
    st.rerun()


def _editor(page: str, rows: list[list[str]], *, fixed: int) -> list[list[str]]:
    """Rows of category and description, kept as they are typed.

    Args:
        fixed: so many of the first categories have examples, which name them.
    """
    edition, before = _edition(page), [list(row) for row in rows]
    for place, row in enumerate(rows):
        key = f"{page}-{edition}-{place}"
        hint = _PLACEHOLDERS[place] if page == NEW and place < len(_PLACEHOLDERS) else ("", "")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            row[0] = st.text_input(
                "Category",
                row[0],
                key=f"{key}-name",
                width=200,
                placeholder=hint[0],
                disabled=place < fixed,
                label_visibility="visible" if place == 0 else "collapsed",
            )
            row[1] = st.text_input(
                "What belongs there",
                row[1],
                key=f"{key}-text",
                width="stretch",
                placeholder=hint[1],
                label_visibility="visible" if place == 0 else "collapsed",
            )
            if place >= fixed and st.button(
                "", key=f"{key}-drop", icon=":material/close:", help="Take this row out"
            ):
                _keep(page, [other for at, other in enumerate(rows) if at != place], anew=True)
                st.rerun()
    if st.button("Add a category", key=f"{page}-add", icon=":material/add:", type="tertiary"):
        _keep(page, [*rows, ["", ""]])
        st.rerun()
    if rows != before:
        _keep(page, rows)
    return rows


def _kept(page: str, begun: list[list[str]]) -> list[list[str]]:
    """The rows as they were typed last, else as they begin."""
    values = drafts.get_draft(context.store(), context.project_id(), page)
    return [[str(name), str(text)] for name, text in values.get("rows") or begun]


def _keep(page: str, rows: list[list[str]], *, anew: bool = False) -> None:
    values: dict[str, Any] = {"rows": [list(row) for row in rows]}
    drafts.save_draft(context.store(), context.project_id(), page, values)
    if anew:
        st.session_state[f"edition-{page}"] = _edition(page) + 1


def _edition(page: str) -> int:
    """Widgets of another edition begin with what is kept."""
    return int(st.session_state.get(f"edition-{page}", 0))


def _forget(page: str) -> None:
    drafts.save_draft(context.store(), context.project_id(), page, {})
    st.session_state[f"edition-{page}"] = _edition(page) + 1
