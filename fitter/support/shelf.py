"""Which insole of a shop's shelf comes nearest to what supports a foot, or both feet of a person.

Distances, tolerances and weights stand in `models/support/shelf.toml`, each with its reason. The order is
always the same for the same catalogue, whatever the order of its rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from fitter.quantity import Missing, Quantity
from fitter.resources import table
from fitter.saying import N_, joined, say
from fitter.support.catalogue import ANY_SHOE, FIRMNESS, Item
from fitter.support.support import Parameter, SupportProfile
from fitter.terms import SIDES, Side

Verdict = Literal["fits", "near", "misses", "not_stated"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One foot that looks for an insole; ``footwear`` is the answer to that question, "" where not asked."""

    side: Side
    support: SupportProfile
    foot_length: Quantity | None
    footwear: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One parameter of one item. ``has`` and ``low`` to ``high`` in ``unit`` (numbers), or words; ``by`` is
    how far it lies outside, negative where the item has less, and ``tolerances`` the same as a multiple of
    the tolerance. ``off`` is how far it lies from what is wanted most, in tolerances."""

    id: str
    name: str
    verdict: Verdict
    has: float | str | None
    low: float | str
    high: float | str
    unit: str
    by: float = 0.0
    tolerances: float = 0.0
    off: float = 0.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item against one foot; it suits where nothing misses."""

    item: Item
    judged: tuple[Judged, ...]
    distance: float
    off: float

    @property
    def suits(self) -> bool:
        return all(j.verdict != "misses" for j in self.judged)

    @property
    def sold_out(self) -> bool:
        return self.item.stock == 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One model for every foot there is: a candidate a foot, in their order. Of two feet the distance is the
    root mean square of both."""

    name: str
    candidates: tuple[Candidate, ...]

    @property
    def distance(self) -> float:
        return _rms(c.distance for c in self.candidates)

    @property
    def suits(self) -> bool:
        return all(c.suits for c in self.candidates)

    @property
    def sold_out(self) -> bool:
        return any(c.sold_out for c in self.candidates)

    @property
    def skus(self) -> tuple[str, ...]:
        """The articles it takes: one for two alike feet."""
        return tuple(dict.fromkeys(c.item.sku for c in self.candidates))


@dataclass(frozen=True, slots=True)
class Shelf:
    """The offers, the nearest first, and what is to be said of them. ``apart`` holds the best candidate of
    each foot where no model suits both but each foot has one. ``notes``: what could not be compared."""

    sides: tuple[Side, ...]
    offers: tuple[Offer, ...]
    statement: str
    notes: tuple[str, ...]
    version: str
    apart: tuple[Candidate, ...] = ()
    withheld: Missing | None = None


def on_shelf(feet: Sequence[Wanted], items: Iterable[Item], *, keep_sold_out: bool = True) -> Shelf:
    """Every model of the catalogue against one foot or a pair, ranked; what is sold out goes last, or not in.

    Where a foot gets no recommendation (a red flag), none gets anything from the shelf.
    """
    rules = table("support/shelf.toml")
    texts, version = rules["texts"], say("shelf rules {version}", version=rules["version"])
    sides = tuple(foot.side for foot in feet)
    withheld = next((f.support.withheld for f in feet if f.support.withheld is not None), None)
    if withheld is not None:
        said = say(texts["withheld"], reason=withheld.text)
        return Shelf(sides, (), said, (), version, withheld=withheld)
    if not feet or not any(f.support.parameters for f in feet):
        return Shelf(sides, (), texts["nothing_wanted"], (), version)
    models: dict[tuple[str, str], list[Item]] = {}
    for item in sorted(items, key=lambda i: i.sku):
        if keep_sold_out or item.stock != 0:
            models.setdefault((item.brand, item.name), []).append(item)
    offers = sorted((_offer(feet, sizes) for sizes in models.values()), key=_offer_order)
    notes = tuple(_not_compared(feet, texts))
    if not offers:
        return Shelf(sides, (), texts["empty"], notes, version)
    apart = _apart(offers, len(feet))
    return Shelf(sides, tuple(offers), _statement(offers, apart, len(feet), texts), notes, version, apart)


def compared(foot: Wanted, item: Item) -> Candidate:
    """One item against one foot: a verdict a parameter, and the distance of all."""
    rules = table("support/shelf.toml")
    judged = []
    weights: dict[str, float] = {}
    for row in rules["compare"]:
        found = _judged(row, foot, item)
        if found is not None:
            judged.append(found)
            weights[found.id] = row["weight"]
    distance = math.sqrt(math.fsum(weights[j.id] * j.tolerances**2 for j in judged))
    off = math.sqrt(math.fsum(weights[j.id] * j.off**2 for j in judged))
    return Candidate(item, tuple(judged), distance, off)


# ---------------------------------------------------------------------------------------- one parameter


def _judged(row: Mapping[str, Any], foot: Wanted, item: Item) -> Judged | None:
    """The verdict of one row of the table; None where the foot asks nothing of it."""
    if row["id"] == "size":
        return _size(row, foot.foot_length, item)
    if row["id"] == "footwear":
        return _shoes(row, foot.footwear, item)
    if row["id"] == "thickness":
        # Sandals hold none at all: no thickness would do, and it is said in a note.
        room = table("support/shelf.toml")["footwear"].get(foot.footwear)
        return _number(row, item.thickness_mm, 0.0, room, None) if room else None
    wanted = next((p for p in foot.support.parameters if p.id == row["of"]), None)
    found = None if wanted is None else _by_parameter(row, wanted, item)
    return _exactly(found) if found is not None and _exact(row, foot.support) else found


def _exact(row: Mapping[str, Any], support: SupportProfile) -> bool:
    """Whether this person takes what lies outside, or may, in no amount."""
    where = row.get("exact_where", {})
    return bool(where) and all(support.inputs.get(axis) in words for axis, words in where.items())


def _exactly(found: Judged) -> Judged:
    """A verdict without tolerance: what is near misses, and so does what isn't stated."""
    if found.verdict == "fits":
        return found
    return replace(found, verdict="misses", tolerances=1.0 + found.tolerances)


def _by_parameter(row: Mapping[str, Any], wanted: Parameter, item: Item) -> Judged | None:
    """An item against one parameter of the support profile, a number or a word."""
    if row["id"] == "firmness":
        return _firmness(row, wanted, item)
    if isinstance(wanted.value, str):
        return None
    has: float | None = getattr(item, row["column"])
    if row["id"] == "arch_position" and has is not None:
        has = has / 100.0 * (item.size_from + item.size_to) / 2.0
    low = wanted.value if wanted.low is None else wanted.low
    high = wanted.value if wanted.high is None else wanted.high
    return _number(row, has, low, high, wanted.value)


def _number(row: Mapping[str, Any], has: float | None, low: float, high: float, best: float | None) -> Judged:
    if has is None:
        unstated = float(table("support/shelf.toml")["not_stated"])
        return Judged(
            row["id"], row["name"], "not_stated", None, low, high, row["unit"], 0.0, unstated, unstated
        )
    by = _outside(row, has - high if has > high else min(0.0, has - low))
    off = 0.0 if best is None else abs(has - best) / _tolerance(row, has - best)
    tolerances = abs(by) / _tolerance(row, by)
    return Judged(
        row["id"], row["name"], _verdict(tolerances), has, low, high, row["unit"], by, tolerances, off
    )


def _size(row: Mapping[str, Any], length: Quantity | None, item: Item) -> Judged | None:
    """The foot's length against the sizes an item is made for: an item made for shorter feet has less."""
    if length is None:
        return None
    by = min(0.0, item.size_to - length.value) or max(0.0, item.size_from - length.value)
    by = _outside(row, by)
    tolerances = abs(by) / _tolerance(row, by)
    middle = (item.size_from + item.size_to) / 2.0
    off = abs(middle - length.value) / _tolerance(row, middle - length.value)
    sizes = say("{size_from:g} to {size_to:g}", size_from=item.size_from, size_to=item.size_to)
    return Judged(
        row["id"], row["name"], _verdict(tolerances), sizes, length.value, length.value, row["unit"], by,
        tolerances, off,
    )  # fmt: skip


def _firmness(row: Mapping[str, Any], wanted: Parameter, item: Item) -> Judged | None:
    """Steps of firmness between the words."""
    if wanted.value not in FIRMNESS:
        return None
    word = str(wanted.value)
    if not item.firmness:
        found = _number(row, None, 0.0, 0.0, None)
        return Judged(
            found.id, found.name, "not_stated", None, word, word, found.unit, 0.0, found.tolerances, found.off
        )
    by = float(FIRMNESS.index(item.firmness) - FIRMNESS.index(word))
    tolerances = abs(by) / _tolerance(row, by)
    return Judged(
        row["id"], row["name"], _verdict(tolerances), item.firmness, word, word, row["unit"], by, tolerances,
        tolerances,
    )  # fmt: skip


def _shoes(row: Mapping[str, Any], footwear: str, item: Item) -> Judged | None:
    if not footwear:
        return None
    if not item.footwear:
        unstated = float(table("support/shelf.toml")["not_stated"])
        return Judged(
            row["id"], row["name"], "not_stated", None, footwear, footwear, "", 0.0, unstated, unstated
        )
    fits = footwear in item.footwear or ANY_SHOE in item.footwear
    by = 0.0 if fits else -1.0
    tolerances = abs(by) / _tolerance(row, by)
    has = joined("/", item.footwear)
    return Judged(
        row["id"], row["name"], _verdict(tolerances), has, footwear, footwear, "", by, tolerances, tolerances
    )


def _outside(row: Mapping[str, Any], by: float) -> float:
    """How far outside, or 0 where that is less than a catalogue tells."""
    slack = table("support/shelf.toml")["slack_mm"] if row["unit"] == "mm" else 0.0
    return by if abs(by) > slack else 0.0


def _tolerance(row: Mapping[str, Any], by: float) -> float:
    return float(row["above"] if by > 0.0 else row["below"])


def _verdict(tolerances: float) -> Verdict:
    if tolerances <= 0.0:
        return "fits"
    return "near" if tolerances <= 1.0 else "misses"


# ---------------------------------------------------------------------------------------- models and pairs


def _offer(feet: Sequence[Wanted], sizes: Sequence[Item]) -> Offer:
    """The sizes of one model that go to these feet: one size for both where one suits both and is hardly
    further off (a pair of feet then takes one pair of insoles), else each foot its own."""
    each = [[compared(foot, item) for item in sizes] for foot in feet]
    own = tuple(min(candidates, key=lambda c: (*_order([c]), c.item.sku)) for candidates in each)
    two_pairs = Offer(own[0].item.name, own)
    shared = [same for same in zip(*each, strict=True) if all(c.suits for c in same)]
    if shared:
        best = min(shared, key=lambda same: (*_order(same)[1:], same[0].item.sku))
        one_pair = Offer(best[0].item.name, best)
        worth = table("support/shelf.toml")["one_pair"]
        if one_pair.distance <= two_pairs.distance + worth and (two_pairs.sold_out or not one_pair.sold_out):
            return one_pair
    return two_pairs


def _order(candidates: Sequence[Candidate]) -> tuple[bool, bool, float, float]:
    """Whether they miss, whether one is sold out, how far, how far from the middle of what is wanted."""
    return (
        not all(c.suits for c in candidates),
        any(c.sold_out for c in candidates),
        # Distances that differ by less than anyone can measure are the same.
        round(_rms(c.distance for c in candidates), 6),
        round(_rms(c.off for c in candidates), 6),
    )


def _offer_order(offer: Offer) -> tuple[bool, bool, float, float, tuple[str, ...]]:
    misses, sold_out, distance, off = _order(offer.candidates)
    return sold_out, misses, distance, off, offer.skus


def _apart(offers: Sequence[Offer], feet: int) -> tuple[Candidate, ...]:
    """The best of each foot where no model suits all of them but each foot has one on the shelf."""
    if feet < 2 or any(o.suits for o in offers):
        return ()
    best = []
    for n in range(feet):
        own = [o.candidates[n] for o in offers if o.candidates[n].suits and not o.candidates[n].sold_out]
        if not own:
            return ()
        best.append(min(own, key=lambda c: (*_order([c]), c.item.sku)))
    return tuple(best)


def _statement(
    offers: Sequence[Offer], apart: tuple[Candidate, ...], feet: int, texts: Mapping[str, str]
) -> str:
    whom = N_(" both feet") if feet > 1 else ""
    suiting = [o for o in offers if o.suits and not o.sold_out]
    if suiting:
        said = say(texts["some"], count=len(suiting), all=len(offers), whom=whom)
        first = suiting[0]
        if len(first.skus) > 1:
            left, right = (c.item.sku for c in first.candidates)
            said = joined(" ", (said, say(texts["different_sizes"], name=first.name, left=left, right=right)))
        return said
    if apart:
        left, right = (f"{c.item.name} ({c.item.sku})" for c in apart)
        return say(texts["different_items"], left=left, right=right)
    if sold_out := [o for o in offers if o.suits]:
        named = joined("", (f"{sold_out[0].name} (", joined(N_(" and "), sold_out[0].skus), ")"))
        return say(texts["sold_out"], whom=whom, name=named)
    nearest = min(offers, key=lambda o: _order(o.candidates)[2:])
    return say(texts["none"], whom=whom, name=nearest.name, misses=joined("; ", told(nearest, "misses")))


def _not_compared(feet: Sequence[Wanted], texts: Mapping[str, str]) -> Iterable[str]:
    if any(not foot.footwear for foot in feet):
        yield texts["shoe_unknown"]
    if any(foot.footwear == "open" for foot in feet):
        yield texts["open_shoes"]
    if names := dict.fromkeys(name for foot in feet for name in _to_add(foot.support)):
        yield say(texts["to_add"], names=joined(", ", names))
    for foot in feet:
        if foot.foot_length is None:
            yield say(texts["length_unknown"], side=foot.side)


def _to_add(support: SupportProfile) -> Iterable[str]:
    """The additions the profile wants: those for which nothing would not do."""
    for p in support.parameters:
        if p.id not in table("support/shelf.toml")["additions"]:
            continue
        low, high = (p.value if edge is None else edge for edge in (p.low, p.high))
        if isinstance(low, str) or isinstance(high, str):
            wants = p.value not in ("none", "no", "")
        else:
            wants = low > 0.0 or high < 0.0
        if wants:
            yield p.name[0].lower() + p.name[1:]


def _rms(numbers: Iterable[float]) -> float:
    squares = [n * n for n in numbers]
    return math.sqrt(math.fsum(squares) / len(squares))


# ---------------------------------------------------------------------------------------- in words


def told(offer: Offer, *verdicts: Verdict) -> tuple[str, ...]:
    """What of an offer has one of these verdicts, the worst first, as "arch 4 mm too high"; of two feet first
    what is true of both, then of each."""
    of_foot = [
        {in_words(j): j.tolerances for j in candidate.judged if j.verdict in verdicts}
        for candidate in offer.candidates
    ]
    common = [w for w in of_foot[0] if all(w in words for words in of_foot)]
    found = sorted(common, key=lambda w: -of_foot[0][w])
    for side, words in zip(SIDES, of_foot, strict=False):
        own = sorted((w for w in words if w not in common), key=lambda w: -words[w])
        found += [joined(": ", (side, joined(", ", own)))] if own else []
    return tuple(found)


_MORE = {
    "size": ("made for feet {by} longer", "made for feet {by} shorter"),
    "arch_height": ("arch {by} too high", "arch {by} too low"),
    "arch_position": ("arch {by} too far forward", "arch {by} too far back"),
    "heel_cup_depth": ("heel cup {by} too deep", "heel cup {by} too shallow"),
    "heel_cup_width": ("heel cup {by} too wide", "heel cup {by} too narrow"),
    "posting": ("inner side raised {by} too much", "outer side raised {by} too much"),
    "firmness": ("firmer than wanted ({has} for {low})", "softer than wanted ({has} for {low})"),
    "thickness": ("{by} too thick for the shoe", ""),
    "footwear": ("", "not for these shoes (for {has})"),
}


def in_words(j: Judged) -> str:
    """What is to be said of one parameter: "arch 4 mm too high", "size fits", "firmness not stated"."""
    name = j.name[0].lower() + j.name[1:]
    if j.has is None:
        ask = any(row["id"] == j.id and row.get("ask") for row in table("support/shelf.toml")["compare"])
        return say("{name} not stated{word}", name=name, word=": ask the maker" if ask else "")
    if j.verdict == "fits":
        return say("{name} fits", name=name)
    amount = f"{abs(j.by):.1f}".removesuffix(".0")
    # A miss is never told as nothing.
    by = joined("", ("0.1" if amount == "0" else amount, "°" if j.unit == "deg" else f" {j.unit}"))
    return say(_MORE[j.id][0 if j.by > 0.0 else 1], by=by, has=j.has, low=j.low)
