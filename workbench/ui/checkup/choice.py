"""Which dataset is looked at: the newest version of the one in the URL, else of the newest."""

import streamlit as st

from workbench.core.words import plural
from workbench.data import versions
from workbench.data.versions import VersionInfo
from workbench.ui import context
from workbench.ui.frame import PAGES
from workbench.ui.text import plain


def newest_version() -> VersionInfo:
    """The version to look at; without one the page ends here, with a way to the Data page."""
    found = versions.list_versions(context.store(), context.project_id())
    newest: dict[int, VersionInfo] = {}
    for version in found:
        newest.setdefault(version.dataset_id, version)
    if not newest:
        st.info(
            "There are no examples yet: bring a table on the Data page and save it, then come back.",
            icon=":material/table_rows:",
        )
        if st.button("Go to Data", key="no-data", type="primary", icon=":material/arrow_back:"):
            context.go(PAGES["Data"][0])
        st.stop()
    return _chosen(newest)


def _chosen(newest: dict[int, VersionInfo]) -> VersionInfo:
    asked = st.query_params.get("dataset", "")
    current = int(asked) if asked.isdigit() and int(asked) in newest else next(iter(newest))
    if len(newest) > 1:
        names = {number: version.dataset_name for number, version in newest.items()}
        chosen = st.selectbox(
            "Dataset",
            list(names),
            index=list(names).index(current),
            format_func=names.__getitem__,
            key=f"dataset-from-{current}",
            width=420,
        )
        if chosen != current:
            st.query_params["dataset"] = str(chosen)
            st.rerun()
    return newest[current]


def line(version: VersionInfo) -> None:
    """Name, version and size of what is looked at."""
    st.markdown(
        f"**{plain(version.dataset_name)}** · version {version.number} · "
        f"{plural(version.rows, 'example')}"
    )
