"""Binary STL of a body, in mm: for printers and mills. STL states no unit; a note goes in its header."""

from __future__ import annotations

import struct

import numpy as np

from fitter.scan.mesh import Mesh


def to_stl(mesh: Mesh, title: str = "") -> bytes:
    """The faces with their outward normals; the same mesh gives the same bytes."""
    corners = mesh.corners.astype("<f4")
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).astype(np.float64)
    size = np.linalg.norm(normal, axis=1, keepdims=True)
    rows = np.zeros(
        len(corners), dtype=[("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]
    )
    rows["normal"] = normal / np.where(size > 0.0, size, 1.0)
    rows["corners"] = corners
    # A header that begins with "solid" is taken for text by some readers.
    header = f"Fitter mm {title}".encode("ascii", "replace")[:80].ljust(80, b" ")
    return header + struct.pack("<I", len(rows)) + rows.tobytes()
