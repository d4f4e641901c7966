"""Downloads that the audit log tells of: said at the moment when the file is made for the browser."""

from collections.abc import Callable

from workbench.system.audit import log
from workbench.ui import context


def logged(
    make: Callable[[], bytes], what: str, kind: str = "", thing_id: int | None = None
) -> Callable[[], bytes]:
    """`make`, for a download button: whoever is looking at the page now takes `what` along.

    Streamlit calls it outside of the page's run, so whose page it is is asked before.
    """
    store, project_id = context.store(), context.current_project_id()

    def made() -> bytes:
        log.downloaded(store, what, kind=kind, thing_id=thing_id, project_id=project_id)
        return make()

    return made
