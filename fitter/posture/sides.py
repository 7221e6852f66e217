"""Both feet side by side: what differs by more than the error. Beliefs: `models/posture/pairs.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from fitter.anatomy.measures import BY_ID
from fitter.measurements import Measurements
from fitter.posture.flexibility import difference
from fitter.quantity import Quantity
from fitter.resources import table
from fitter.saying import say
from fitter.terms import Side


@dataclass(frozen=True, slots=True)
class SideDifference:
    """One measure of both feet. ``difference`` is left minus right; ``larger`` is the side that is larger by
    more than the error, or None."""

    measure: str
    left: Quantity
    right: Quantity
    difference: Quantity
    larger: Side | None


def side_differences(left: Measurements, right: Measurements) -> tuple[SideDifference, ...]:
    """Every measure that both feet have, compared under one load.

    Raises ValueError where they are not a left and a right foot under the same load.
    """
    if (left.side, right.side) != ("left", "right") or left.load != right.load:
        raise ValueError("compared are a left and a right foot under one load")
    found = []
    for measure_id in table("posture/pairs.toml")["sides"]["compare"]:
        a, b = left.get(measure_id), right.get(measure_id)
        if a is not None and b is not None:
            apart = difference(a, b, (left.source, right.source), "both_feet")
            larger: Side | None = None
            if abs(apart.value) > apart.u95:
                larger = "left" if apart.value > 0 else "right"
            found.append(SideDifference(measure_id, a, b, apart, larger))
    return tuple(found)


def sides_statement(differences: tuple[SideDifference, ...], load: str) -> str:
    """What to say of the two feet in one sentence."""
    about = table("posture/pairs.toml")
    apart = [d for d in differences if d.larger is not None]
    apart.sort(key=lambda d: -abs(d.difference.value) / d.difference.u95)
    names = [_in_a_sentence(BY_ID[d.measure].name) for d in apart[: about["sides"]["named"]]]
    kind = "alike" if not apart else "different" if len(names) == len(apart) else "different_in_many"
    text: str = about["statements"][kind]
    said = say(
        text, load=about["load_words"][load], names=_listed(names), count=len(apart), all=len(differences)
    )
    return f"{said} {chance_note(differences)}".rstrip()


def chance_note(differences: tuple[SideDifference, ...]) -> str:
    """That a single difference among many comparisons may mean nothing; empty where it isn't so."""
    about = table("posture/pairs.toml")
    if sum(d.larger is not None for d in differences) != 1 or len(differences) < about["sides"]["many"]:
        return ""
    told: str = say(about["told"]["chance"], count=len(differences))
    return told


_PROPER_NAMES = ("Chippaux", "Staheli")


def _in_a_sentence(name: str) -> str:
    return name if name.startswith(_PROPER_NAMES) else name[:1].lower() + name[1:]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
