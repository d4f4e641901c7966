"""The folder of each family; its libraries are imported only when it is asked for."""

import importlib
from typing import cast

from workbench.engine.evaluation.jobs import Engine
from workbench.models.families import CAUSAL, ENCODER, SEQ2SEQ, family_named

MODULES = {
    CAUSAL.name: "workbench.engine.causal.engine",
    ENCODER.name: "workbench.engine.encoder.engine",
    SEQ2SEQ.name: "workbench.engine.seq2seq.engine",
}


def engine_of(name: str) -> Engine:
    """What trains and asks the models of a family.

    Raises:
        WorkbenchError: models of it cannot be trained here.
    """
    return cast(Engine, importlib.import_module(MODULES[family_named(name).name]))
