"""What is no foot is refused by name of what is wrong, never measured."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh

from fitter.errors import FitterError
from fitter.scan.mesh import Mesh
from tests.scans import foot_of, stl, surface


def mesh_of(solid: trimesh.Trimesh) -> Mesh:
    return Mesh(np.asarray(solid.vertices), np.asarray(solid.faces, np.int32))


NO_FEET = {
    "ball": trimesh.creation.icosphere(subdivisions=4, radius=130),
    "box": trimesh.creation.box((260, 100, 70)).subdivide().subdivide().subdivide(),
    "plate": trimesh.creation.box((260, 95, 5)).subdivide().subdivide().subdivide(),
    "bottle": trimesh.creation.cylinder(radius=40, height=260, sections=128),
    "cone": trimesh.creation.cone(radius=60, height=260, sections=128),
}


@pytest.mark.parametrize("name", NO_FEET)
def test_a_thing_that_is_no_foot_is_refused(name: str) -> None:
    with pytest.raises(FitterError) as refused:
        foot_of(stl(mesh_of(NO_FEET[name])), f"{name}.stl")
    assert refused.value.code == "not_a_foot"


def test_a_unit_that_makes_no_foot_is_refused() -> None:
    with pytest.raises(FitterError, match="metres"):
        foot_of(stl(surface()), units="m")
