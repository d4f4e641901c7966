"""What pages import, loaded before a web process of several answers: nobody waits for it then.

On one's own computer a page loads what it needs when it is first opened, and the app is there sooner.
"""

import ast
import gc
import importlib
import logging
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_QUIET = (
    "streamlit.runtime.caching.cache_data_api",
    "streamlit.runtime.caching.cache_resource_api",
)
"""They warn that caches are declared while nobody is looking, which is the point."""


def load_pages(folder: Path) -> None:
    """Import what the pages in a folder import, and take it out of the garbage collector's sight."""
    loggers = [logging.getLogger(name) for name in _QUIET]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    for page in sorted(folder.rglob("*.py")):
        for name in imported(page):
            importlib.import_module(name)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    gc.collect()
    gc.freeze()


def imported(page: Path) -> Iterable[str]:
    """The modules that a page imports, in its order; of `from folder import module` the module, too."""
    for node in ast.parse(page.read_text("utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            found = find_spec(node.module)
            if found and found.submodule_search_locations:
                names = (f"{node.module}.{alias.name}" for alias in node.names)
                yield from (name for name in names if find_spec(name))
