"""What the command line says of a model that could be taken, here or to download."""

from collections.abc import Mapping
from typing import Any

from workbench.models.model_info import ModelInfo
from workbench.models.suggested import CONDITIONS, NO, YES
from workbench.projects.model_candidates import Candidate

USES = {
    YES: "for companies, too",
    CONDITIONS: "for companies under conditions",
    NO: "not for companies",
    "": "for companies: not known",
}


def candidate_facts(one: Candidate, reasons: Mapping[str, str]) -> dict[str, Any]:
    """The facts of one model, as JSON has them; None or "" for what is not known.

    Args:
        reasons: location of a recommended model → why.
    """
    model, about = one.model, one.suggestion
    hub_id = about.hub_id if about else model.location if model.source == "hub" else None
    return {
        "name": model.name,
        "hub_id": hub_id,
        "series": about.group if about else "",
        "family": model.family,
        "purpose": model.purpose,
        "parameters": model.parameters,
        "licence": model.licence,
        "commercial_use": one.commercial_use,
        "conditions": about.conditions if about else "",
        "gated": about.gated if about else None,
        "context": model.context_length,
        "languages": list(about.languages) if about else [],
        "many_languages": about.many_languages if about else 0,
        "download_bytes": about.expected_bytes if about else None,
        "download_told_by": about.download_told_by if about else "",
        "memory_to_train_mb": round(one.fit.memory_mb),
        "memory_to_run_mb": round(one.run_mb),
        "training_s": round(one.seconds),
        "fits": one.fit.ok,
        "learns_task": one.learns,
        "here": one.is_here,
        "recommended": model.location in reasons,
        "reason": reasons.get(model.location, ""),
        "sources": {
            fact: [
                {"address": place.address, "looked_up": place.looked_up.isoformat()}
                for place in places
            ]
            for fact, places in (about.sources.items() if about else ())
        },
    }


def model_facts(model: ModelInfo) -> dict[str, Any]:
    """What trying a model that is here has shown."""
    return {
        "model": model.name,
        "family": model.family,
        "parameters": model.parameters,
        "packed_layers": model.packed_layers,
        "checks": model.checks,
        "conversions": list(model.conversions),
        "licence": model.licence,
        "licence_accepted_at": model.licence_accepted_at,
    }
