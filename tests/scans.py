"""Scan files made in memory for the tests."""

from __future__ import annotations

import struct
from functools import cache

import numpy as np
from numpy.typing import NDArray

from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.profile import FitResult, FootFit
from fitter.quantity import Quantity
from fitter.resources import data_folder
from fitter.scan.formats import read_scan
from fitter.scan.mesh import Mesh
from fitter.scan.repair import weld

SAMPLES = data_folder("sample_scans")


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


@cache
def surface(name: str = "neutral_right.stl") -> Mesh:
    """A sample's surface, corners shared."""
    return weld(read_scan(name, sample(name)).mesh)


def stl(mesh: Mesh, header: bytes = b"") -> bytes:
    """Binary STL."""
    triangles = np.zeros(
        len(mesh.faces), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]
    )
    triangles["corners"] = mesh.corners
    return header.ljust(80, b"\0") + struct.pack("<I", len(mesh.faces)) + triangles.tobytes()


def stl_text(mesh: Mesh) -> bytes:
    """Text STL, all digits kept."""
    rows = [
        "facet normal 0 0 0\nouter loop\n"
        + "".join(f"vertex {x!r} {y!r} {z!r}\n" for x, y, z in corners.tolist())
        + "endloop\nendfacet\n"
        for corners in mesh.corners
    ]
    return ("solid foot\n" + "".join(rows) + "endsolid foot\n").encode()


def moved(mesh: Mesh, rotation: NDArray[np.float64], shift: tuple[float, float, float] = (0, 0, 0)) -> Mesh:
    return mesh.moved(rotation, np.array(shift, dtype=float))


def mirrored(mesh: Mesh) -> Mesh:
    return mesh.moved(np.diag([1.0, -1.0, 1.0]), np.zeros(3))


def fit(data: bytes, name: str = "foot.stl", *, only_measure: bool = True, **stated: object) -> FitResult:
    return run_journey([Capture(name, data, **stated)], only_measure=only_measure)  # type: ignore[arg-type]


def foot_of(data: bytes, name: str = "foot.stl", **stated: object) -> FootFit:
    return fit(data, name, **stated).profile.feet[0]


def values(foot: FootFit) -> dict[str, float]:
    return {i: r.value for i, r in foot.measurements.readings.items() if isinstance(r, Quantity)}
