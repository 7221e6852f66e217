"""How a profile is worded for people, the same on paper and in a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from fitter.anatomy.measures import BY_ID
from fitter.posture.posture import Posture
from fitter.profile import FootFit
from fitter.quantity import Missing, Quantity
from fitter.support.support import Parameter

SIDE_WORDS: Mapping[str, str] = {"left": "Left foot", "right": "Right foot"}
LOAD_WORDS: Mapping[str, str] = {
    "unloaded": "off the ground",
    "sitting": "sitting",
    "standing": "standing",
    "single_leg": "on one leg",
    "unknown": "load not stated, taken as standing",
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
# By what a support parameter is set (models/support/rules.toml).
EVIDENCE_WORDS: Mapping[str, str] = {
    "trial": "trial",
    "measured": "measured study",
    "expert": "expert consensus",
    "convention": "workshop custom",
    "fit": "fit to the foot",
}
_UNIT_SIGNS: Mapping[str, str] = {"deg": "°", "ratio": "", "sd": " SD"}
_NBSP = "\u00a0"  # a space that never ends a line
_DECIMALS: Mapping[str, int] = {"ratio": 3, "sd": 2}


def plain(value: float, unit: str) -> str:
    """A number in its unit's usual decimals, with a true minus sign."""
    text = f"{value:.{_DECIMALS.get(unit, 1)}f}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


def sign(unit: str) -> str:
    """The unit as it follows a number: "°" close, "mm" after a space, nothing for a ratio."""
    return _UNIT_SIGNS.get(unit, f" {unit}" if unit else "")


def with_error(q: Quantity) -> str:
    """ "251.0 ± 3.0 mm"."""
    return f"{plain(q.value, q.unit)} ± {plain(q.u95, q.unit)}{sign(q.unit)}"


def percent(share: float) -> str:
    """A probability without false precision at its ends."""
    if share < 0.01:
        return f"under 1{_NBSP}%"
    return f"over 99{_NBSP}%" if share > 0.99 else f"{100 * share:.0f}{_NBSP}%"


def not_measured(foot: FootFit) -> dict[str, list[str]]:
    """Why measures are missing -> the names of those it holds for, in the order of the registry."""
    found: dict[str, list[str]] = {}
    for measure_id, reading in foot.measurements.readings.items():
        if isinstance(reading, Missing):
            found.setdefault(reading.text, []).append(BY_ID[measure_id].name)
    return found


def foot_title(foot: FootFit) -> str:
    return f"{SIDE_WORDS[foot.side]}, {LOAD_WORDS[foot.load]}"


def class_words(posture: Posture) -> str:
    """ "neutral arch", or "between low arch and neutral arch"."""
    if posture.between:
        return f"between {' and '.join(CLASS_WORDS[name] for name in posture.between)}"
    return CLASS_WORDS[posture.class_]


def parameter_words(p: Parameter) -> str:
    """The value of a support parameter with what would do as well: "22 mm (19 to 25)"."""
    return f"{_value(p)}{sign(p.unit)}{_spread(p)}"


def _value(p: Parameter) -> str:
    return p.value.replace("_", " ") if isinstance(p.value, str) else _short(p.value)


def parameter_cell(p: Parameter) -> str:
    """As `parameter_words`, for a narrow table that names the unit elsewhere: "22 (19–25)"."""
    return _value(p) + _spread(p).replace(" to ", "–")


def _spread(p: Parameter) -> str:
    if p.low is None or p.high is None or p.low == p.high:
        return ""
    return f" ({_short(p.low)} to {_short(p.high)})"


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0").replace("-", "−")
