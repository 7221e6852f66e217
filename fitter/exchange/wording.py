"""How a profile is worded for people: the one source of words for the window, the paper and the terminal.

In the language that is spoken now (`fitter.language`), unless another translator is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from fitter.anatomy.measures import BY_ID
from fitter.anatomy.norms import OLDER, Percentile
from fitter.anatomy.sizes import Size, Sizes
from fitter.knee.follow_up import Told, compared
from fitter.knee.knee import Contributor, Exercise, Flag, Statement
from fitter.language import current, spoken
from fitter.posture.posture import Flatfoot, Posture, Vote
from fitter.quantity import Missing, Quantity
from fitter.resources import table
from fitter.saying import N_, joined, say
from fitter.support.catalogue import Item
from fitter.support.support import Parameter
from fitter.support.trying import Tried, TryOn

if TYPE_CHECKING:
    from fitter.profile import FitProfile, FootFit, FootPair, SidePair

Translate = Callable[[str], str]

SIDE_WORDS: Mapping[str, str] = {"left": "Left foot", "right": "Right foot"}
LOAD_WORDS: Mapping[str, str] = {
    "unloaded": "off the ground",
    "sitting": "sitting",
    "standing": "standing on both feet",
    "single_leg": "standing on one leg",
    "unknown": "load not stated",
}
CLASS_WORDS: Mapping[str, str] = {
    "very_low_arch": "very low arch",
    "low_arch": "low arch",
    "neutral": "neutral arch",
    "high_arch": "high arch",
    "very_high_arch": "very high arch",
    "borderline": "borderline",
    "cannot_tell": "cannot tell",
}
FLATFOOT_WORDS: Mapping[str, str] = {
    "likely": "likely",
    "possible": "possible",
    "unlikely": "unlikely",
    "cannot_tell": "can't be told",
}
VERDICT_WORDS: Mapping[str, str] = {
    "good": "Good scan",
    "usable": "Usable scan",
    "retake": "Take this scan again",
}
# Among whom a percentile holds.
AMONG_WORDS: Mapping[str, str] = {"female": "women", "male": "men"}
ALIKE_WORDS: Mapping[tuple[str, ...], str] = {
    ("stature",): "of your height",
    ("mass",): "of your weight",
    ("stature", "mass"): "of your build",
}
# How strong the evidence of a statement is (models/knee).
STRENGTH_WORDS: Mapping[str, str] = {
    "strong": "strong evidence",
    "moderate": "moderate evidence",
    "limited": "limited evidence",
    "contested": "contested evidence",
    "expert": "expert opinion",
}
# How what is known about a contributor was found (models/knee).
KIND_WORDS: Mapping[str, str] = {
    "prospective": "people followed over time",
    "trial": "trials",
    "cross_sectional": "people looked at once",
    "laboratory": "laboratory",
    "expert": "reasoning of experts",
    "contested": "studies disagree",
}
# What an exercise theme trains, and whether the foot carries weight.
TRAINS_WORDS: Mapping[str, str] = {"quadriceps": "front of the thigh", "hip": "hip", "trunk": "trunk"}
CHAIN_WORDS: Mapping[str, str] = {"closed": "foot on the ground", "open": "foot free"}
# By what a support parameter is set (models/support/rules.toml).
EVIDENCE_WORDS: Mapping[str, str] = {
    "trial": "trial",
    "measured": "measured study",
    "expert": "expert consensus",
    "convention": "workshop custom",
    "fit": "fit to the foot",
}
# How sure a norm is, where the word of the data (models/posture/norms.toml) is ours rather than a reader's.
_SURE_WORDS: Mapping[str, str] = {
    "remembered, to be confirmed": "norm not yet checked against the paper",
    "derived": "norm worked out from published figures",
    "secondary source": "norm as quoted by another paper",
}
# How a profile names the rules that it was made by (`fitter.support.rule_set`).
RULE_SETS = (N_("support rules {version}"), N_("support rules {version} (own, sha256 {sha256})"))
_UNIT_SIGNS: Mapping[str, str] = {"deg": "°", "ratio": "", "sd": " SD"}
_NBSP = "\u00a0"  # a space that never ends a line
_DECIMALS: Mapping[str, int] = {"ratio": 3, "sd": 2}


def plain(value: float, unit: str) -> str:
    """A number in its unit's usual decimals, with a true minus sign and the decimal mark of the language."""
    return current().number(value, _DECIMALS.get(unit, 1))


def sign(unit: str) -> str:
    """The unit as it follows a number: "°" close, "mm" after a space, nothing for a ratio."""
    return _UNIT_SIGNS.get(unit, f" {spoken(unit)}" if unit else "")


def pair_words(name: str, value: str, _: Translate = spoken) -> str:
    """ "Foot length: 251.0 mm", with the colon of the language."""
    return _("{name}: {value}").format(name=name, value=value)


def with_error(q: Quantity) -> str:
    """ "251.0 ± 3.0 mm"."""
    return f"{plain(q.value, q.unit)} ± {plain(q.u95, q.unit)}{sign(q.unit)}"


def percent(share: float) -> str:
    """A probability without false precision at its ends."""
    if share < 0.01:
        return spoken("under 1\u00a0%")
    return spoken("over 99\u00a0%") if share > 0.99 else f"{100 * share:.0f}{_NBSP}%"


def percentile_words(percentiles: Iterable[Percentile], _: Translate = spoken) -> str:
    """ "men 49 (41–59), of your build 30 (22–40)": how many in a hundred are smaller, with the 95 % range."""
    return ", ".join(
        f"{_among(p, _)} {percentile_cell(p, _)}".replace(" (", f"{_NBSP}(") for p in percentiles
    )


def _among(p: Percentile, _: Translate) -> str:
    return _(ALIKE_WORDS[p.alike]) if p.alike else _(AMONG_WORDS[p.among])


def percentile_cell(p: Percentile, _: Translate = spoken) -> str:
    """ "49 (41–59)"; at the survey's ends the near end of the range: "under 3", "over 97"."""
    low, high = (f"{min(max(x, 1.0), 99.0):.0f}" for x in (p.low, p.high))
    if p.value > 99.0:
        return _("over {percent}").format(percent=low)
    if p.value < 1.0:
        return _("under {percent}").format(percent=high)
    value = f"{p.value:.0f}"
    return value if low == high else f"{value} ({low}–{high})"


def size_words(size: Size, _: Translate = spoken) -> str:
    """ "42 to 43.5, most likely 42.5", or the one size there can be."""
    if size.smallest == size.largest:
        return _(size.likely)
    unit = next((u for u in (" mm", " cm") if size.likely.endswith(u)), "")
    smallest, likely = _(size.smallest.removesuffix(unit)), _(size.likely.removesuffix(unit))
    text = _("{smallest} to {largest}, most likely {likely}")
    return text.format(smallest=smallest, largest=_(size.largest), likely=likely)


def sizes_alike(sizes: Sizes, _: Translate = spoken) -> list[tuple[str, str, str]]:
    """Names, size and assumption, systems that say the same together: "Mondopoint, Korea, China"."""
    found: dict[tuple[str, str], list[str]] = {}
    for size in sizes.sizes:
        found.setdefault((size_words(size, _), size.assumption), []).append(_(size.name))
    return [(", ".join(names), words, assumption) for (words, assumption), names in found.items()]


_EACH_FOOT = ("eu", "uk", "us_men", "us_women")


def each_foot_sizes(profile: FitProfile, _: Translate = spoken) -> list[str]:
    """ "The left foot, 256.0 ± 1.5 mm long: EU 40 to 41, most likely 40.5; ...", to stand above the pair."""
    lines = []
    for sizes in (foot.sizes for foot in profile.feet if profile.sizes and foot.sizes):
        adult = [s for s in sizes.sizes if s.system in _EACH_FOOT]
        told = "; ".join(f"{_(s.name)} {size_words(s, _)}" for s in adult or sizes.sizes[:1])
        if told:
            of = _(sizes.of)
            lines.append(f"{pair_words(f'{of[:1].upper()}{of[1:]}', told, _)}.")
    return lines


def not_measured(foot: FootFit) -> dict[str, list[str]]:
    """Why measures are missing -> the names of those it holds for, in the order of the registry."""
    found: dict[str, list[str]] = {}
    for measure_id, reading in foot.measurements.readings.items():
        if isinstance(reading, Missing):
            found.setdefault(spoken(reading.text), []).append(spoken(BY_ID[measure_id].name))
    return found


def verdict_words(foot: FootFit, _: Translate = spoken) -> str:
    """Whether to keep a capture, while the person still stands there; empty for a foot measured by hand."""
    return _(VERDICT_WORDS[foot.quality.verdict]) if foot.source == "scan" else ""


def foot_title(foot: FootFit, _: Translate = spoken) -> str:
    """ "Left foot, sitting"."""
    told = {"side": _(SIDE_WORDS[foot.side]), "load": _(LOAD_WORDS[foot.load])}
    if foot.load == "unknown":
        return _("{side}, {load}, taken as standing").format(**told)
    return _("{side}, {load}").format(**told)


def source_words(source: str) -> str:
    """The source of a norm, with how sure it is in words a customer understands."""
    for word, told in _SURE_WORDS.items():
        if source.endswith(f" ({word})"):
            return f"{spoken(source.removesuffix(f' ({word})'))} ({spoken(told)})"
    return spoken(source)


def class_words(posture: Posture, _: Translate = spoken) -> str:
    """ "neutral arch", or "between low arch and neutral arch"."""
    if not posture.between:
        return _(CLASS_WORDS[posture.class_])
    one, other = (_(CLASS_WORDS[name]) for name in posture.between)
    return _("between {one} and {other}").format(one=one, other=other)


def flatfoot_words(flatfoot: Flatfoot, _: Translate = spoken) -> str:
    """The flat-foot question as it is put to a person at home, with its answer."""
    asked, told = _("Lower than most adults, often called a flat foot"), _(FLATFOOT_WORDS[flatfoot.answer])
    share = "" if flatfoot.probability is None else f" ({percent(flatfoot.probability)})"
    return pair_words(asked, f"{told}{share}", _)


def vote_words(vote: Vote, _: Translate = spoken) -> str:
    """What one index says by itself: "−0.41 ± 1.20 SD, neutral arch"."""
    return f"{with_error(vote.score)}, {_(CLASS_WORDS[vote.class_])}"


def criteria_summary(posture: Posture, _: Translate = spoken) -> str:
    """How many published criteria call the arch lower, usual and higher; empty where none applies."""
    arches = [said.arch for said in posture.criteria if said.arch is not None]
    if not arches:
        return ""
    lower, higher = sum(a < 0 for a in arches), sum(a > 0 for a in arches)
    counts = ((lower, _("lower")), (len(arches) - lower - higher, _("usual")), (higher, _("higher")))
    told = ", ".join(f"{count} {word}" for count, word in counts if count)
    return _("Published criteria that apply call this arch: {told}.").format(told=told)


def criteria_words(posture: Posture, _: Translate = spoken) -> tuple[str, ...]:
    """What each published criterion by its name calls this foot: "Williams 2001: usual (87 %)"."""
    return tuple(
        pair_words(_(said.name), f"{_(said.label)} ({percent(said.share)})", _) for said in posture.criteria
    )


def pair_of(profile: FitProfile, foot: int) -> FootPair | None:
    """The pair of sitting and standing captures that a foot of the profile belongs to."""
    return next((p for p in profile.pairs if foot in (p.sitting, p.standing)), None)


def sides_of(profile: FitProfile, foot: int) -> SidePair | None:
    """The comparison of left and right that a foot of the profile belongs to."""
    return next((s for s in profile.sides if foot in (s.left, s.right)), None)


def flexibility_words(pair: FootPair, profile: FitProfile) -> str:
    """How much the arch gives, how likely that is and among whom, and the measure it was read from."""
    flex, gives = pair.flexibility, pair.flexibility.measure
    q = profile.feet[pair.standing].measurements.get(gives) if gives else None
    if q is None:
        return spoken(flex.statement)
    words = table("posture/pairs.toml")["told"]
    share = flex.probabilities.get(flex.class_)
    among = (
        spoken(words["cannot_tell"]) if share is None else spoken(words["share"]).format(share=percent(share))
    )
    older = spoken(words["older"]) if (profile.answers or {}).get("age_band") == OLDER else ""
    parts = (spoken(flex.statement), among, older, f"{pair_words(spoken(BY_ID[gives].name), with_error(q))}.")
    return " ".join(part for part in parts if part)


def side_words(sides: SidePair, _: Translate = spoken) -> tuple[str, ...]:
    """What differs by more than its error: "Foot length: left larger by 4.0 ± 1.6 mm"."""
    larger = {"left": _("left larger by {much}"), "right": _("right larger by {much}")}
    return tuple(
        pair_words(
            _(BY_ID[d.measure].name),
            larger[d.larger].format(much=with_error(replace(d.difference, value=abs(d.difference.value)))),
            _,
        )
        for d in sides.differences
        if d.larger is not None
    )


def parameter_words(p: Parameter, _: Translate = spoken) -> str:
    """The value of a support parameter with what would do as well: "22 mm (19 to 25)"."""
    value = _(_value(p)) if isinstance(p.value, str) else _value(p)
    return f"{value}{sign(p.unit)}{_spread(p, _)}"


def foot_range(item: Item) -> str:
    """ "Foot 251 to 260 mm" """
    return spoken(say("Foot {low:g} to {high:g} mm", low=item.size_from, high=item.size_to))


def price_words(item: Item) -> str:
    """ "39.90 EUR", or "" """
    return "" if item.price is None else f"{current().number(item.price, 2)} {item.currency}".strip()


def override_words(p: Parameter) -> str:
    """Who set it by hand, what it was, and why; "" where it stands as its rule gave it."""
    if p.override is None:
        return ""
    was = parameter_words(replace(p, value=p.override.value, low=p.override.low, high=p.override.high))
    by, reason = p.override.by, p.override.reason
    if p.override.follows:
        what = p.override.follows.replace("_", " ")
        told = say(
            "follows from {what}, set by hand by {by}, was {was}: {reason}",
            what=what,
            by=by,
            was=was,
            reason=reason,
        )
    else:
        told = say("set by hand by {by}, was {was}: {reason}", by=by, was=was, reason=reason)
    return spoken(told)


def contributor_words(c: Contributor, _: Translate = spoken) -> str:
    """How strong the evidence is that it matters at all: "moderate evidence, people followed over time"."""
    strength = _(STRENGTH_WORDS[c.strength])
    # "contested evidence, studies disagree" would say it twice.
    kind = _(KIND_WORDS[c.kind]) if c.kind in KIND_WORDS and c.kind != c.strength else ""
    return f"{strength}, {kind}" if kind else strength


def contributor_lines(c: Contributor, _: Translate = spoken) -> tuple[str, ...]:
    """All that is said of one contributor, a line a thing: you, how sure, the evidence, what is often said,
    what may help, and the sources."""
    helps = _("What may help: {text}").format(text=_(c.what_helps)) if c.what_helps else ""
    sources = _("Sources: {names}.").format(names="; ".join(sources_of(c.statements, _)))
    lines = (f"{_(c.about_you)} {_(c.sureness)}".strip(), _(c.evidence), _(c.article), helps)
    return (*(line for line in lines if line), *([sources] if c.statements else ()))


def sources_of(statements: Iterable[Statement], _: Translate = spoken) -> tuple[str, ...]:
    """Each source once, with its DOI where there is one."""
    return tuple(dict.fromkeys(_published(s, _) for s in statements))


def _published(s: Statement, _: Translate = spoken) -> str:
    source = _(s.source)
    return f"{source}, {s.doi}" if s.doi else source


def rules_of_all(exercises: Sequence[Exercise]) -> tuple[str, ...]:
    """What holds for every exercise, to be said once: when to stop, and what to leave to a therapist."""
    every = Counter(rule for e in exercises for rule in (e.stop_when, e.with_therapist) if rule)
    return tuple(rule for rule, times in every.items() if times > 1)


def exercise_words(e: Exercise, _: Translate = spoken) -> str:
    """ "Sit to stand (front of the thigh, foot on the ground)" """
    return f"{_(e.name)} ({_(TRAINS_WORDS[e.trains])}, {_(CHAIN_WORDS[e.chain])})"


def exercise_lines(e: Exercise, _: Translate = spoken) -> tuple[str, ...]:
    """Why it comes here, how it goes, where to begin and how to go on."""
    steps = _("Begin: {start} Then: {progress}").format(start=_(e.start), progress=_(e.progress))
    return tuple(line for line in (_(e.suits), _(e.how), steps) if line)


def statement_words(s: Statement, mode: str, _: Translate = spoken) -> str:
    """A statement in the words of the mode with its strength and source; for a professional with the people
    it was found in."""
    source = _published(s, _)
    if mode != "professional":
        return f"{_(s.plain)} [{pair_words(_(STRENGTH_WORDS[s.strength]), source, _)}]"
    return f"{_(s.exact)} [{_(STRENGTH_WORDS[s.strength])}; {_(s.population)}; {source}]"


def flag_words(flag: Flag, _: Translate = spoken) -> str:
    """A red flag with whom to see, and who went on in spite of it."""
    said = f"{_(flag.text)} {_(flag.whom_to_see)}"
    if flag.overridden is None:
        return said
    text = _(table("knee/red_flags.toml")["override"]["told"])
    by, reason = flag.overridden.by, flag.overridden.reason.rstrip(".")
    return f"{said} {text.format(by=by, reason=reason)}"


def follow_up_lines(profile: FitProfile, _: Translate = spoken) -> tuple[str, ...]:
    """How it went at each follow-up, against what was told before."""
    lines: list[str] = []
    for told in courses(profile, _):
        lines.append(_("After {weeks} weeks.").format(weeks=told.weeks))
        lines += [_(course.text) for course in told.courses]
        lines.append(f"{_(told.advice)} {_(told.note)}")
    return tuple(lines)


def courses(profile: FitProfile, _: Translate = spoken) -> tuple[Told, ...]:
    """Each follow-up compared with the worst pain told at first and the comfort of what was taken."""
    pain = (profile.answers or {}).get("pain_worst")
    tried = profile.try_on
    taken = next((t for t in tried.tried if t.skus == tried.chosen), None) if tried else None
    return tuple(
        compared(
            now,
            pain_before=float(pain) if isinstance(pain, int | float) else None,
            comfort_before=taken.comfort if taken else None,
        )
        for now in profile.follow_up
    )


def try_on_lines(tried: TryOn) -> tuple[str, ...]:
    """What was tried with its comfort, what was taken, and why."""
    each = [
        say("{model} ({skus}) {comfort} of 10", model=t.name, skus=_skus(t), comfort=_short(t.comfort))
        for t in tried.tried
    ]
    taken = next((t for t in tried.tried if t.skus == tried.chosen), None)
    if taken is None:
        chosen = say("Nothing was taken by {by}.", by=tried.by) if tried.by else N_("Nothing was taken.")
    else:
        what = {"model": taken.name, "skus": _skus(taken)}
        chosen = (
            say("Taken: {model} ({skus}) by {by}.", **what, by=tried.by)
            if tried.by
            else say("Taken: {model} ({skus}).", **what)
        )
    # A reason is a person's own words, which "by" says of it: they stay as they are.
    why = say("Reason: {reason}.", reason=tried.reason.rstrip("."), by=tried.by) if tried.reason else ""
    comfort = say("Comfort: {each}.", each=joined(", ", each))
    return spoken(comfort), spoken(joined(" ", (chosen, why)))


def _skus(tried: Tried) -> str:
    return f" {spoken(N_('and'))} ".join(tried.skus)


def _value(p: Parameter) -> str:
    return p.value.replace("_", " ") if isinstance(p.value, str) else _short(p.value)


def parameter_cell(p: Parameter) -> str:
    """As `parameter_words`, for a narrow table that names the unit elsewhere: "22 (19–25)"."""
    value = spoken(_value(p)) if isinstance(p.value, str) else _value(p)
    if p.low is None or p.high is None or p.low == p.high:
        return value
    return f"{value} ({_short(p.low)}–{_short(p.high)})"


def _spread(p: Parameter, _: Translate = spoken) -> str:
    if p.low is None or p.high is None or p.low == p.high:
        return ""
    return " " + _("({low} to {high})").format(low=_short(p.low), high=_short(p.high))


def _short(number: float) -> str:
    return current().written(f"{number:.1f}".removesuffix(".0").replace("-", "−"))
