"""Web processes of several have loaded what pages need before they answer."""

import json
import subprocess
import sys
from pathlib import Path

from workbench.ui.server.preload import imported

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import json, runpy, sys
app = runpy.run_path("app.py", run_name="app")
print(json.dumps(sorted(sys.modules)))
"""


def _loaded(tmp_path: Path, **more: str) -> set[str]:
    settings = {"WORKBENCH_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), **more}
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=settings, capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    assert "No runtime found" not in made.stderr
    return set(json.loads(made.stdout.splitlines()[-1]))


def test_what_pages_import_is_there_before_the_first_is_opened(tmp_path: Path) -> None:
    wanted = {name for page in (ROOT / "pages").rglob("*.py") for name in imported(page)}
    assert {"workbench.ui.context", "streamlit"} <= wanted
    assert wanted <= _loaded(tmp_path, WORKBENCH_WEB="several")
    alone = _loaded(tmp_path)
    assert "altair" not in alone  # on one's own computer the app is there sooner


def test_modules_of_a_folder_are_named_and_names_in_a_module_are_not(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text(
        "import json.decoder\nfrom workbench.ui import context\nfrom workbench.ui.text import plain\n"
        "def later():\n    import torch\n"
    )
    assert list(imported(page)) == [
        "json.decoder", "workbench.ui", "workbench.ui.context", "workbench.ui.text",
    ]  # fmt: skip
