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


def skeleton() -> trimesh.Trimesh:
    """Five rays of three bones each, and five blocks behind them."""
    bones = []
    for ray in range(5):
        for k, (x, length) in enumerate(((130.0, 70.0), (205.0, 30.0), (238.0, 18.0))):
            bone = trimesh.creation.capsule(height=length - 12.0, radius=5.0 - k)
            bone.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, [0, 1, 0]))
            bones.append(bone.apply_translation([x, 14.0 * (2 - ray), 20.0 - 5.0 * k]))
        block = trimesh.creation.icosphere(subdivisions=3, radius=11.0)
        bones.append(block.apply_translation([95.0 - 18.0 * (ray % 4), 12.0 * (ray % 2), 30.0]))
    return trimesh.util.concatenate(bones)


def test_the_bones_of_a_foot_are_refused_as_bones() -> None:
    with pytest.raises(FitterError, match="separate bodies, as a skeleton") as refused:
        foot_of(stl(mesh_of(skeleton())), "bones.stl")
    assert refused.value.code == "not_a_foot"


def test_a_unit_that_makes_no_foot_is_refused() -> None:
    with pytest.raises(FitterError, match="metres"):
        foot_of(stl(surface()), units="m")
