"""What runs in a process of its own because a file may be large or hostile; without torch.

`python -m workbench.data.bulk JOB_DIR` turns a file into a Parquet table of texts (`convert`)
and such a table into the examples of a version (`prepare`), under a limit of memory.
"""

import os

# Arrow reads this when it is loaded: the system's allocator gives memory back at once.
os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
