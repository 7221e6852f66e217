"""What is known of a person, as the words in which the conditions of `models/knee/` are written."""

from __future__ import annotations

from collections.abc import Sequence

from fitter.answers import Answers
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.resources import table
from fitter.terms import SIDES

Feet = Sequence[tuple[Measurements, Posture]]

BORDERS = frozenset({"arch_low_border", "arch_high_border"})


def facts(feet: Feet, answers: Answers | None) -> frozenset[str]:
    """What is known of this person; what was not asked or measured has no word, or an ``_unknown`` one."""
    given = answers if answers is not None else Answers({}, False)
    return frozenset(
        {
            *_arch_facts(feet),
            *_load_facts(given),
            *_thigh_facts(given),
            *_hip_facts(given),
            *_form_facts(given),
            *_shoe_and_mass_facts(given),
            *_pain_facts(given),
        }
    )


def one_a_side(feet: Feet) -> Feet:
    """One capture a side, the one its class rests on best: a foot may be there sitting and standing."""
    loads = ("standing", "unknown", "sitting", "single_leg", "unloaded")
    ranked = sorted(feet, key=lambda f: (f[1].class_ == "cannot_tell", loads.index(f[0].load)))
    best = {m.side: (m, p) for m, p in reversed(ranked)}
    return [best[side] for side in SIDES if side in best]


def arch_kind(posture: Posture) -> str:
    """The fact of one foot's arch."""
    named = posture.between or (posture.class_,)
    if posture.class_ == "cannot_tell":
        return "arch_unknown"
    # What may as well be neutral is never told as low or high.
    border = "_border" if posture.between and "neutral" in named else ""
    if any(n in ("low_arch", "very_low_arch") for n in named):
        return f"arch_low{border}"
    if any(n in ("high_arch", "very_high_arch") for n in named):
        return f"arch_high{border}"
    return "arch_neutral"


def _arch_facts(feet: Feet) -> set[str]:
    """A word for each kind of arch among the feet, ``arch_mixed`` where they surely differ, and
    ``arch_border`` where one of them may be neutral or not."""
    told = {arch_kind(p) for _, p in feet} - {"arch_unknown"}
    if len(told - BORDERS) > 1:
        return told | {"arch_mixed"}
    return told | {"arch_border"} if told & BORDERS else told or {"arch_unknown"}


def _load_facts(a: Answers) -> set[str]:
    found = set()
    latest, longest = a.get("latest_run_km"), a.get("longest_run_30d_km")
    if latest and longest == 0.0:
        found.add("first_run")  # the study compares with an earlier run, and there was none
    if latest and longest:
        ratio, limits = latest / longest, table("knee/contributors.toml")["limits"]
        longer = "jump_some" if ratio > limits["run_some"] else "jump_none"
        found.add("jump_double" if ratio > limits["run_double"] else longer)
    changes = a.get("recent_change")
    if changes:
        found.add("load_steady" if changes == ("nothing",) else "load_changed")
    if a.get("doubled") is not None:
        found.add("doubled" if a.get("doubled") else "not_doubled")
    if not found:
        found.add("load_unknown")
    if a.get("activity") == "running" or latest or "running" in (a.get("sport") or ()):
        found.add("runner")
    return found


def _thigh_facts(a: Answers) -> set[str]:
    """The counted chair stand where there is one, else the older question."""
    stands = a.get("chair_stand")
    if stands is None:
        told = {"easy": "thigh_strong", "hard": "thigh_weak", "cannot": "thigh_weak"}
        return {told[a.get("chair_rise")]} if a.get("chair_rise") in told else set()
    band = "from_60" if a.get("age_band") == "60_plus" else "under_60"
    low = table("knee/contributors.toml")["limits"]["chair_stand"][band]
    # Where the sex was not told, the lower limit: nobody is called weak on a guess.
    return {"thigh_weak", "chair_low"} if stands < low[a.get("sex") or "other"] else {"thigh_counted"}


def _hip_facts(a: Answers) -> set[str]:
    told = {"easy": "hip_strong", "hard": "hip_weak", "cannot": "hip_weak"}
    lift = a.get("side_leg_lift") or a.get("side_leg_raise")
    found = {told[lift]} if lift in told else set()
    squats = {a.get(f"single_leg_squat_{side}") for side in SIDES}
    if "drops_in" in squats:
        found.add("squat_in")
    elif "over_foot" in squats:
        found.add("squat_over")
    return found


def _form_facts(a: Answers) -> set[str]:
    styles = {"long": "long_steps", "short_quick": "short_steps", "no_running": "no_running"}
    return {styles.get(a.get("step_style"), "form_unknown")}


def _shoe_and_mass_facts(a: Answers) -> set[str]:
    found = set()
    if "shoes" in (a.get("recent_change") or ()):
        found.add("shoes_changed")
    if a.get("training_shoes") not in (None, "no_training"):
        found.add("shoes_trained")
    if a.get("footwear"):
        found.add("shoes_known")
    mass, height = a.get("body_mass_kg"), a.get("height_cm")
    if mass is not None and height is not None:
        heavy = table("knee/contributors.toml")["limits"]["heavy"]
        found.add("heavy" if mass / (height / 100.0) ** 2 > heavy else "mass_known")
    if a.inner_knee_wear_likely:
        found.add("inner_knee")
    return found


def _pain_facts(a: Answers) -> set[str]:
    if not a.pain_told:
        return set()
    places = a.pains()
    if not places:
        return {"no_pain"}
    found = set() if "knee_front" in places else {"pain_elsewhere"}
    if {"stairs", "squatting"} & set(a.get("pain_when") or ()):
        found.add("stairs_hurt")
    return found
