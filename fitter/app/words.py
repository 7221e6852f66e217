"""The findings in words and rows, as the screens show them. No widget here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fitter.anatomy.measures import BY_ID
from fitter.anatomy.sizes import Sizes
from fitter.app.text import N_, Words, _, capital, sentences
from fitter.exchange import wording
from fitter.measurements import Measurements
from fitter.posture.posture import Posture
from fitter.quantity import Quantity

if TYPE_CHECKING:
    from fitter.anatomy.norms import Norms, Percentile
    from fitter.profile import FitProfile, FootFit

SIDE_WORDS = Words(wording.SIDE_WORDS)
LOAD_WORDS = Words(wording.LOAD_WORDS, capital)
UNIT_WORDS = Words(
    {
        "": N_("Find out"),
        "mm": N_("Millimetres"),
        "cm": N_("Centimetres"),
        "m": N_("Metres"),
        "in": N_("Inches"),
    }
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of measures."""

    id: str
    name: str
    value: str
    error: str
    unit: str
    among: str = ""  # the percentile in words, where the survey holds the measure


def rows(measurements: Measurements, norms: Norms | None = None) -> tuple[Row, ...]:
    """What was measured, in the order of the registry, and how many in a hundred adults are smaller."""
    percentiles = norms.percentiles if norms else {}
    found = ((key, q) for key, q in measurements.readings.items() if isinstance(q, Quantity))
    return tuple(
        Row(
            key,
            _(BY_ID[key].name),
            wording.plain(q.value, q.unit),
            f"± {wording.plain(q.u95, q.unit)}",
            wording.sign(q.unit).strip(),
            _short_percentile(percentiles.get(key, ())),
        )
        for key, q in found
    )


def _short_percentile(percentiles: Sequence[Percentile]) -> str:
    """ "49", or "97 / 49" of women and men: the whole of a sex; the range is told when the row is picked."""
    return " / ".join(_two_digits(p.value) for p in percentiles if not p.alike)


def _two_digits(percent: float) -> str:
    return "<1" if percent < 1.0 else ">99" if percent > 99.0 else f"{percent:.0f}"


def percentile_title(norms: Norms | None) -> str:
    """What the column of percentiles is called: among whom they are; empty without any."""
    every = norms.percentiles.values() if norms else ()
    among = dict.fromkeys(p.among for percentiles in every for p in percentiles)
    if not among:
        return ""
    return (
        _("Women/men")
        if len(among) > 1
        else _("Of {people}").format(people=_(wording.AMONG_WORDS[min(among)]))
    )


def size_lines(sizes: Sizes) -> tuple[str, ...]:
    """The sizes a line each; the reason where there are none."""
    if sizes.refused is not None:
        return (_(sizes.refused.text),)
    return tuple(
        wording.pair_words(names, told, _) for names, told, _assumed in wording.sizes_alike(sizes, _)
    )


def class_title(posture: Posture) -> str:
    """The class, or both neighbours of a borderline one, as a title."""
    text = wording.class_words(posture, _)
    return text[:1].upper() + text[1:]


def foot_names(feet: tuple[FootFit, ...]) -> tuple[str, ...]:
    """A short name for each foot of the result; the load is told where one side comes twice."""
    sides = [foot.side for foot in feet]
    names = [
        SIDE_WORDS[foot.side]
        if sides.count(foot.side) == 1
        else f"{SIDE_WORDS[foot.side]}, {_(wording.LOAD_WORDS[foot.load])}"
        for foot in feet
    ]
    return tuple(name if names.count(name) == 1 else f"{name} {i + 1}" for i, name in enumerate(names))


def assumptions(fit: FootFit) -> tuple[tuple[str, bool], ...]:
    """What was taken as given: each sentence, and whether it had to be guessed."""
    return tuple((sentences(a.text), not a.certain) for a in fit.assumptions.values())


def verdict(fit: FootFit) -> str:
    """Whether to keep the capture."""
    return wording.verdict_words(fit, _)


def questions(fit: FootFit) -> tuple[str, ...]:
    """What a person should confirm: guesses that the menus beside them change (the load is asked anyway)."""
    asked = {
        "side": _("Is this a {value} foot? If not, choose Foot above.").format(value=_(fit.side)),
        "units": _("Is the size right? If not, choose Units above."),
    }
    return tuple(
        asked[key] for key, a in fit.assumptions.items() if key in asked and not (a.certain or a.given)
    )


def summary_lines(fit: FootFit, profile: FitProfile) -> tuple[str, ...]:
    """What this foot is, how its arch sits, and what supports it or comes first, in a line each."""
    stops = profile.red_flags is not None and bool(profile.red_flags.blocking)
    lines = (_foot_line(fit), _arch_line(fit), _stop_line(profile) if stops else _support_line(fit))
    return tuple(line for line in lines if line)


def _foot_line(fit: FootFit) -> str:
    title = wording.foot_title(fit, _)
    length = fit.measurements.get("foot_length")
    if length is None:
        return _("{foot}: its length could not be told.").format(foot=title)
    european = next((s for s in fit.sizes.sizes if s.system == "eu"), None) if fit.sizes else None
    if european is None:
        return _("{foot}: {length} long.").format(foot=title, length=wording.with_error(length))
    size = f"{_(european.name)} {wording.size_words(european, _)}"
    told = _("{foot}: {length} long, shoe size {size}.")
    return told.format(foot=title, length=wording.with_error(length), size=size)


def _arch_line(fit: FootFit) -> str:
    return "" if fit.posture is None else _(fit.posture.statement)


def _support_line(fit: FootFit) -> str:
    if fit.support is None:
        return ""
    height = next((p for p in fit.support.parameters if p.id == "arch_support_height"), None)
    if fit.support.withheld is not None or height is None:
        return _(fit.support.statement)
    strategy = next((s.name for s in fit.support.strategies if s.id == fit.support.strategy_id), "")
    told = _("Support: {strategy}, {height} high under the arch.") if strategy else _("Support: {height}.")
    return told.format(strategy=_(strategy), height=wording.parameter_words(height, _))


def _stop_line(profile: FitProfile) -> str:
    assert profile.red_flags is not None
    stop = wording.flag_words(profile.red_flags.blocking[0], _)
    return wording.pair_words(_("Please see someone first"), stop, _)


def strength(word: str) -> str:
    """How strong the evidence of a statement is, in words."""
    return _(wording.STRENGTH_WORDS[word])


def set_by(evidence: str) -> str:
    """By what a support parameter is set, in words."""
    return _("Set by: {what}").format(what=_(wording.EVIDENCE_WORDS[evidence]))


def summary(probabilities: Mapping[str, float]) -> str:
    """The likeliest classes in one line."""
    likely = sorted(probabilities.items(), key=lambda item: -item[1])
    return ", ".join(f"{_(wording.CLASS_WORDS[k])} {wording.percent(p)}" for k, p in likely if p >= 0.05)
