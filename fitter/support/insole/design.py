"""The numbers an insole is built from: the support profile's, and what stands for those it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from fitter.errors import FitterError
from fitter.resources import table
from fitter.saying import begun, joined, say
from fitter.support.insole.sole import Sole
from fitter.support.support import Parameter, SupportProfile

Length = Literal["full", "three-quarter"]


@dataclass(frozen=True, slots=True)
class Design:
    """mm and degrees; ``apex`` from the heel, between ``apex_range`` where that does as well; posting is
    positive where the inner side is higher; ``pad_at`` is the middle of the metatarsal pad from the heel,
    None where the ball's own place decides."""

    length: Length
    insole_length: float
    shell_length: float
    insole_width: float
    arch_height: float
    apex_range: tuple[float, float]
    cup_depth: float
    cup_clearance: float
    shell: float
    cover: float
    cushioning: float
    rearfoot_posting: float
    forefoot_posting: float
    heel_lift: float
    pad_height: float
    pad_at: float | None
    first_ray_cut_out: bool
    notes: tuple[str, ...]


def design(profile: SupportProfile, sole: Sole, length: Length) -> Design:
    """The profile's numbers for this sole. Refused in one line where nothing may be recommended."""
    if profile.withheld is not None:
        raise FitterError(
            say("no insole is made: {text}", text=profile.withheld.text.rstrip(".")),
            todo="Have someone look at the foot first",
            code="support_withheld",
        )
    known = {p.id: p for p in profile.parameters}
    beliefs = table("support/insole.toml")
    instead = beliefs["instead"]
    notes: list[str] = []

    def number(name: str, otherwise: float, *, told: bool = True) -> float:
        found = known.get(name)
        if found is not None and isinstance(found.value, int | float):
            return float(found.value)
        if told:
            words = name.replace("_", " ").capitalize()
            notes.append(
                say(
                    "{words} is not in the profile: {otherwise:.1f} mm stands for it.",
                    words=words,
                    otherwise=otherwise,
                )
            )
        return otherwise

    apex = known.get("arch_apex_position")
    apex_at = number("arch_apex_position", 0.44 * sole.length, told=False)
    low = apex.low if apex is not None and apex.low is not None else apex_at - 7.0
    high = apex.high if apex is not None and apex.high is not None else apex_at + 10.0
    made = Design(
        length=length,
        insole_length=number("insole_length", sole.length + instead["length_more"]),
        shell_length=number("shell_length", sole.ball_length - 8.0),
        insole_width=number("insole_width", sole.ball_breadth),
        arch_height=number("arch_support_height", sole.arch_height),
        apex_range=(low, high),
        cup_depth=number("heel_cup_depth", instead["heel_cup_depth"]),
        cup_clearance=number("heel_cup_width", sole.heel_breadth + 1.0) - sole.heel_breadth,
        shell=number("shell_thickness", instead["shell_thickness"]),
        cover=number("top_cover_thickness", instead["top_cover_thickness"]),
        cushioning=number("forefoot_cushioning", instead["forefoot_cushioning"]) if length == "full" else 0.0,
        rearfoot_posting=_posting("rearfoot_posting", known),
        forefoot_posting=_posting("forefoot_posting", known),
        heel_lift=number("heel_lift", 0.0, told=False),
        pad_height=_pad_height(known),
        pad_at=_pad_place(known),
        first_ray_cut_out=_asked("first_ray_cutout", known),
        notes=(),
    )
    _refuse_unsafe(made)
    if made.pad_height > 0.0 and made.pad_at is not None and made.pad_at > sole.ball_length:
        raise FitterError(
            say(
                "the metatarsal pad lies {pad_at:g} mm from the heel and the ball at "
                "{ball_length:.0f} mm: the pad belongs behind the ball",
                pad_at=made.pad_at,
                ball_length=sole.ball_length,
            ),
            todo="Change metatarsal_pad_position in the profile",
            code="no_insole",
        )
    return replace(made, notes=(*sole.notes, *notes, *_by_hand(known)))


# What the profile may want and the solid's shape does not hold.
_NOT_BUILT = ("heel_cushion", "toe_joint_accommodation", "medial_contour_fill", "shell_stiffness")
_MATERIAL = (
    "The shell is as thick as polypropylene would be for this stiffness; of another material it is softer or "
    "firmer."
)


def _by_hand(known: dict[str, Parameter]) -> tuple[str, ...]:
    """What is left to whoever makes the insole."""
    wanted = [
        joined(" ", (begun(known[name].name, small=True), str(known[name].value), known[name].unit))
        for name in _NOT_BUILT
        if _asked(name, known)
    ]
    if not wanted:
        return (_MATERIAL,)
    return (
        say(
            "Not in the solid's shape, to be added or chosen by hand: {wanted}.", wanted=joined("; ", wanted)
        ),
        _MATERIAL,
    )


def _refuse_unsafe(made: Design) -> None:
    """Bounds that no profile and no fitter's override may leave."""
    beliefs = table("support/insole.toml")
    bounds = beliefs["bounds"]
    steepest, dome = beliefs["posting"]["steepest"], beliefs["metatarsal_dome"]["most_height"]
    limits = (
        ("shell thickness", made.shell, bounds["shell_least"] + 0.5, 12.0),
        ("top cover thickness", made.cover, bounds["cover_least"], 8.0),
        ("arch support height", made.arch_height, 0.0, 45.0),
        ("heel cup depth", made.cup_depth, 4.0, 30.0),
        ("insole length", made.insole_length, bounds["least_length"], bounds["most_length"]),
        ("room beside the heel in its cup", made.cup_clearance, 0.0, 15.0),
        ("heel lift", made.heel_lift, 0.0, 15.0),
        ("rearfoot posting", abs(made.rearfoot_posting), 0.0, steepest),
        ("forefoot posting", abs(made.forefoot_posting), 0.0, steepest),
        ("metatarsal pad height", made.pad_height, 0.0, dome),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise FitterError(
                say(
                    "no insole can be made with a {name} of {value:g}, expected {low:g} to {high:g}",
                    name=name,
                    value=value,
                    low=low,
                    high=high,
                ),
                todo="Change it in the profile",
                code="no_insole",
            )


def _posting(name: str, known: dict[str, Parameter]) -> float:
    found = known.get(name)
    if found is None or not isinstance(found.value, int | float):
        return 0.0
    return float(found.value)


def _asked(name: str, known: dict[str, Parameter]) -> bool:
    found = known.get(name)
    if found is None:
        return False
    value = found.value
    return value > 0 if isinstance(value, int | float) else value not in ("", "no", "none")


def _pad_height(known: dict[str, Parameter]) -> float:
    """The dome's height (mm): none where the profile says none, the table's where it names a dome without."""
    height = known.get("metatarsal_pad_height")
    told = float(height.value) if height is not None and isinstance(height.value, int | float) else 0.0
    if "metatarsal_pad" not in known:
        return told
    if not _asked("metatarsal_pad", known):
        return 0.0
    return told or float(table("support/insole.toml")["metatarsal_dome"]["height"])


def _pad_place(known: dict[str, Parameter]) -> float | None:
    place = known.get("metatarsal_pad_position")
    return float(place.value) if place is not None and isinstance(place.value, int | float) else None
