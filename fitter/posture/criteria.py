"""What published criteria, each by its own name, call a foot: the rows of `models/posture/criteria.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fitter.measurements import Measurements
from fitter.posture.continuum import band_shares
from fitter.posture.posture import CriterionSays
from fitter.quantity import Quantity
from fitter.resources import table


def what_criteria_say(measurements: Measurements, load: str) -> tuple[CriterionSays, ...]:
    """Every criterion with cut-offs for this load whose measure was taken, in the order of the file."""
    found = []
    for criterion in table("posture/criteria.toml")["criterion"]:
        value = measurements.get(criterion["index"]) if criterion["index"] else None
        if value is not None and criterion["load"] == load and "cuts" in criterion:
            found.append(_says(criterion, value))
    return tuple(found)


def _says(criterion: Mapping[str, Any], value: Quantity) -> CriterionSays:
    shares = band_shares(value.value, value.sd, criterion["cuts"])
    likeliest = max(range(len(shares)), key=shares.__getitem__)
    return CriterionSays(
        id=criterion["id"],
        name=criterion["name"],
        index=criterion["index"],
        value=value,
        label=criterion["labels"][likeliest],
        arch=criterion["arch"][likeliest] if "arch" in criterion else None,
        share=shares[likeliest],
        source=f"{criterion['source']} ({criterion['sure']})",
    )
