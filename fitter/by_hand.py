"""Settings of a profile changed by hand, and taken back, in every capture of that foot.

What a setting leads to elsewhere in the profile is told anew as well, so that no sentence in it is older than
its numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fitter.errors import FitterError
from fitter.journey import arch_at_rest, side_by_side
from fitter.profile import FitProfile
from fitter.saying import say
from fitter.support.following import Footing
from fitter.support.rule_set import RuleSet
from fitter.support.support import SupportProfile
from fitter.support.trying import overridden, restored
from fitter.terms import Side


def set_by_hand(
    profile: FitProfile,
    side: Side,
    parameter_id: str,
    value: float | str,
    reason: str,
    by: str,
    rules: RuleSet,
) -> FitProfile:
    """The profile with a parameter of one foot's support set by hand; ``rules`` are those it was made by.

    Raises FitterError where that may not be, see `overridden`.
    """
    return _changed(
        profile, side, rules, lambda s, footing: overridden(s, parameter_id, value, reason, by, footing)
    )


def taken_back(profile: FitProfile, side: Side, parameter_id: str, rules: RuleSet) -> FitProfile:
    """The profile with that parameter of one foot as its rule gave it."""
    return _changed(profile, side, rules, lambda s, footing: restored(s, parameter_id, footing))


def footing(profile: FitProfile, number: int, rules: RuleSet) -> Footing:
    """What the rules need to answer for this capture again."""
    foot = profile.feet[number]
    return Footing(foot.measurements, foot.posture, arch_at_rest(profile.feet, number, rules), rules)


def _changed(
    profile: FitProfile,
    side: Side,
    rules: RuleSet,
    change: Callable[[SupportProfile, Footing], SupportProfile],
) -> FitProfile:
    supports = [foot.support for foot in profile.feet]
    found = False
    for number, foot in enumerate(profile.feet):
        if foot.side == side and foot.support is not None and foot.support.parameters:
            supports[number] = change(foot.support, footing(profile, number, rules))
            found = True
    if not found:
        raise FitterError(
            say("the profile recommends nothing for the {side} foot", side=side), code="no_support"
        )
    side_by_side(profile.feet, supports, rules)
    feet = tuple(replace(foot, support=s) for foot, s in zip(profile.feet, supports, strict=True))
    return replace(profile, feet=feet)
