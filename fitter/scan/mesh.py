"""A bare triangle surface: two arrays and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]  # (n, 3)
Faces = NDArray[np.int32]  # (m, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """``vertices`` (n, 3) float64 and ``faces`` (m, 3) int32, counter-clockwise seen from outside."""

    vertices: Points
    faces: Faces

    @property
    def corners(self) -> NDArray[np.float64]:
        """(m, 3, 3): the three corners of every face."""
        return self.vertices[self.faces]

    def moved(
        self, rotation: NDArray[np.float64], translation: NDArray[np.float64], scale: float = 1.0
    ) -> Mesh:
        """The mesh under ``x -> scale * rotation @ x + translation``; a reflection turns the faces over."""
        moved = self.vertices @ (scale * rotation).T + translation
        faces = self.faces if np.linalg.det(rotation) > 0 else self.faces[:, ::-1]
        return Mesh(moved, np.ascontiguousarray(faces))
