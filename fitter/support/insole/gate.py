"""The gate before export: whether an insole can be made as it is, in words, and what it will take."""

from __future__ import annotations

from dataclasses import dataclass

import manifold3d
import numpy as np
from numpy.typing import NDArray

from fitter.resources import table
from fitter.saying import N_, joined, say
from fitter.scan.depth import crossings
from fitter.scan.mesh import Mesh
from fitter.support.insole.make import Insole
from fitter.support.insole.solid import area, volume

_SLACK = 0.02  # mm: what single precision and the fit of a spline may take


BODIES = {"shell": N_("shell"), "cover": N_("cover")}


@dataclass(frozen=True, slots=True)
class Estimate:
    """What making it will take; an estimate from the assumptions, which stand in ``said``."""

    shell_grams: float
    cover_grams: float
    minutes: float
    said: str


@dataclass(frozen=True, slots=True)
class Gate:
    """``ready`` with no ``problems``; each is a sentence. ``thinnest`` body -> mm, straight up."""

    ready: bool
    problems: tuple[str, ...]
    thinnest: dict[str, float]
    volumes: dict[str, float]
    size: tuple[float, float, float]
    estimate: Estimate
    mark: str

    @property
    def lines(self) -> tuple[str, ...]:
        """What is told, a line a thing."""
        size = say("Size {x:.1f} x {y:.1f} x {z:.1f} mm.", x=self.size[0], y=self.size[1], z=self.size[2])
        trial = say("This is a {mark}: print it to try the size only.", mark=self.mark) if self.mark else ""
        head = N_("Ready to print.") if self.ready else N_("Not ready to print:")
        problems = (joined(" ", ("-", problem)) for problem in self.problems)
        return (head, *problems, *([trial] if trial else []), size, self.estimate.said)


def examine(insole: Insole) -> Gate:
    """Everything that would keep an insole from being made as designed."""
    bounds = table("support/insole.toml")["bounds"]
    problems: list[str] = []
    thinnest, volumes = {}, {}
    for name, mesh in insole.bodies.items():
        problems += [say("The {body} {what}.", body=BODIES[name], what=what) for what in faults(mesh)]
        volumes[name] = volume(mesh)
        thick, twice = column_thickness(mesh)
        if twice:
            problems.append(say("The {body} cuts or folds over itself.", body=BODIES[name]))
        thinnest[name] = min(thick, _edge_thickness(mesh))
        least = bounds[f"{name}_least"]
        if thinnest[name] < least - _SLACK:
            problems.append(
                say(
                    "The {body} is {thinnest:.2f} mm thin, at least {least:g} mm are needed.",
                    body=BODIES[name],
                    thinnest=thinnest[name],
                    least=least,
                )
            )
    points = np.concatenate([mesh.vertices for mesh in insole.bodies.values()])
    size = tuple(float(v) for v in np.ptp(points, axis=0))
    problems += _misfits(insole, (size[0], size[1], size[2]))
    return Gate(
        ready=not problems,
        problems=tuple(problems),
        thinnest=thinnest,
        volumes=volumes,
        size=(size[0], size[1], size[2]),
        estimate=_estimate(insole, volumes),
        mark=insole.mark,
    )


def faults(mesh: Mesh) -> list[str]:
    """What is wrong with a surface as the skin of one body, each as the end of a sentence."""
    found = []
    if not np.isfinite(mesh.vertices).all():
        return ["has corners that are nowhere"]
    directed = np.concatenate([mesh.faces[:, (0, 1)], mesh.faces[:, (1, 2)], mesh.faces[:, (2, 0)]]).astype(
        np.int64
    )
    count = len(mesh.vertices)
    key = directed[:, 0] * count + directed[:, 1]
    back = directed[:, 1] * count + directed[:, 0]
    if len(np.unique(key)) != len(key):
        found.append("has edges that more than two faces share, or faces turned inside out")
    open_edges = int((~np.isin(key, back)).sum())
    if open_edges:
        found.append(say("is not closed: {open_edges} open edges", open_edges=open_edges))
    if volume(mesh) <= 0.0:
        found.append("is inside out or encloses nothing")
    if not found:
        solid = as_manifold(mesh)
        if solid.status() != manifold3d.Error.NoError:
            found.append(say("is no solid ({value})", value=str(solid.status()).rsplit(".", 1)[-1]))
        elif solid.genus() != 0 or len(solid.decompose()) != 1:
            found.append("is not one piece without a hole")
    return found


def as_manifold(mesh: Mesh) -> manifold3d.Manifold:
    """The body as the solid kernel sees it."""
    made = manifold3d.Mesh(
        vert_properties=mesh.vertices.astype(np.float32), tri_verts=mesh.faces.astype(np.uint32)
    )
    return manifold3d.Manifold(made)


def column_thickness(mesh: Mesh, cell: float = 1.0) -> tuple[float, bool]:
    """The least thickness (mm) along upright lines a millimetre apart, and whether any of them goes in and
    out more than once: then the body folds over or cuts itself."""
    corners = mesh.corners
    a, b, c = (corners[:, k, :2] for k in range(3))
    turn = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    up, down = turn > 1e-9, turn < -1e-9
    rows, columns, (upper, lower) = crossings(corners, (0, 1, 2), (up, down), cell)
    size = len(rows) * len(columns)
    highest, lowest_top = _extremes(*upper, size)
    highest_bottom, lowest = _extremes(*lower, size)
    # A line on a shared edge meets both faces at one height; apart by more is a second skin.
    both = np.isfinite(highest) & np.isfinite(lowest)
    folded = (np.isfinite(highest) != np.isfinite(lowest)) | (both & (highest - lowest_top > _SLACK))
    folded |= both & (highest_bottom - lowest > _SLACK)
    thick = (lowest_top - highest_bottom)[both]
    # Lines through the very edge may meet one side only.
    return float(thick.min()) if len(thick) else 0.0, int(folded.sum()) > 2


def _extremes(
    index: NDArray[np.int64], depth: NDArray[np.float64], size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    high, low = np.full(size, -np.inf), np.full(size, np.inf)
    np.maximum.at(high, index, depth)
    np.minimum.at(low, index, depth)
    return high, low


def _edge_thickness(mesh: Mesh) -> float:
    """The least height of the wall all around, where bodies are thinnest: lower and upper half of the corners
    are each other's counterparts."""
    half = len(mesh.vertices) // 2
    return float((mesh.vertices[half:, 2] - mesh.vertices[:half, 2]).min())


def _misfits(insole: Insole, size: tuple[float, float, float]) -> list[str]:
    """Whether the size goes with the foot's."""
    bounds = table("support/insole.toml")["bounds"]
    long, wide, high = size
    found = []
    whole = insole.length == "full"
    if whole and not insole.foot_length - 3.0 <= long <= insole.foot_length + 25.0:
        found.append(
            say(
                "It is {long:.0f} mm long for a foot of {foot_length:.0f} mm.",
                long=long,
                foot_length=insole.foot_length,
            )
        )
    if not whole and not 0.5 * insole.foot_length <= long <= 0.85 * insole.foot_length:
        found.append(
            say("It is {long:.0f} mm long, too long or short for three quarters of this foot.", long=long)
        )
    if not bounds["least_length"] <= long <= bounds["most_length"]:
        found.append(say("Its length of {long:.0f} mm is beyond any shoe.", long=long))
    if not 0.75 * insole.ball_breadth <= wide <= 1.2 * insole.ball_breadth:
        found.append(
            say(
                "It is {wide:.0f} mm wide for a ball of {ball_breadth:.0f} mm.",
                wide=wide,
                ball_breadth=insole.ball_breadth,
            )
        )
    if high > bounds["most_height"]:
        found.append(
            say(
                "It is {high:.0f} mm high, no shoe takes more than {most_height:g} mm.",
                high=high,
                most_height=bounds["most_height"],
            )
        )
    return found


def _estimate(insole: Insole, volumes: dict[str, float]) -> Estimate:
    a = table("support/insole.toml")["print"]
    skin = min(area(insole.bodies["shell"]) * a["wall"], volumes["shell"])
    filled = skin + a["infill"] * (volumes["shell"] - skin)
    grams = filled / 1000.0 * a["shell_density"] * a["waste"]
    cover = volumes["cover"] / 1000.0 * a["cover_density"]
    minutes = filled / a["flow"] * a["travel"] / 60.0
    said = say(
        "Shell about {grams:.0f} g and {minutes} of printing, cover about {cover:.0f} g. "
        "Taken: {shell_material}, {shell_density:g} g/cm3, {infill:.0f} % filled inside "
        "{wall:g} mm walls, {flow:g} mm3 a second; cover {cover_material}, {cover_density:g} "
        "g/cm3. A slicer's own figure goes before.",
        grams=grams,
        minutes=_hours(minutes),
        cover=cover,
        shell_material=a["shell_material"],
        shell_density=a["shell_density"],
        infill=100 * a["infill"],
        wall=a["wall"],
        flow=a["flow"],
        cover_material=a["cover_material"],
        cover_density=a["cover_density"],
    )
    return Estimate(grams, cover, minutes, said)


def _hours(minutes: float) -> str:
    whole = round(minutes / 5.0) * 5
    return (
        say("{hours} h {minutes:02d} min", hours=whole // 60, minutes=whole % 60)
        if whole >= 60
        else say("{whole} min", whole=whole)
    )
