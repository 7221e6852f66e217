"""Puts published norms and cut-offs together into the norms of the jury:
`python -m models.posture.train_norms`.

Reads criteria.toml, writes norms.toml. Every criterion of an index and a load implies a mean, and most an SD,
of the people it was made from; the norm is their weighted mean. How far the criteria lie apart (where they
conflict), how each was seen and what sex may change are put together into ``norm_sd``, the doubt about the
mean; how far their SDs lie apart is ``sd_doubt``. Arithmetic only: the same rows give the same file.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

from fitter.resources import table

TARGET = Path(__file__).parent / "norms.toml"

HEADER = """\
# Written by train_norms.py from criteria.toml: change a belief there and run it again
# (`python -m models.posture.train_norms`).
# What is normal for the indices that read the arch, one [[norm]] for an index and a load.
#
# mean, sd     of adults under that load, in the unit of the index: weighted mean of the criteria in `from`
# norm_sd      how far `mean` may be off, in units of `sd`: conflict of criteria, how they were seen, sex
# conflict     the part of it that comes from criteria that contradict each other
# sd_doubt     how far `sd` may be off, as a share of itself
# sign         +1: a larger value means a higher arch; -1: a lower one
# group        indices of one group read the same thing and err together (jury.toml)
# loading      how closely the index follows the arch, 0 to 1 (derivation in jury.toml)
# sure         the weakest way one of the criteria was seen
version = "1.1"
"""
# From the surest to the least sure.
SURE = (
    "seen in the paper's table",
    "seen in the paper's abstract",
    "secondary source",
    "derived",
    "remembered, to be confirmed",
)


@dataclass(frozen=True, slots=True)
class Implied:
    """What one criterion says of its people: mean, SD (None where it says nothing of it) and the SD's own
    doubt as a share of it."""

    mean: float
    sd: float | None
    sd_doubt: float = 0.0


def implied(criterion: Mapping[str, Any]) -> Implied:
    """Mean and SD that a published row stands for."""
    if "mean" in criterion:
        return Implied(criterion["mean"], criterion.get("sd"))
    cuts = criterion["cuts"]
    if "places" in criterion:
        return Implied(*_line(criterion["places"], cuts))
    normal = criterion["labels"].index("normal")
    low, high = cuts[normal - 1], cuts[normal]
    # Half the band is that many SDs wide if it holds the least, or the most, share of adults.
    widths = [NormalDist().inv_cdf(0.5 + share / 2.0) for share in criterion["inside"]]
    wide, narrow = ((high - low) / 2.0 / w for w in widths)
    doubt = math.log(wide / narrow) / math.sqrt(12.0)  # any value between them as likely, by ratio
    spread = math.sqrt(wide * narrow) if criterion.get("sd_counts", True) else None
    return Implied((low + high) / 2.0, spread, doubt if spread else 0.0)


def _line(places: Sequence[float], cuts: Sequence[float]) -> tuple[float, float]:
    """Intercept and slope of the least-squares line through (place in SDs, cut)."""
    x, y = math.fsum(places) / len(places), math.fsum(cuts) / len(cuts)
    across = math.fsum((p - x) ** 2 for p in places)
    slope = math.fsum((p - x) * (c - y) for p, c in zip(places, cuts, strict=True)) / across
    return y - slope * x, slope


def norm(
    index: str, load: str, rows: Sequence[Mapping[str, Any]], beliefs: Mapping[str, Any]
) -> dict[str, Any]:
    """The norm of an index under a load from its criteria."""
    said = [implied(r) for r in rows]
    weights = [r["weight"] for r in rows]
    mean = _mean(weights, [s.mean for s in said])
    spreads = [(w, s.sd, s.sd_doubt) for w, s in zip(weights, said, strict=True) if s.sd is not None]
    sd = _mean([w for w, _, _ in spreads], [s for _, s, _ in spreads])
    apart = _mean([w for w, _, _ in spreads], [(s / sd - 1.0) ** 2 + d**2 for _, s, d in spreads])
    conflict = math.sqrt(_mean(weights, [(s.mean - mean) ** 2 for s in said])) / sd
    seen = math.sqrt(_mean(weights, [beliefs["doubt"][r["sure"]] ** 2 for r in rows]))
    about = beliefs["index"][index]
    return {
        "index": index,
        "load": load,
        "mean": _short(mean),
        "sd": _short(sd),
        "norm_sd": _short(math.hypot(conflict, seen, beliefs["sex"].get(index, 0.0))),
        "conflict": _short(conflict),
        "sd_doubt": _short(math.sqrt(apart)),
        "sign": about["sign"],
        "group": about["group"],
        "loading": about["loading"],
        "from": [r["id"] for r in rows],
        "population": "; ".join(dict.fromkeys(r["population"] for r in rows)),
        "sex": "both",
        "source": "; ".join(dict.fromkeys(r["source"] for r in rows)),
        "sure": max((r["sure"] for r in rows), key=SURE.index),
        "note": about["note"],
    }


def norms(beliefs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every norm that the criteria give, in their order."""
    used = [c for c in beliefs["criterion"] if c.get("weight", 0.0) > 0]
    kinds = dict.fromkeys((c["index"], c["load"]) for c in used)
    return [
        norm(index, load, [c for c in used if (c["index"], c["load"]) == (index, load)], beliefs)
        for index, load in kinds
    ]


def text(found: Sequence[Mapping[str, Any]]) -> str:
    """norms.toml."""
    parts = [HEADER]
    for n in found:
        parts.append("\n[[norm]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in n.items()))
    return "".join(parts)


def _mean(weights: Sequence[float], values: Sequence[float]) -> float:
    return math.fsum(w * v for w, v in zip(weights, values, strict=True)) / math.fsum(weights)


def _short(number: float) -> float:
    return float(f"{number:.4g}")


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def main() -> None:
    argparse.ArgumentParser(
        prog="python -m models.posture.train_norms",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    TARGET.write_text(text(norms(table("posture/criteria.toml"))), encoding="utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
