"""Fit profiles for tests of what reads and writes them: typed feet through the real rooms of the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from fitter import __version__
from fitter.answers import STOP_IDS, Answers, answers_from_mapping
from fitter.entry import EnteredFoot, entered_value, measurements_from_entry
from fitter.knee.knee import ChainLink, Contributor, KneeExplanation, Statement
from fitter.knee.red_flags import find
from fitter.measurements import Load, Measurements, Side
from fitter.posture.score import assess
from fitter.profile import SCHEMA_VERSION, CaptureRecord, FitProfile, FootFit
from fitter.scan.foot import Assumption, Quality
from fitter.support.rules import recommend

RULER = {
    "foot_length": 251.0,
    "ball_length": 184.0,
    "ball_breadth": 98.0,
    "heel_breadth": 64.0,
    "instep_height": 63.0,
    "navicular_height": 41.0,
    "ball_girth": 244.0,
}
HOME = Quality(
    "Measured by hand; each value is one reading.", "entered", 0.0, 0.0, 0, {"sole": 1 / 3}, ("A note.",)
)
STOP_YES = {name: name == "knee_locked" for name in STOP_IDS}
ALL_CLEAR = dict.fromkeys(STOP_IDS, False)


def answers_of(values: Mapping[str, object] | None) -> Answers | None:
    return None if values is None else answers_from_mapping(values, "answers")


def typed(side: Side = "right", load: Load = "standing", **values: float) -> Measurements:
    entries = {k: entered_value(k, v) for k, v in (values or RULER).items()}
    return measurements_from_entry(EnteredFoot(side, load, entries))


def knee() -> KneeExplanation:
    def said(name: str) -> Statement:
        return Statement(
            name,
            f"{name} in plain words, for a customer.",
            f"{name}, exactly: r = .12",
            "limited",
            "A 2020",
            "10.1/x",
        )

    return KneeExplanation(
        summary="Knee pain has several causes; the shape of the foot is a small one. How much and how "
        "fast you load the knee, and how strong hip and thigh are, matter more.",
        contributors=(
            Contributor(
                "load", "How much you load it", "Not told.", "strong", (said("load"),), "Build up slowly."
            ),
            Contributor(
                "foot", "The foot", "Your arch is near average.", "limited", (said("foot"), said("shoe")), ""
            ),
        ),
        chain=(ChainLink("heel", "Heel", said("heel")), ChainLink("shin", "Shin", said("shin"))),
        what_helps=(said("strength"),),
        see_someone="If it lasts longer than six weeks, show it to a physiotherapist.",
    )


def fit_of(measured: Measurements, answers: Answers | None = None) -> FootFit:
    posture = assess(measured)
    return FootFit(
        measured.side,
        measured.load,
        measured.source,
        {
            "units": Assumption("mm", "Taken as millimetres.", change="--units"),
            "side": Assumption("right", "Stated.", True),
        },
        HOME,
        measured,
        posture,
        recommend(measured, posture, answers, withheld=None),
    )


def fitted(*feet: Measurements, answers: Mapping[str, object] | None = None) -> FitProfile:
    """What `fitter fit` makes of typed feet (by default one, right)."""
    told = answers_of(answers)
    fits = tuple(fit_of(m, told) for m in feet or (typed(),))
    return FitProfile(
        SCHEMA_VERSION,
        __version__,
        fits,
        tuple(
            CaptureRecord("feet.csv", "0123456789abcdef" * 4, f.side, f.load, "mm", "entered") for f in fits
        ),
        ("The two feet differ in length by 5.0 mm.",),
        answers=told.values if told else None,
        knee=knee(),
        red_flags=find(told, [(f.measurements, f.posture) for f in fits]),
        disclaimer="Fitter is no medical device and makes no diagnosis.",
    )


def measured_only(*feet: Measurements) -> FitProfile:
    """What `fitter measure` makes of them."""
    full = fitted(*feet)
    bare = tuple(replace(f, posture=None, support=None) for f in full.feet)
    return replace(full, feet=bare, answers=None, knee=None, red_flags=None, disclaimer=None)


def pair() -> tuple[Measurements, Measurements]:
    return typed("left", **{**RULER, "foot_length": 256.0}), typed("right")
