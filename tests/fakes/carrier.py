"""What a machine of a cluster does, with the fake trainer: `python tests/fakes/carrier.py ADDRESS`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from workbench.jobs.process.remote import carrier, helper

if __name__ == "__main__":
    carrier.LOOK_S = helper.LOOK_S = 0.05
    trainer = [sys.executable, "-S", str(Path(__file__).with_name("trainer.py"))]
    sys.exit(helper.carry_or_help(sys.argv[1], trainer))
