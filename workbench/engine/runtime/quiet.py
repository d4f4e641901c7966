"""Keeps the libraries' notes to developers out of the log that users read."""

import logging
import os
import warnings

from workbench.engine.runtime.fast_imports import loading


def quiet() -> None:
    """Errors only, and no progress bars (they fill a log file with thousands of lines).

    Sentences of our own go to the events; what a library prints while it fails still reaches
    the log as a traceback.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    with loading():
        from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    for name in ("bitsandbytes", "peft", "accelerate", "datasets", "kernels"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for category in (FutureWarning, DeprecationWarning, UserWarning):
        warnings.filterwarnings("ignore", category=category)
