"""How long a scan takes and how much memory, beside two other ways through the same file in the same run.

    python -m benchmarks.speed [--triangles 100000 400000 1000000 2000000] [--runs 3]

Two yardsticks, each doing a part of the work only. "trimesh": load, split, 100 sections across the longest
side and a height field by rays, one a mm (with `embreex`; left out without it, though the slowest step).
"floor": the least that plain numpy and scipy can do from file to numbers: read, weld, largest piece,
principal axes, 100 sections with hulls, a height field of 1 mm cells. It makes no foot of what it reads.

Seconds are of processor time, so that other work on the machine counts less; read ratios all the same. Peak
memory is that of a fresh process with everything imported, the file's bytes included. Also printed, in
seconds of the clock: a cold start of the whole program from file to JSON, and of `fitter --help`.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import trimesh
from scipy.spatial import ConvexHull

from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.scan.depth import depth_map
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import components, largest, weld, without_unused
from tests.scans import stl, surface

RAYS = importlib.util.find_spec("embreex") is not None


def scan_of(triangles: int) -> bytes:
    """A sample foot with about so many triangles, rough as a scan, as binary STL."""
    base = surface()
    mesh = split(base, max(round(float(np.sqrt(triangles / len(base.faces)))), 1))
    noise = np.random.default_rng(0).normal(scale=0.05, size=mesh.vertices.shape)
    return stl(Mesh(mesh.vertices + noise, mesh.faces))


def split(mesh: Mesh, parts: int) -> Mesh:
    """Every edge in so many ``parts``, every triangle in the square of that."""
    places = [(i, j) for i in range(parts + 1) for j in range(parts + 1 - i)]
    rank = {place: k for k, place in enumerate(places)}
    up = [((i, j), (i + 1, j), (i, j + 1)) for i, j in places if i + j < parts]
    down = [((i + 1, j), (i + 1, j + 1), (i, j + 1)) for i, j in places if i + j < parts - 1]
    small = np.array([[rank[p] for p in triangle] for triangle in up + down])
    share = np.array([(parts - i - j, i, j) for i, j in places])
    # A new corner is named by the old corners it lies between and its share of each: so are its twins of
    # the neighbouring triangles, to the last digit.
    names = np.where(share[None] > 0, mesh.faces[:, None].astype(np.float64) * (parts + 1) + share, -1.0)
    faces = small[None] + len(places) * np.arange(len(mesh.faces))[:, None, None]
    named = weld(Mesh(np.sort(names, axis=2).reshape(-1, 3), faces.reshape(-1, 3).astype(np.int32)))
    old, of_it = np.divmod(named.vertices.astype(np.int64), parts + 1)
    of_it[old < 0] = 0
    return Mesh(np.einsum("nk,nkd->nd", of_it / parts, mesh.vertices[old]), named.faces)


def by_trimesh(data: bytes) -> None:
    """Load, split, cut, height field, by trimesh alone."""
    mesh = trimesh.load_mesh(io.BytesIO(data), file_type="stl")
    foot = max(mesh.split(only_watertight=False), key=lambda part: len(part.faces))
    axis = np.eye(3)[int(np.argmax(foot.extents))]
    low, high = foot.bounds @ axis
    foot.section_multiplane(low * axis, axis, np.linspace(0.01, high - low - 0.01, 100))
    if not RAYS:
        return
    (x0, y0, z0), (x1, y1, _) = foot.bounds
    x, y = (a.ravel() for a in np.meshgrid(np.arange(x0, x1), np.arange(y0, y1), indexing="ij"))
    origins = np.stack([x, y, np.full_like(x, z0 - 10.0)], axis=1)
    foot.ray.intersects_location(origins, np.tile([0.0, 0.0, 1.0], (len(origins), 1)), multiple_hits=False)


def floor(data: bytes) -> None:
    """Read, weld, largest piece, principal axes, 100 hulled sections, height field, by numpy and scipy."""
    foot = weld(read_scan("foot.stl", data).mesh)
    foot = without_unused(largest(foot, components(foot)[1]))
    middle = foot.vertices.mean(axis=0)
    axes = np.linalg.eigh(np.cov((foot.vertices - middle).T))[1][:, ::-1]
    points = (foot.vertices - middle) @ axes
    place = points[:, 0]
    corners = place[foot.faces]
    first, last = corners.min(axis=1), corners.max(axis=1)
    order = np.argsort(first)
    first, last, faces = first[order], last[order], foot.faces[order]
    thick = float((last - first).max())
    for at in np.linspace(place.min() + 0.01, place.max() - 0.01, 100):
        near = slice(np.searchsorted(first, at - thick), np.searchsorted(first, at))
        cut = faces[near][last[near] > at]
        edges = np.concatenate([cut[:, [0, 1]], cut[:, [1, 2]], cut[:, [2, 0]]])
        a, b = points[edges[:, 0]], points[edges[:, 1]]
        across = (a[:, 0] > at) != (b[:, 0] > at)
        a, b = a[across], b[across]
        share = ((at - a[:, 0]) / (b[:, 0] - a[:, 0]))[:, None]
        ConvexHull((a + share * (b - a))[:, 1:])
    depth_map(points[foot.faces], "below", 1.0)


def best(job: Callable[[], object], times: int) -> float:
    """The least of some runs, in seconds of processor time."""
    return min(_timed(job, time.process_time) for _ in range(times))


def _timed(job: Callable[[], object], clock: Callable[[], float]) -> float:
    start = clock()
    job()
    return clock() - start


def cold(arguments: list[str]) -> float:
    """A fresh process of the program, in seconds."""
    command = [sys.executable, "-m", "fitter", *arguments]
    run = lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: E731
    return min(_timed(run, time.perf_counter) for _ in range(3))


# Linux hands the peak of the process that starts another on to it: there the kernel is asked another way.
_PEAK = """
import pathlib, re, resource, sys
import fitter.cli, fitter.captures, fitter.journey
data = open(sys.argv[1], "rb").read()
fitter.journey.run_journey([fitter.captures.Capture("foot.stl", data)])
status = pathlib.Path("/proc/self/status")
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
print(re.search("VmHWM:\\s+(\\d+)", status.read_text())[1] if status.exists() else peak)
"""


def peak_mb(path: Path) -> float:
    """Most memory (resident, MB) of a fresh process that measures a file."""
    run = subprocess.run([sys.executable, "-c", _PEAK, str(path)], check=True, capture_output=True, text=True)
    return float(run.stdout) / 1024.0


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--triangles", type=int, nargs="+", default=[100_000, 400_000, 1_000_000, 2_000_000])
    options.add_argument("--runs", type=int, default=3, help="the best of so many counts")
    asked = options.parse_args()
    print(f"fitter --help, cold: {cold(['--help']):.2f} s")
    if not RAYS:
        print("embreex is not installed: trimesh makes no height field")
    print("| triangles | journey | trimesh | times faster | floor | times floor | cold, to JSON | memory |")
    print("|---|---|---|---|---|---|---|---|")
    for triangles in asked.triangles:
        data = scan_of(triangles)
        ours, least = (
            best(lambda work=work, data=data: work(data), asked.runs)  # type: ignore[misc]
            for work in (measured, floor)
        )
        theirs = best(lambda data=data: by_trimesh(data), 1)  # type: ignore[misc]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "foot.stl")
            path.write_bytes(data)
            whole, peak = cold(["fit", str(path), "--json", "-"]), peak_mb(path)
        count = (len(data) - 84) // 50
        print(
            f"| {count:,} | {ours:.2f} s | {theirs:.1f} s | {theirs / ours:.1f} | {least:.2f} s | "
            f"{ours / least:.2f} | {whole:.2f} s | {peak:.0f} MB |",
            flush=True,
        )


def measured(data: bytes) -> None:
    """The journey, from bytes to measures."""
    run_journey([Capture("foot.stl", data)], only_measure=True)


if __name__ == "__main__":
    main()
