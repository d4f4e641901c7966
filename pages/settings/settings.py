"""Settings: what this machine can do, where everything lies, and what the worker does."""

import streamlit as st

from workbench.system import doctor, home
from workbench.ui import context, frame
from workbench.ui.accounts import allowed
from workbench.ui.numbers import size
from workbench.ui.settings import cluster, hub_token, judge, operating
from workbench.ui.text import plain

frame.header(None, "What can this machine do?")
diagnosis = doctor.diagnose(context.store())
for finding in diagnosis.findings:
    icon = ":green[:material/check_circle:]" if finding.ok else ":orange[:material/warning:]"
    st.markdown(f"{icon} **{plain(finding.topic)}:** {plain(finding.sentence)}")

if (who := context.store().acting) is None or who.administrator:
    st.page_link(
        frame.PAGES["Installation"][0],
        label="Installation: what is at work, what takes space, the last backup, errors",
        icon=frame.PAGES["Installation"][1],
    )

if why := allowed.why_not(allowed.ADMINISTRATOR):
    st.caption(f":material/lock: {plain(why)}")
    st.stop()

st.markdown("##### Where your work is kept")
folder = home.home_folder(context.store())
st.write(
    f"Everything you make is in one folder, {size(folder.size_bytes)} large. The Storage page "
    "makes backups of it; set the variable WORKBENCH_HOME to keep it elsewhere."
)
st.code(str(folder.path), language=None)
if news := home.news(context.store()):
    st.info(plain(news), icon=":material/lock:")
    st.button("I have read this", key="news-read", on_click=home.read, args=(context.store(),))
if folder.database:
    st.write("Projects, settings, scores and conversations are in this database:")
    st.code(folder.database, language=None)

hub_token.show()
judge.show()
operating.show()
cluster.show()

LOG_TITLES = {"web": "Pages", "worker": "Worker", "reader": "Files"}
with st.expander("Log", key="log"):
    which = st.segmented_control(
        "Log of",
        home.LOGS,
        default=home.LOGS[0],
        required=True,
        format_func=LOG_TITLES.__getitem__,
        key="log-of",
    )
    text = home.log_text(context.store(), which)
    st.code(text or "Nothing has been written yet.", language=None, wrap_lines=True, height=360)
    if st.button("Read the log again", key="log-again"):
        st.rerun()
