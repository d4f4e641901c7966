"""What runs in the trainer's process: the only place, with serving, that knows torch."""

import os

from workbench.engine.runtime.offline import stay_offline

# Threads that spin while they wait take the cores from whatever else the machine does: on two
# cores with one other busy process, a training became six times slower. OpenMP reads this when
# torch is loaded, so it has to be said before any module of this package is. Threads that never
# spin have to be woken for each of a step's ten thousand operations, which makes a step a fifth
# slower on a quiet machine; a tenth of a millisecond is long enough for most and costs little. The
# policy only says how long they spin where there are more of them than cores: a third of that.
os.environ.setdefault("OMP_WAIT_POLICY", "active")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")
# Progress bars fill a log file with thousands of lines; tqdm reads this when it is loaded.
os.environ.setdefault("TQDM_DISABLE", "1")
stay_offline()
