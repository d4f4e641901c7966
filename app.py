"""The frame around every page: look, current project, page list, worker.

Run it with `streamlit run app.py`, or `make run`.
"""

import streamlit as st

from workbench.ui import context, frame

st.set_page_config(
    page_title="SLM Workbench", page_icon=":material/school:", layout="wide"
)
context.keep_project_in_url()
context.ensure_worker()
frame.navigation().run()
