"""The cluster, where whoever runs the workbench has named one: where it is, and whether it answers."""

import streamlit as st

from workbench.core.errors import WorkbenchError
from workbench.jobs import cluster
from workbench.jobs.launchers.ray_jobs import RayJobs
from workbench.ui import errors
from workbench.ui.text import plain


def show() -> None:
    """What is known of it; nothing where there is none."""
    if not cluster.is_named():
        return
    st.markdown("##### The cluster")
    with errors.shown():
        named = cluster.configured()
        if named is None:
            return
        st.write(
            "Trainings, exams and answers to files may run on other machines: choose it on a project's "
            "Train page, or for a job that waits on the Queue page."
        )
        st.caption(plain(f"{named.address} · files at {named.files}"))
        if st.button("Ask whether it answers", key="cluster-check", icon=":material/lan:"):
            with st.spinner("Asking the cluster"):
                _check(named)


def _check(named: cluster.Cluster) -> None:
    try:
        RayJobs(named.address, named.token).check()
    except WorkbenchError as error:
        st.warning(plain(str(error)), icon=":material/warning:")
    else:
        st.success("It answers, asks for a token and takes yours.", icon=":material/check_circle:")
