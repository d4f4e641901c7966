"""Which libraries a result was made with."""

import importlib.metadata
import platform

from workbench.jobs.process.facts.versions import SHAPING


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that shape a result."""
    found = {name: importlib.metadata.version(name) for name in SHAPING}
    return {"python": platform.python_version(), **found}
