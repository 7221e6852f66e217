"""Whether every insole is a solid that can be made as designed: random feet, random profiles.

    python -m benchmarks.insole [--n 300] [--seed 5] [--scans FOLDER] [--outside 10]

Feet are the sample scans (and the scans of a folder that carry an insole), stretched at random, both sides,
full and three-quarter, and templates from random measures; profiles are drawn over the whole of each
parameter's bounds, with wedges, lifts, pads and cut-outs that no rule recommends. Each solid is held to:
closed, manifold, one piece, volume, least thickness (straight up, a millimetre apart, and all around the
edge), top within 0.3 mm of the designed; a pair is to take no more than 2 s. With ``--outside`` so many are
also read by PrusaSlicer and admesh where those are installed, and sliced: the extents of the moves that lay
material down must be ours.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.exchange import stl, threemf
from fitter.journey import run_journey
from fitter.measurements import Measurements
from fitter.quantity import Quantity
from fitter.resources import data_folder
from fitter.scan.foot import Foot
from fitter.scan.mesh import Mesh
from fitter.support.insole import Gate, Insole, Sole, examine, make_insole, sole_of_foot, sole_of_measures
from fitter.support.support import Parameter, SupportProfile

TOP_MM, PAIR_SECONDS, OUTSIDE_SHARE = 0.3, 2.0, 0.001
SUFFIXES = (".stl", ".ply", ".obj", ".glb", ".3mf", ".off", ".xyz")
# How far a foot is stretched (along, across, up).
STRETCH = ((0.88, 1.14), (0.90, 1.12), (0.85, 1.15))
_ALONG = {"foot_length": 0, "ball_length": 0, "outer_ball_length": 0}
_UP = {"arch_height": 2, "navicular_height": 2, "instep_height": 2}


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    insole: Insole
    gate: Gate
    top_mm: float
    seconds: float
    gate_seconds: float


def feet(folders: Sequence[Path]) -> list[tuple[str, Foot, Measurements]]:
    """Every foot of the folders' scans that can carry an insole."""
    found = []
    for path in sorted(p for folder in folders for p in folder.iterdir() if p.suffix.lower() in SUFFIXES):
        try:
            result = run_journey([Capture(path.name, path.read_bytes())], only_measure=True)
        except FitterError:
            continue
        for fit, shape in zip(result.profile.feet, result.shapes, strict=True):
            try:
                assert shape is not None
                sole_of_foot(shape, fit.measurements)
            except FitterError as refused:
                print(f"  {path.name}: {refused}")
                continue
            found.append((path.stem, shape, fit.measurements))
    return found


def stretched(foot: Foot, measured: Measurements, by: np.ndarray) -> tuple[Foot, Measurements]:
    """A foot of other proportions, and what it measures."""
    mesh = Mesh(foot.mesh.vertices * by, foot.mesh.faces)
    readings = {
        i: replace(r, value=r.value * by[_ALONG.get(i, _UP.get(i, 1))]) if isinstance(r, Quantity) else r
        for i, r in measured.readings.items()
    }
    return replace(foot, mesh=mesh), replace(measured, readings=readings)


def random_profile(rng: np.random.Generator, sole: Sole) -> SupportProfile:
    """Any profile within the bounds, likely or not."""
    length, ball = sole.length, sole.ball_length
    numbers = {
        "arch_support_height": float(np.clip(sole.arch_height * rng.uniform(0.6, 1.3), 6.0, 38.0)),
        "arch_apex_position": 0.44 * length + rng.uniform(-10.0, 10.0),
        "heel_cup_depth": rng.uniform(8.0, 20.0),
        "heel_cup_width": sole.heel_breadth + rng.uniform(0.0, 4.0),
        "shell_thickness": rng.uniform(2.5, 5.5),
        "top_cover_thickness": rng.uniform(1.5, 6.0),
        "forefoot_cushioning": rng.uniform(0.0, 5.0),
        "insole_length": length + rng.uniform(3.0, 12.0),
        "shell_length": ball - rng.uniform(4.0, 12.0),
        "insole_width": sole.ball_breadth * rng.uniform(0.92, 1.03),
    }
    if rng.random() < 0.5:
        numbers["rearfoot_posting"] = rng.uniform(-6.0, 6.0)
    if rng.random() < 0.3:
        numbers["forefoot_posting"] = rng.uniform(-5.0, 5.0)
    if rng.random() < 0.3:
        numbers["heel_lift"] = rng.uniform(0.0, 12.0)
    if rng.random() < 0.3:
        numbers["metatarsal_pad_height"] = rng.uniform(2.0, 8.0)
    if rng.random() < 0.3:
        numbers["first_ray_cutout"] = 1.0
    return profile_of(numbers)


def profile_of(numbers: dict[str, float]) -> SupportProfile:
    told = ("chosen at random", "convention", "benchmark", "random")
    made = tuple(Parameter(i, i, v, "mm", v - 6.0, v + 6.0, *told) for i, v in numbers.items())
    return SupportProfile("", "", made, "support rules, random")


def top_error(insole: Insole, rng: np.random.Generator, number: int = 4000) -> float:
    """How far (mm) the cover's upper faces lie from the designed surface, at random places on them."""
    mesh = insole.bodies["cover"]
    half = len(mesh.vertices) // 2
    upper = mesh.faces[(mesh.faces >= half).all(axis=1)]
    face = upper[rng.integers(0, len(upper), number)]
    share = rng.dirichlet((1.0, 1.0, 1.0), number)
    at = np.einsum("nk,nkx->nx", share, mesh.vertices[face])
    designed = insole.top(at[:, 0], at[:, 1])
    return float(np.nanmax(np.abs(designed - at[:, 2])))


def cases(number: int, seed: int, folders: Sequence[Path]) -> Iterator[Case]:
    rng = np.random.default_rng(seed)
    known = feet(folders)
    for k in range(number):
        name, foot, measured = known[k % len(known)]
        by = np.array([rng.uniform(*between) for between in STRETCH])
        foot, measured = stretched(foot, measured, by)
        template = rng.random() < 0.2
        start = time.process_time()
        sole = sole_of_measures(measured) if template else sole_of_foot(foot, measured)
        profile = random_profile(rng, sole)
        insole = make_insole(sole, profile, length="three-quarter" if rng.random() < 0.4 else "full")
        made = time.process_time()
        gate = examine(insole)
        looked = time.process_time()
        kind = f"{k} {name}{' template' if template else ''} {insole.side} {insole.length}"
        yield Case(kind, insole, gate, top_error(insole, rng), made - start, looked - made)


def outside_faults(insole: Insole, gate: Gate) -> tuple[list[str], list[float]]:
    """What PrusaSlicer and admesh say against the files, where they are installed; and how far (mm) what the
    slicer would print lies from our extents, for every file and axis."""
    found, off = [], []
    with tempfile.TemporaryDirectory() as folder:
        for name, mesh in insole.bodies.items():
            file = Path(folder) / f"{name}.stl"
            file.write_bytes(stl.to_stl(mesh))
            packed = file.with_suffix(".3mf")
            packed.write_bytes(threemf.to_3mf({name: mesh}, {"Title": name}))
            size = np.ptp(mesh.vertices, axis=0)
            if shutil.which("prusa-slicer"):
                for path in (file, packed):
                    found += [f"{path.name}: {w}" for w in _slicer(path, size, gate.volumes[name])]
                    said, by = _sliced(path, size)
                    found += [f"{path.name}: {w}" for w in said]
                    off += by
            if shutil.which("admesh"):
                found += [f"{file.name}: {w}" for w in _admesh(file)]
        if shutil.which("prusa-slicer"):
            whole = Path(folder) / "insole.3mf"
            whole.write_bytes(threemf.to_3mf(insole.bodies, {"Title": "insole"}, together="insole"))
            found += [f"{whole.name}: {w}" for w in _parts(whole, np.array(gate.size), len(insole.bodies))]
    return found, off


def _parts(path: Path, size: np.ndarray, number: int) -> list[str]:
    """A file of several bodies as the slicer sees it: each closed, and together where they belong. (It isn't
    sliced: without a window the slicer lowers each of them onto the plate.)"""
    said = _run("prusa-slicer", "--info", str(path))
    low, high = (
        np.array([float(v) for v in re.findall(rf"{end}_[xyz] = (-?[\d.]+)", said)]) for end in ("min", "max")
    )
    if said.count("manifold = yes") != number or len(low) != 3 * number:
        return [f"not {number} closed parts"]
    together = high.reshape(-1, 3).max(axis=0) - low.reshape(-1, 3).min(axis=0)
    if np.abs(together / size - 1.0).max() < OUTSIDE_SHARE:
        return []
    return [f"its parts together measure {together.round(2)} against {size.round(2)}"]


LAYER, BEAD = 0.3, 0.45  # mm: a layer's height and the width of what the nozzle lays down
# What a slicer may differ by: it cuts each layer in its middle, and where a wall is thin it changes the width
# of its beads by steps. A third of a bead.
SLICED_MM = BEAD / 3.0
_SETTINGS = (
    "--skirts 0 --brim-width 0 --elefant-foot-compensation 0 --perimeter-generator classic --perimeters 2 "
    "--fill-density 5% --bed-shape 0x0,400x0,400x400,0x400 --center 200,200 --dont-arrange "
    f"--layer-height {LAYER} --first-layer-height {LAYER} --extrusion-width {BEAD} "
    f"--external-perimeter-extrusion-width {BEAD} --first-layer-extrusion-width {BEAD}"
)
# A cover by itself rests on little: it is printed with support, which isn't counted.
_SUPPORT = "--support-material --support-material-auto"


def _sliced(path: Path, size: np.ndarray) -> tuple[list[str], list[float]]:
    """The file sliced to G-code, and the extents of every move that lays down material against ours."""
    code = path.with_suffix(f"{path.suffix}.gcode")
    settings = f"{_SETTINGS} {_SUPPORT if path.stem == 'cover' else ''}".split()
    said = _run("prusa-slicer", "--export-gcode", *settings, "--output", str(code), str(path))
    if not code.exists():
        return [f"was not sliced: {said.strip().splitlines()[-1:]}"], []
    beads = laid_down(code.read_text(encoding="utf-8", errors="replace"))
    if len(beads) < 1000:
        return [f"only {len(beads)} moves lay anything down"], []
    # A bead is half its width beyond its centre; the topmost layer ends at its own height.
    centre, half = beads[:, :2], 0.5 * beads[:, 3:]
    printed = np.append((centre + half).max(axis=0) - (centre - half).min(axis=0), beads[:, 2].max())
    off = printed - size
    limits = (SLICED_MM, SLICED_MM, LAYER)
    wrong = [
        f"sliced {axis} {printed[k]:.2f} against {size[k]:.2f}"
        for k, axis in enumerate("xyz")
        if abs(off[k]) > limits[k]
    ]
    return wrong, [float(v) for v in np.abs(off[:2])]


_WORD = re.compile(r"([GXYZE])(-?\d*\.?\d+)")


def laid_down(code: str) -> np.ndarray:
    """(n, 4) both ends, and the width laid down, of every move of a G-code that lays the body's own material
    down while it goes; the slicer's comments say which and how wide."""
    at, fed, absolute, own, wide = {"X": 0.0, "Y": 0.0, "Z": 0.0}, 0.0, True, True, BEAD
    found = []
    for line in code.splitlines():
        words = dict(_WORD.findall(line.split(";")[0]))
        if line.startswith(";TYPE:"):
            own = not line.startswith((";TYPE:Support", ";TYPE:Skirt", ";TYPE:Custom"))
        elif line.startswith(";WIDTH:"):
            wide = float(line[7:])
        elif line.startswith(("M82", "M83")):
            absolute = line.startswith("M82")
        elif words.get("G") == "92":
            fed = float(words.get("E", fed))
        elif words.get("G") in ("0", "1"):
            before = tuple(at.values())
            at |= {axis: float(words[axis]) for axis in at if axis in words}
            told = float(words["E"]) if "E" in words else (fed if absolute else 0.0)
            more = told - fed if absolute else told
            fed = told if absolute else fed
            if own and more > 0.0 and ("X" in words or "Y" in words):
                found += [(*before, wide), (*at.values(), wide)]
    return np.array(found).reshape(-1, 4)


def _slicer(path: Path, size: np.ndarray, volume: float) -> list[str]:
    said = _run("prusa-slicer", "--info", str(path))
    wrong = []
    if "manifold = yes" not in said:
        wrong.append("not manifold")
    wrong += [word for word in ("open_edges", "facets_reversed", "backwards_edges") if word in said]
    told = dict(re.findall(r"(size_[xyz]|volume) = +([\d.]+)", said))
    ours = {"size_x": size[0], "size_y": size[1], "size_z": size[2], "volume": volume}
    for key, value in ours.items():
        if abs(float(told.get(key, "nan")) / value - 1.0) < OUTSIDE_SHARE:
            continue
        wrong.append(f"{key} {told.get(key)} against {value:.3f}")
    return wrong


_ADMESH_LINES = (
    "Total disconnected facets",
    "Degenerate facets",
    "Edges fixed",
    "Facets removed",
    "Facets added",
    "Facets reversed",
    "Backwards edges",
    "Normals fixed",
)


def _admesh(path: Path) -> list[str]:
    said = _run("admesh", "-n", str(path))
    wrong = []
    for line in _ADMESH_LINES:
        number = re.search(rf"{line}\s*:\s*(\d+)", said)
        if number is None or int(number[1]):
            told = number[1] if number else "?"
            wrong.append(f"{line}: {told}")
    return wrong


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=900)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def main(argv: Sequence[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    p.add_argument("--n", type=int, default=300)
    p.add_argument("--seed", type=int, default=5)
    p.add_argument("--scans", type=Path, action="append", default=[])
    p.add_argument("--outside", type=int, default=10)
    args = p.parse_args(argv)
    bad, tops, times, looks, thin = 0, [], [], [], {"shell": [], "cover": []}
    outside, sliced = 0, []
    for k, case in enumerate(cases(args.n, args.seed, [data_folder("sample_scans"), *args.scans])):
        wrong = list(case.gate.problems)
        if case.top_mm > TOP_MM:
            wrong.append(f"top {case.top_mm:.2f} mm off")
        if k < args.outside:
            said, by = outside_faults(case.insole, case.gate)
            outside += not said
            wrong += said
            sliced += by
        if wrong:
            bad += 1
            print(f"{case.name}: {'; '.join(wrong)}")
        tops.append(case.top_mm)
        times.append(case.seconds)
        looks.append(case.gate_seconds)
        for name, value in case.gate.thinnest.items():
            thin[name].append(value)
    pair = 2.0 * np.array(times)
    print(f"{args.n} insoles, {bad} with something wrong")
    print(f"top off the designed: {np.median(tops):.3f} mm median, {max(tops):.3f} at most")
    print(f"thinnest: shell {min(thin['shell']):.2f}, cover {min(thin['cover']):.2f} mm")
    far = np.quantile(pair, 0.95)
    print(
        f"a pair: {np.median(pair):.2f} s of one core, {far:.2f} at the 95th of 100, {pair.max():.2f} at most"
    )
    print(f"its gate: {2 * np.median(looks):.2f} s more")
    tools = [t for t in ("prusa-slicer", "admesh") if shutil.which(t)]
    by = " and ".join(tools) or "no other program (none installed)"
    print(f"read by {by}: {outside} of {min(args.outside, args.n)} clean")
    if sliced:
        most = max(sliced)
        print(f"sliced to G-code: {len(sliced) // 2} files, extents across {most:.3f} mm off at most")
    return 1 if bad or pair.max() > PAIR_SECONDS else 0


if __name__ == "__main__":
    raise SystemExit(main())
