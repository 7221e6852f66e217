"""A foot measures the same whatever else its file holds, and every foot in a file is found."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fitter import scanned
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.profile import FitResult, FootFit
from fitter.scan.depth import depth_map
from fitter.scan.mesh import Mesh
from fitter.scan.scene import separate
from sample_scans import degrade
from tests.scans import fit, stl, surface, values

LENGTHS = ("foot_length", "ball_length", "ball_breadth", "heel_breadth", "instep_height", "ball_girth")


def foot() -> degrade.Mesh:
    """A right foot in the foot frame."""
    return surface().vertices, surface().faces


def rng(seed: int = 5) -> np.random.Generator:
    return np.random.default_rng(seed)


def scene_with(what: str) -> degrade.Mesh:
    """The foot with something else in the file."""
    return {
        "floor": lambda: degrade.with_floor(*foot()),
        "coarse floor": lambda: degrade.with_floor(*foot(), step=1000.0),
        "wall": lambda: degrade.with_wall(*foot()),
        "floor and wall": lambda: degrade.with_wall(*degrade.with_floor(*foot())),
        "islands": lambda: degrade.with_islands(*foot(), rng(), 12),
        "floor and islands": lambda: degrade.with_islands(*degrade.with_floor(*foot()), rng(), 12),
        "table": lambda: degrade.joined(foot(), table_top(height=-18.0)),
    }[what]()


def table_top(height: float) -> degrade.Mesh:
    """A level plate far larger than a foot."""
    return degrade.plate((-300.0, -400.0, height), (900.0, 0, 0), (0, 800.0, 0), 10.0)


def measured(mesh: degrade.Mesh, seed: int = 5) -> FitResult:
    """The journey on a mesh turned and shifted anyhow."""
    points, faces = degrade.any_pose(*mesh, rng(seed))
    return fit(stl(Mesh(points, faces.astype(np.int32))))


def cloud_measured(mesh: degrade.Mesh, number: int, seed: int = 5) -> FitResult:
    """The journey on points spread over a mesh, turned and shifted anyhow."""
    points, faces = degrade.any_pose(*mesh, rng(seed))
    rows = degrade.cloud(points, faces, rng(seed), number)
    return fit("\n".join(f"{x:.3f} {y:.3f} {z:.3f}" for x, y, z in rows).encode(), "scene.xyz")


@cache
def alone() -> dict[str, float]:
    return values(measured(foot()).profile.feet[0])


def assert_same_foot(found: FootFit, within: float = 0.05) -> None:
    there = values(found)
    assert there.keys() == alone().keys()
    for measure_id in LENGTHS:
        assert there[measure_id] == pytest.approx(alone()[measure_id], abs=within), measure_id


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("floor", "A floor was found and left out."),
        ("coarse floor", "A floor was found and left out."),
        ("wall", "A wall was found and left out."),
        ("floor and wall", "A wall was found and left out."),
        ("floor and islands", "A floor was found and left out."),
        ("islands", "12 smaller loose pieces were left out."),
        ("table", "A floor was found and left out."),
    ],
)
def test_what_else_is_in_the_file_changes_no_measure_and_is_told(what: str, told: str) -> None:
    (found,) = measured(scene_with(what)).profile.feet
    assert told in found.quality.notes
    assert_same_foot(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_turned_scene_falls_apart_into_the_same_pieces(seed: int) -> None:
    mesh = degrade.with_second_foot(*degrade.with_wall(*degrade.with_floor(*foot())))
    points, faces = degrade.any_pose(*mesh, rng(seed))
    scene = separate(Mesh(points, faces.astype(np.int32)))
    assert len(scene.pieces) == 2
    assert all(len(piece.mesh.faces) == len(foot()[1]) for piece in scene.pieces)


def test_a_clean_foot_is_left_as_it_is() -> None:
    points, faces = foot()
    scene = separate(Mesh(points, faces.astype(np.int32)))
    (piece,) = scene.pieces
    assert (scene.planes, scene.notes, piece.notes) == ((), (), ())
    np.testing.assert_array_equal(piece.mesh.faces, faces)


@pytest.mark.parametrize(
    "flat", ["filled sole", "capped ankle", "no sole, capped ankle", "cropped low, capped"]
)
def test_flat_parts_of_the_foot_itself_are_no_floor(flat: str) -> None:
    points, faces = {
        "filled sole": lambda: degrade.sole_filled(*foot()),
        "capped ankle": lambda: degrade.cropped(*foot(), 90.0, closed=True),
        "no sole, capped ankle": lambda: degrade.sole_lost(*degrade.cropped(*foot(), 90.0, closed=True)),
        "cropped low, capped": lambda: degrade.cropped(*foot(), 60.0, closed=True),
    }[flat]()
    scene = separate(Mesh(points, faces.astype(np.int32)))
    assert scene.planes == ()
    assert len(scene.pieces[0].mesh.faces) >= 0.98 * len(faces)


# -- both feet ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("floor", [False, True])
def test_both_feet_in_a_file_are_measured_as_left_and_right(floor: bool) -> None:
    mesh = degrade.with_second_foot(*foot())
    result = measured(degrade.with_floor(*mesh) if floor else mesh)
    profile = result.profile
    assert sorted(f.side for f in profile.feet) == ["left", "right"]
    assert [c.file for c in profile.captures] == ["foot.stl", "foot.stl"]
    assert [c.side for c in profile.captures] == [f.side for f in profile.feet]
    assert len(result.shapes) == len(result.landmarks) == 2
    assert profile.warnings == ("foot.stl holds 2 feet; each is measured by itself",)
    for found in profile.feet:
        assert "The file holds 2 feet: each is measured by itself." in found.quality.notes
        assert_same_foot(found, within=0.1)


def test_of_two_feet_a_stated_side_takes_one() -> None:
    points, faces = degrade.with_second_foot(*foot())
    (found,) = fit(stl(Mesh(points, faces.astype(np.int32))), side="left").profile.feet
    assert found.side == "left"
    assert_same_foot(found, within=0.1)


def test_two_right_feet_in_a_file_are_a_warning() -> None:
    points, faces = foot()
    beside = (points + np.array([0.0, 180.0, 0.0]), faces)
    profile = measured(degrade.joined((points, faces), beside)).profile
    assert [f.side for f in profile.feet] == ["right", "right"]
    assert any("2 captures were taken as the right foot" in w for w in profile.warnings)


def test_something_foot_sized_beside_a_foot_is_left_out_and_told() -> None:
    (found,) = measured(degrade.joined(foot(), bottle())).profile.feet
    assert "1 larger piece that is no foot was left out." in found.quality.notes
    assert_same_foot(found)


def test_where_nothing_is_a_foot_the_file_is_refused() -> None:
    with pytest.raises(FitterError, match="no whole foot"):
        measured(degrade.joined(bottle(), bottle(at=(0.0, 500.0, 0.0))))


def test_a_floor_alone_is_refused_as_that() -> None:
    with pytest.raises(FitterError, match="only flat surfaces"):
        measured(table_top(0.0))


def bottle(at: tuple[float, float, float] = (0.0, 300.0, 0.0)) -> degrade.Mesh:
    """An upright cylinder about as large as a foot."""
    turn, up = np.meshgrid(
        np.linspace(0, 2 * np.pi, 60, endpoint=False), np.linspace(0, 250, 60), indexing="ij"
    )
    points = np.stack([45 * np.cos(turn), 45 * np.sin(turn), up], axis=-1).reshape(-1, 3) + np.array(at)
    k = np.arange(60 * 59).reshape(60, 59) // 59 * 60 + np.arange(59)
    a, b = k.ravel(), ((k + 60) % 3600).ravel()
    return points, np.vstack([np.stack([a, b, a + 1], 1), np.stack([b, b + 1, a + 1], 1)])


# -- one surface with the floor -----------------------------------------------------------------------------


def seen_from_above(mesh: degrade.Mesh, cell: float = 1.5, margin: int = 40) -> degrade.Mesh:
    """What a depth camera above the feet sees: feet and floor as one surface, nothing below overhangs."""
    seen = depth_map(mesh[0][mesh[1]], "above", cell)
    height = np.pad(np.nan_to_num(seen.depth), margin)
    index = np.arange(height.size).reshape(height.shape)
    grid = np.stack(np.unravel_index(index.ravel(), height.shape), axis=1) * cell
    points = np.column_stack([grid, height.ravel()])
    a, b, c, d = (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:])
    faces = [np.stack([p.ravel(), q.ravel(), r.ravel()], 1) for p, q, r in ((a, b, c), (a, c, d))]
    return points, np.vstack(faces)


@pytest.mark.parametrize("number", [1, 2])
def test_feet_grown_together_with_the_floor_come_apart(number: int) -> None:
    mesh = foot() if number == 1 else degrade.with_second_foot(*foot())
    turn = degrade.rotation((1.0, 2.0, 3.0), 100.0)
    points, faces = degrade.posed(*seen_from_above(mesh), turn)
    scene = separate(Mesh(points, faces.astype(np.int32)))
    assert len(scene.planes) == 1
    assert len(scene.pieces) == number
    for piece in scene.pieces:
        length = np.ptp(piece.mesh.vertices @ turn[:, 0])
        assert length == pytest.approx(alone()["foot_length"], abs=3.0)


def test_a_foot_cut_from_its_floor_is_measured_upright_or_not_at_all() -> None:
    try:
        (found,) = measured(seen_from_above(foot())).profile.feet
    except FitterError as refused:
        assert refused.code in {"no_pose", "not_a_foot"}  # noqa: PT017 - either outcome is right
        return
    assert "A floor was found and left out." in found.quality.notes
    assert found.measurements.get("arch_height") is None
    assert values(found)["foot_length"] == pytest.approx(alone()["foot_length"], abs=4.0)


def test_a_hollow_pressed_into_a_flat_surface_is_no_foot() -> None:
    points, faces = seen_from_above(foot())
    hollow = points * np.array([1.0, 1.0, -1.0]), faces  # the floor's outside still looks up
    with pytest.raises(FitterError):
        measured(hollow)


# -- clouds -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["islands", "wall", "floor"])
def test_a_cloud_with_something_else_in_it_gives_the_foot(what: str) -> None:
    number = 52_000 if what == "floor" else 26_000
    (found,) = cloud_measured(scene_with(what), number).profile.feet
    there = values(found)
    for measure_id in ("foot_length", "ball_breadth", "instep_height"):
        assert there[measure_id] == pytest.approx(alone()[measure_id], abs=2.5), measure_id


def test_a_cloud_of_both_feet_gives_a_left_and_a_right_one() -> None:
    profile = cloud_measured(degrade.with_second_foot(*foot()), 36_000).profile
    assert sorted(f.side for f in profile.feet) == ["left", "right"]
    for found in profile.feet:
        assert values(found)["foot_length"] == pytest.approx(alone()["foot_length"], abs=2.0)


@pytest.mark.parametrize("fault", [ValueError("zero-size array"), scanned._NoSoleError()])
def test_a_foot_that_fails_when_it_is_taken_again_is_refused_in_one_line(fault: Exception) -> None:
    """Beside a bottle, the stated side is told of the foot only once it is known which piece is one."""
    looked = []
    whole_foot = scanned._whole_foot

    def fails_the_second_time(piece: scanned.Piece, said: scanned._Stated) -> scanned._Found:
        if piece in looked:
            raise fault
        looked.append(piece)
        return whole_foot(piece, said)

    points, faces = degrade.joined(foot(), bottle())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scanned, "_whole_foot", fails_the_second_time)
        with pytest.raises(FitterError) as refused:
            fit(stl(Mesh(points, faces.astype(np.int32))), side="right")
    assert refused.value.code == "could_not_measure"


def test_progress_of_a_file_with_two_feet_only_grows() -> None:
    told: list[float] = []
    points, faces = degrade.with_second_foot(*foot())
    data = stl(Mesh(points, faces.astype(np.int32)))
    run_journey([Capture("pair.stl", data)], only_measure=True, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
