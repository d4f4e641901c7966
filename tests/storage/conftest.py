"""What storage is told by the rest of the program before anybody asks it for a person."""

import workbench.jobs.kinds  # noqa: F401  (says which kinds of jobs are the installation's)
