"""Wavefront OBJ of several bodies, in mm: for modelling programs."""

from __future__ import annotations

from collections.abc import Mapping

from fitter.scan.mesh import Mesh


def to_obj(bodies: Mapping[str, Mesh], comments: tuple[str, ...] = ()) -> bytes:
    """Each body as an object of its own; the same bodies give the same bytes."""
    lines = [f"# {' '.join(comment.split())}" for comment in ("Fitter, unit: mm", *comments)]
    before = 1
    for name, mesh in bodies.items():
        lines.append(f"o {name}")
        lines += [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in mesh.vertices.tolist()]
        lines += [f"f {a} {b} {c}" for a, b, c in (mesh.faces + before).tolist()]
        before += len(mesh.vertices)
    return ("\n".join(lines) + "\n").encode("ascii", "replace")
