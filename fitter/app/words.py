"""The findings in words and rows, as the screens show them. No widget here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fitter.anatomy.measures import BY_ID
from fitter.app.text import _
from fitter.measurements import Measurements
from fitter.posture.posture import Flatfoot, Posture
from fitter.profile import FootFit
from fitter.quantity import Quantity
from fitter.support.support import Parameter

SIDE_WORDS = {"left": _("Left foot"), "right": _("Right foot")}
LOAD_WORDS = {
    "unknown": _("Load not known"),
    "standing": _("Standing on both feet"),
    "single_leg": _("Standing on one leg"),
    "sitting": _("Sitting"),
    "unloaded": _("Off the ground"),
}
UNIT_WORDS = {
    "": _("Find out"),
    "mm": _("Millimetres"),
    "cm": _("Centimetres"),
    "m": _("Metres"),
    "in": _("Inches"),
}
CLASS_WORDS = {
    "very_low_arch": _("Very low arch"),
    "low_arch": _("Low arch"),
    "neutral": _("Neutral arch"),
    "high_arch": _("High arch"),
    "very_high_arch": _("Very high arch"),
    "borderline": _("Borderline"),
    "cannot_tell": _("Cannot tell"),
}
STRENGTH_WORDS = {
    "strong": _("strong evidence"),
    "moderate": _("moderate evidence"),
    "limited": _("limited evidence"),
    "contested": _("contested"),
    "expert": _("expert opinion"),
    "trial": _("from trials"),
    "measured": _("measured"),
    "convention": _("common practice"),
    "fit": _("chosen for fit"),
}
UNIT_SIGNS = {"deg": "°", "ratio": "", "%": "%", "sd": _("SD"), "mm/kN": "mm/kN"}
_DECIMALS = {"ratio": 3, "sd": 1, "%": 1, "deg": 1, "mm": 1, "mm/kN": 1}
MINUS = "−"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of measures."""

    id: str
    name: str
    value: str
    error: str
    unit: str


@dataclass(frozen=True, slots=True)
class Untold:
    """One measure this foot could not give, and why."""

    id: str
    name: str
    reason: str


def number(value: float, unit: str) -> str:
    """A value with the decimals that make sense for its unit, and a true minus sign."""
    text = f"{value:.{_DECIMALS.get(unit, 1)}f}"
    return text.replace("-", MINUS)


def quantity(q: Quantity) -> str:
    """For example ``251.3 ± 1.6 mm``."""
    return f"{number(q.value, q.unit)} ± {number(q.u95, q.unit)} {UNIT_SIGNS.get(q.unit, q.unit)}".strip()


def rows(measurements: Measurements) -> tuple[Row, ...]:
    """What was measured, in the order of the registry."""
    found = ((key, q) for key, q in measurements.readings.items() if isinstance(q, Quantity))
    return tuple(
        Row(
            key,
            _(BY_ID[key].name),
            number(q.value, q.unit),
            f"± {number(q.u95, q.unit)}",
            UNIT_SIGNS.get(q.unit, q.unit),
        )
        for key, q in found
    )


def untold(measurements: Measurements) -> tuple[Untold, ...]:
    """What could not be measured, with the reason in words."""
    gone = ((key, m) for key, m in measurements.readings.items() if not isinstance(m, Quantity))
    return tuple(Untold(key, _(BY_ID[key].name), m.text) for key, m in gone)


def class_name(posture: Posture) -> str:
    """The class, or both neighbours of a borderline one."""
    if posture.class_ == "borderline" and len(posture.between) == 2:
        low, high = (CLASS_WORDS.get(word, word) for word in posture.between)
        return _("Between {low} and {high}").format(low=low.lower(), high=high.lower())
    return CLASS_WORDS[posture.class_]


def flatfoot(answer: Flatfoot) -> str:
    """The flat-foot question as it is put to a person at home."""
    asked = _("Lower than most adults, often called a flat foot")
    told = {
        "likely": _("likely"),
        "possible": _("possible"),
        "unlikely": _("unlikely"),
        "cannot_tell": _("can't be told"),
    }[answer.answer]
    share = "" if answer.probability is None else f" ({percent(answer.probability)})"
    return f"{asked}: {told}{share}"


def percent(share: float) -> str:
    """A probability without false precision at its ends."""
    if share < 0.01:
        return _("under 1 %")
    return _("over 99 %") if share > 0.99 else f"{round(100 * share)} %"


def foot_names(feet: tuple[FootFit, ...]) -> tuple[str, ...]:
    """A short name for each foot of the result; the load is told where one side comes twice."""
    sides = [foot.side for foot in feet]
    names = [
        SIDE_WORDS[foot.side]
        if sides.count(foot.side) == 1
        else f"{SIDE_WORDS[foot.side]}, {LOAD_WORDS[foot.load].lower()}"
        for foot in feet
    ]
    return tuple(name if names.count(name) == 1 else f"{name} {i + 1}" for i, name in enumerate(names))


def setting(parameter: Parameter) -> str:
    """The value of a support parameter with its unit and range."""
    if isinstance(parameter.value, str):
        return parameter.value.replace("_", " ")
    unit = UNIT_SIGNS.get(parameter.unit, parameter.unit)
    value = f"{parameter.value:g} {unit}".strip().replace("-", MINUS)
    if parameter.low is None or parameter.high is None or parameter.low == parameter.high:
        return value
    told = _("{value}  ({low:g} to {high:g} would do as well)")
    return told.format(value=value, low=parameter.low, high=parameter.high).replace("(-", f"({MINUS}")


def assumptions(fit: FootFit) -> tuple[tuple[str, bool], ...]:
    """What was taken as given: each sentence, and whether it had to be guessed."""
    return tuple((a.text, not a.certain) for a in fit.assumptions.values())


def strength(word: str) -> str:
    """How strong the evidence is, in words."""
    return STRENGTH_WORDS.get(word, word.replace("_", " "))


def summary(probabilities: Mapping[str, float]) -> str:
    """The likeliest classes in one line."""
    likely = sorted(probabilities.items(), key=lambda item: -item[1])
    return ", ".join(f"{CLASS_WORDS.get(k, k).lower()} {percent(p)}" for k, p in likely if p >= 0.05)
