"""How long a scan takes, as a ratio to reading and cutting the same file with trimesh in the same run.

    python -m benchmarks.speed [--triangles 100000 400000]

The peer does a part of the work only: load, split, 100 sections across the longest side. Also printed: a cold
start of the whole program from file to JSON, and of `fitter --help`.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import trimesh

from fitter.profile import Capture, run_journey
from fitter.scan.mesh import Mesh
from fitter.scan.repair import weld
from tests.scans import stl, surface


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


def peer(data: bytes) -> None:
    """Load, split, cut, by trimesh alone."""
    mesh = trimesh.load_mesh(io.BytesIO(data), file_type="stl")
    foot = max(mesh.split(only_watertight=False), key=lambda part: len(part.faces))
    axis = np.eye(3)[int(np.argmax(foot.extents))]
    low, high = foot.bounds @ axis
    foot.section_multiplane(low * axis, axis, np.linspace(0.01, high - low - 0.01, 100))


def best(job: Callable[[], object], times: int) -> float:
    """The least of some runs, in seconds."""
    runs = []
    for _ in range(times):
        start = time.perf_counter()
        job()
        runs.append(time.perf_counter() - start)
    return min(runs)


def cold(arguments: list[str]) -> float:
    """A fresh process of the program, in seconds."""
    command = [sys.executable, "-m", "fitter", *arguments]
    return best(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL), 3)


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--triangles", type=int, nargs="+", default=[100_000, 400_000])
    asked = options.parse_args()
    print(f"fitter --help, cold: {cold(['--help']):.2f} s")
    for triangles in asked.triangles:
        data = scan_of(triangles)
        ours = best(lambda data=data: run_journey([Capture("foot.stl", data)]), 3)  # type: ignore[misc]
        theirs = best(lambda data=data: peer(data), 1)  # type: ignore[misc]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "foot.stl")
            path.write_bytes(data)
            whole = cold(["fit", str(path), "--json", "-"])
        print(
            f"{(len(data) - 84) // 50:>9,} triangles: journey {ours:.2f} s, {ours / theirs:.1f} times the "
            f"peer's part of it ({theirs:.2f} s); cold start to JSON {whole:.2f} s"
        )


if __name__ == "__main__":
    main()
