"""The frame around every page: look, current project, page list, worker.

Run it with `streamlit run app.py`, or `make run`. Streamlit reads this file in two ways: once
as a module, for the server, and then as a script for every view of a page.
"""

from pathlib import Path

import streamlit as st
from starlette.types import ASGIApp

from workbench.system.home import keep_log
from workbench.ui import errors, frame
from workbench.ui.accounts import company_route, invitation_route, sign_in_route
from workbench.ui.accounts.door import Door
from workbench.ui.routes import download_route, health_route, judge_route, own_path, upload_route
from workbench.ui.routes.visitors import Visitors
from workbench.ui.server import page_runs, preload, shared_app
from workbench.ui.server.watched import Watched

if __name__ == "__main__":
    with page_runs.watched():
        frame.show()
else:
    keep_log("web")
    routes = [upload_route.route(), download_route.route(), judge_route.route()]
    routes += [*health_route.routes(), *sign_in_route.routes(), *invitation_route.routes()]
    routes += company_route.routes()
    app: ASGIApp = st.App(__file__, routes=routes, on_script_error=errors.unexpected)
    app = Watched(
        Visitors(Door(shared_app.shared(app), company_route.open_paths())), own_path.base_path()
    )
    frame.announce_pages()
    if shared_app.is_one_of_several():
        preload.load_pages(Path(__file__).parent / "pages")
