"""Write every sample and its truth beside this file:  python -m sample_scans.make [names ...]"""

from __future__ import annotations

import csv
import io
import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from sample_scans import degrade, files
from sample_scans.construct import ConstructedFoot, construct
from sample_scans.parameters import FootParameters
from sample_scans.surface import Floats, Ints

HERE = Path(__file__).parent
UPRIGHT = np.eye(3)
# The standing scale the feet are ordered on: mean and SD of adults' arch height index, and of the
# navicular height and arch index that go with it. Chosen so that every index of a foot tells one story.
AHI, NAVICULAR, ARCH_INDEX = (0.340, 0.030), (0.225, 0.040), (0.235, 0.040)
# The arch height index each load is compared on; a hanging foot has no such scale.
AHI_BY_LOAD: Mapping[str, tuple[float, float]] = {"standing": AHI, "sitting": (0.363, 0.030)}
LABELS = ("very_low_arch", "low_arch", "neutral", "high_arch", "very_high_arch")
CUTS = (-2.0, -1.0, 1.0, 2.0)


def of_posture(score: float, length: float, **more: object) -> FootParameters:
    """An adult foot of a length (mm) with every arch measure ``score`` SD from the mean.

    Proportions: means of the ANSUR II survey (2012, public domain) for ball length, breadth, heel and girth.
    """
    ball = 0.737 * length
    size = length / 252.0
    # Under a very low arch the whole midfoot lies on the floor and the forefoot is low too: arch index and
    # ball girth follow.
    index = ARCH_INDEX[0] - ARCH_INDEX[1] * score if score > -2 else None
    foot = FootParameters(
        foot_length=length,
        ball_length=ball,
        outer_ball_length=0.635 * length,
        ball_breadth=0.380 * length,
        heel_breadth=0.268 * length,
        ball_girth=0.935 * length if score > -2 else None,
        instep_height=(AHI[0] + AHI[1] * score) * ball,
        navicular_height=(NAVICULAR[0] + NAVICULAR[1] * score) * ball,
        arch_height=max(18.0 + 4.3 * score, 5.0) * size,
        arch_length=100.0 * size,
        medial_malleolus_height=78.0 * size,
        rearfoot_angle=4.0 - 1.8 * score,
        arch_index=index,
    )
    return replace(foot, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sample:
    """One file: the foot, its unit and pose, and what was done to the clean mesh."""

    foot: FootParameters
    unit: str = "mm"
    turn: Floats | None = None
    shift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    ankle: float = 115.0
    closed: bool = True
    damage: Callable[[Floats, Ints], tuple[Floats, Ints]] | None = None
    note: str = "clean"


def _turned(*steps: tuple[tuple[float, float, float], float]) -> Floats:
    out = UPRIGHT
    for axis, degrees in steps:
        out = degrade.rotation(axis, degrees) @ out
    return out


def _stump(points: Floats, faces: Ints) -> tuple[Floats, Ints]:
    return degrade.noisy(points, faces, np.random.default_rng(7), 0.2)


def _cloud(points: Floats, faces: Ints) -> tuple[Floats, Ints]:
    return degrade.cloud(points, faces, np.random.default_rng(11), 16000), np.empty((0, 3), np.int64)


X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
NEUTRAL = of_posture(0.0, 252.0)
# Sitting, the arch of the same foot is a little higher and the foot a little shorter and narrower.
SEATED = replace(
    NEUTRAL, load="sitting", foot_length=250.4, ball_length=184.8, ball_breadth=94.2, ball_girth=233.5,
    instep_height=65.9, navicular_height=46.0, arch_height=20.5, arch_index=0.215, rearfoot_angle=2.5,
)  # fmt: skip
PAIR_RIGHT = of_posture(0.2, 271.0)
PAIR_LEFT = of_posture(-1.5, 267.0, side="left", hallux_outline_angle=10.0)
GREEK = of_posture(0.4, 246.0, side="left", toe_form="greek", hallux_outline_angle=4.0)

SAMPLES: Mapping[str, Sample] = {
    "neutral_right.stl": Sample(NEUTRAL),
    "neutral_left_tilted.stl": Sample(
        of_posture(-0.2, 246.0, side="left"),
        turn=_turned((Z, 70.0), (X, 35.0), (Y, -20.0)),
        shift=(140.0, -60.0, 310.0),
        note="clean, turned and tilted",
    ),
    "flat_left_cm.obj": Sample(of_posture(-1.5, 252.0, side="left"), unit="cm", turn=_turned((Z, -135.0))),
    "very_low_arch_right.ply": Sample(
        of_posture(-3.0, 258.0, hallux_outline_angle=9.0), turn=_turned((X, 90.0)), note="clean, up is -y"
    ),
    "high_arch_right_ascii.stl": Sample(of_posture(1.5, 246.0), ankle=105.0),
    "very_high_arch_left_inch.3mf": Sample(
        of_posture(2.8, 265.0, side="left"),
        unit="in",
        turn=_turned((Z, 180.0)),
        note="clean, heel foremost",
    ),
    "pair_right.stl": Sample(PAIR_RIGHT, turn=_turned((Z, 90.0))),
    "pair_left.stl": Sample(PAIR_LEFT, turn=_turned((Z, 90.0)), shift=(-180.0, 6.0, 0.0)),
    "bunion_right.ply": Sample(
        of_posture(-0.5, 240.0, hallux_outline_angle=22.0, ball_breadth=95.0, ball_girth=None),
        closed=False,
        note="clean, open at the ankle",
    ),
    "greek_toes_left_m.glb": Sample(
        GREEK, unit="m", turn=_turned((X, -90.0)), closed=False, note="y up as glTF has it, open at the ankle"
    ),
    "square_toes_right_points.xyz": Sample(
        of_posture(0.0, 271.0, toe_form="square"), damage=_cloud, note="16,000 points, no faces"
    ),
    "sitting_right.ply": Sample(SEATED, note="clean; the foot of neutral_right.stl, sitting"),
    "unloaded_left.obj": Sample(
        of_posture(0.6, 252.0, side="left", load="unloaded", arch_index=None, ball_girth=None),
        turn=_turned((Y, 75.0)),
        note="clean, hanging, toes down",
    ),
    "ankle_stump_noise_right.stl": Sample(
        of_posture(0.3, 255.0), ankle=190.0, damage=_stump, note="long stump, noise of 0.2 mm (SD)"
    ),
}

# A ruler reads whole millimetres.
HOME: Mapping[str, Mapping[str, FootParameters]] = {
    "home_neutral_right.csv": {"right": NEUTRAL},
    "home_pair.csv": {"right": PAIR_RIGHT, "left": PAIR_LEFT},
}
AT_HOME = (
    "foot_length", "ball_length", "outer_ball_length", "ball_breadth", "heel_breadth", "instep_height",
    "navicular_height", "medial_malleolus_height", "ball_girth", "instep_girth",
)  # fmt: skip


def posture(score: float) -> str:
    """The class of a score: the label's cuts are at -2, -1, +1 and +2 SD."""
    return LABELS[int(np.searchsorted(CUTS, score))]


def built(name: str) -> tuple[bytes, ConstructedFoot]:
    """A sample's bytes and its foot."""
    sample = SAMPLES[name]
    foot = construct(sample.foot, level=1, ankle=sample.ankle, closed=sample.closed)
    points, faces = foot.points, foot.faces
    if sample.damage:
        points, faces = sample.damage(points, faces)
    points, faces = degrade.posed(
        points, faces, UPRIGHT if sample.turn is None else sample.turn, sample.shift
    )
    points, faces = degrade.in_unit(points.round(4), faces, sample.unit)
    return files.as_bytes(name, points, faces, sample.unit), foot


def told(name: str, foot: ConstructedFoot) -> dict[str, object]:
    """What truth.json says of a sample."""
    sample = SAMPLES[name]
    measures = foot.truth.measures
    mean, sd = AHI_BY_LOAD.get(sample.foot.load, (math.nan, math.nan))
    score = (float(measures["arch_height_index"] or 0.0) - mean) / sd
    known = math.isfinite(score)
    return {
        "side": sample.foot.side,
        "load": sample.foot.load,
        "unit": sample.unit,
        "note": sample.note,
        "score": round(score, 2) if known else None,
        "posture": posture(score) if known else None,
        "turn": (UPRIGHT if sample.turn is None else sample.turn).round(9).tolist(),
        "shift_mm": list(sample.shift),
        "parameters": {k: round(v, 3) if isinstance(v, float) else v for k, v in asdict(sample.foot).items()},
        "measures": {k: None if v is None else round(v, 4) for k, v in measures.items()},
        "landmarks_mm": {k: [round(c, 2) for c in xyz] for k, xyz in foot.truth.landmarks.items()},
    }


def home(name: str) -> bytes:
    """A home measurement as CSV: what a careful person reads off a ruler and a tape (whole mm)."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(("side", "load", "measure", "value", "unit"))
    for side, parameters in HOME[name].items():
        measures = construct(parameters, level=1).truth.measures
        for measure in AT_HOME:
            rows.writerow((side, "standing", measure, round(float(measures[measure] or 0.0)), "mm"))
    return out.getvalue().encode()


def main(names: list[str]) -> None:
    """Write the named files, or all of them and the truth."""
    truth = {}
    for name in names or SAMPLES:
        if name in SAMPLES:
            content, foot = built(name)
            truth[name] = told(name, foot)
            (HERE / name).write_bytes(content)
    for name in names or HOME:
        if name in HOME:
            (HERE / name).write_bytes(home(name))
    if not names:
        text = json.dumps(
            {"frame": "foot frame, mm, deg; file = (turn @ xyz + shift_mm) in unit", "samples": truth},
            indent=1,
        )
        (HERE / "truth.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
