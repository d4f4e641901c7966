"""Which engine answers for a loaded model."""

import logging
import os
from typing import Any

from workbench.engine.serving.engines.batching_engine import NAME as BATCHING
from workbench.engine.serving.engines.batching_engine import BatchingEngine
from workbench.engine.serving.engines.protocol import Engine
from workbench.engine.serving.engines.rotary import Unfit
from workbench.engine.serving.engines.transformers_engine import NAME as TRANSFORMERS
from workbench.engine.serving.engines.transformers_engine import Loaded, TransformersEngine
from workbench.engine.serving.fair_lock import FairLock

_log = logging.getLogger(__name__)

SETTING = "WORKBENCH_SERVING_ENGINE"
"""Environment: `transformers` has that answer for every model."""


def engine_for(loaded: Loaded, name: str = "") -> Engine:
    """The batching engine where it computes what transformers does, else transformers.

    Args:
        loaded: without adapters.
        name: of the model, for the log.
    """
    plain = TransformersEngine(loaded)
    return batching_engine(loaded.model, loaded.turns, plain, name) or plain


def batching_engine(
    model: Any, turns: FairLock, otherwise: Engine | None, name: str = ""
) -> BatchingEngine | None:
    """The batching engine; None where it does not compute what transformers does.

    Args:
        model: of transformers, without adapters.
        otherwise: see `BatchingEngine`.
        name: of the model, for the log.
    """
    if os.environ.get(SETTING) == TRANSFORMERS:
        _log.info("%s is answered by %s, as %s says", name, TRANSFORMERS, SETTING)
        return None
    try:
        found = BatchingEngine(model, turns, otherwise)
    except Unfit as error:
        _log.info("%s is answered by %s: %s", name, TRANSFORMERS, error)
        return None
    except Exception:  # whatever a model's parts do when they are asked, it can still answer
        _log.exception("%s is answered by %s", name, TRANSFORMERS)
        return None
    _log.info("%s is answered by %s", name, BATCHING)
    return found
