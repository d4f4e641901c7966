"""What a trainer does not load, it need not wait for."""

import subprocess
import sys

PROGRAM = """
import gc, sys
usual = gc.get_threshold()
from workbench.engine.runtime.fast_imports import load_bitsandbytes, loading
with loading():
    load_bitsandbytes()
    import torch
    import workbench.engine.causal.train, workbench.engine.encoder.train
    import workbench.engine.checkup.checkup
assert "torch._inductor.compile_fx" not in sys.modules
assert torch.compile.__module__ == "torch"
assert gc.get_threshold() == usual
assert gc.get_freeze_count() > 100_000
"""


def test_training_does_not_load_the_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
