"""What a started process loads."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import importlib, sys

def load(module, *others):
    importlib.import_module(module)
    found = {'torch', 'transformers', 'peft', 'bitsandbytes', 'sklearn', *others} & set(sys.modules)
    assert not found, f'{module} loads {sorted(found)}'

load('workbench.data.bulk.kinds', 'openpyxl', 'pandas', 'sqlalchemy')
load('workbench.jobs.worker')
load('workbench.cli')
load('workbench.ui.context')
"""


def test_no_process_waits_for_what_it_may_never_need() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert done.stderr == ""
    assert done.returncode == 0
