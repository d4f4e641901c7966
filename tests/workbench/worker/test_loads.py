"""What a started process loads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_web_worker_and_conversion_never_load_torch() -> None:
    modules = (
        "workbench.conversion.kinds", "workbench.worker", "workbench.cli", "workbench.ui.context",
    )  # fmt: skip
    code = (
        "import importlib, sys\n"
        f"for module in {modules}:\n"
        "    importlib.import_module(module)\n"
        "    found = {'torch', 'transformers', 'peft', 'bitsandbytes'} & set(sys.modules)\n"
        "    assert not found, f'{module} loads {sorted(found)}'"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert done.stderr == ""
    assert done.returncode == 0
