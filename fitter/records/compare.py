"""Two visits of one customer: what changed by more than both errors together allow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitter.anatomy.measures import BY_ID, IDS
from fitter.exchange import wording
from fitter.quantity import Quantity, combine_u95
from fitter.saying import N_, say
from fitter.terms import LOADS, SIDES, Load, Side

if TYPE_CHECKING:
    from fitter.anatomy.sizes import Sizes
    from fitter.profile import FitProfile, FootFit

# The loads a person is best compared under, first.
_BEST_FIRST = ("standing", "unknown", "single_leg", "sitting", "unloaded")


@dataclass(frozen=True, slots=True)
class Change:
    """One measure of one foot, earlier and later. ``difference``: later minus earlier, with the error of both
    together; ``beyond``: whether it is larger than that error."""

    measure: str
    before: Quantity
    after: Quantity
    difference: Quantity
    beyond: bool


@dataclass(frozen=True, slots=True)
class FootChange:
    """One foot under one load: every measure that both visits have, and its class then and now."""

    side: Side
    load: Load
    measures: tuple[Change, ...]
    class_before: str
    class_after: str
    score: Change | None

    @property
    def changed(self) -> tuple[Change, ...]:
        return tuple(c for c in self.measures if c.beyond)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two profiles have in common. ``sizes``: system, size before, size after; ``alone``: feet that only
    one visit has, or has under another load, in words."""

    feet: tuple[FootChange, ...]
    sizes: tuple[tuple[str, str, str], ...]
    alone: tuple[str, ...]


def compare(before: FitProfile, after: FitProfile) -> Comparison:
    """The earlier profile against the later one, foot by foot under the same load."""
    earlier, later = _by_foot(before), _by_foot(after)
    order = sorted(earlier.keys() & later.keys(), key=lambda k: (SIDES.index(k[0]), _BEST_FIRST.index(k[1])))
    feet = tuple(_foot(earlier[key], later[key]) for key in order)
    return Comparison(feet, tuple(_sizes(before, after)), tuple(_alone(earlier, later)))


def _by_foot(profile: FitProfile) -> dict[tuple[Side, Load], FootFit]:
    """The first capture of each foot under each load."""
    found: dict[tuple[Side, Load], FootFit] = {}
    for foot in profile.feet:
        found.setdefault((foot.side, foot.load), foot)
    return found


def _foot(before: FootFit, after: FootFit) -> FootChange:
    measures = []
    for measure in IDS:
        a, b = before.measurements.get(measure), after.measurements.get(measure)
        if a is not None and b is not None:
            measures.append(changed(measure, a, b))
    was, now = before.posture, after.posture
    score = changed("arch_score", was.score, now.score) if was and now and was.score and now.score else None
    return FootChange(
        before.side,
        before.load,
        tuple(measures),
        wording.class_words(was) if was else "",
        wording.class_words(now) if now else "",
        score,
    )


def changed(measure: str, before: Quantity, after: Quantity) -> Change:
    """The change of a reading. Both errors count in full: what two visits share of them (the scanner, the
    definition) is not known, so a change is rather missed than made up."""
    both = combine_u95((before.u95, after.u95))
    difference = Quantity(after.value - before.value, both, before.unit)
    return Change(measure, before, after, difference, abs(difference.value) > both)


def _sizes(before: FitProfile, after: FitProfile) -> Iterator[tuple[str, str, str]]:
    was, now = _sizes_of(before), _sizes_of(after)
    if was is None or now is None:
        return
    earlier = {size.system: size for size in was.sizes}
    for size in now.sizes:
        if size.system in earlier:
            yield size.name, earlier[size.system].likely, size.likely


def _sizes_of(profile: FitProfile) -> Sizes | None:
    """Of the pair, or of the only foot there is."""
    if profile.sizes is not None:
        return profile.sizes
    return profile.feet[0].sizes if len(profile.feet) == 1 else None


def _alone(
    earlier: dict[tuple[Side, Load], FootFit], later: dict[tuple[Side, Load], FootFit]
) -> Iterator[str]:
    for which, there, other in ((N_("earlier"), earlier, later), (N_("later"), later, earlier)):
        for side, load in sorted(there.keys() - other.keys(), key=lambda k: (k[0], LOADS.index(k[1]))):
            yield say(
                "{side} foot, {load_words}: only in the {which} visit",
                side=side,
                load_words=wording.LOAD_WORDS[load],
                which=which,
            )


def lines(found: Comparison, _: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """The comparison for people: pairs of a style (head, value, body, note) and its text."""
    parts: list[tuple[str, str]] = []
    for foot in found.feet:
        head = f"{_(wording.SIDE_WORDS[foot.side])}, {_(wording.LOAD_WORDS[foot.load])}"
        parts += [("head", head), *_foot_lines(foot, _)]
    if found.feet and any(foot.changed for foot in found.feet):
        told = _(
            "A change is told where it is larger than the errors of both visits together. Of twenty "
            "measures one may seem to change by chance, and shoes, time of day and load change feet too."
        )
        parts.append(("note", told))
    if found.sizes:
        parts.append(("head", _("Shoe size")))
        same = [f"{_(name)} {_(after)}" for name, before, after in found.sizes if before == after]
        parts += [
            ("value", f"{_(name)}: {_(before)} → {_(after)}")
            for name, before, after in found.sizes
            if before != after
        ]
        if same:
            parts.append(("body", _("As before: {sizes}").format(sizes=", ".join(same))))
    parts += [("note", _("Not compared: {what}").format(what=_(text))) for text in found.alone]
    if not found.feet:
        parts.insert(0, ("body", _("The two visits have no foot under the same load, so nothing compares.")))
    return parts


def _foot_lines(foot: FootChange, _: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    for change in foot.changed:
        name, unit = _(BY_ID[change.measure].name), change.difference.unit
        sign = "+" if change.difference.value > 0 else "−"
        by = wording.with_error(Quantity(abs(change.difference.value), change.difference.u95, unit))
        was, now = wording.plain(change.before.value, unit), wording.plain(change.after.value, unit)
        yield "value", f"{name}: {was} → {now} ({sign}{by})"
    steady = len(foot.measures) - len(foot.changed)
    if steady:
        told = _("{count} of {all} measures did not change by more than their errors.")
        yield "body", told.format(count=steady, all=len(foot.measures))
    if foot.class_before and foot.class_before == foot.class_after:
        yield "body", _("Class: {name}, as before.").format(name=foot.class_after)
    elif foot.class_before and foot.class_after:
        yield (
            "value",
            _("Class: {before} → {after}").format(before=foot.class_before, after=foot.class_after),
        )
        if foot.score is not None and not foot.score.beyond:
            yield "note", _("The arch itself did not change by more than its error; only the word did.")
