"""What a scan can't tell is missing with the reason, never a wrong number."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fitter.profile import FootFit
from fitter.quantity import Missing
from fitter.scan.mesh import Mesh
from sample_scans import FootParameters, construct, degrade
from tests.scans import foot_of, stl, values


@cache
def foot(**parameters: float) -> degrade.Mesh:
    made = construct(FootParameters(**parameters), level=1)  # type: ignore[arg-type]
    return made.points, made.faces


def fitted(mesh: degrade.Mesh) -> FootFit:
    points, faces = degrade.any_pose(*mesh, np.random.default_rng(3))
    return foot_of(stl(Mesh(points, faces.astype(np.int32))))


def why(found: FootFit, measure_id: str) -> str:
    reading = found.measurements.readings[measure_id]
    return reading.code if isinstance(reading, Missing) else f"given: {reading.value:.1f}"


def test_a_sole_filled_flat_gives_no_arch_and_says_so() -> None:
    found = fitted(degrade.sole_filled(*foot()))
    assert why(found, "arch_height") == "sole_filled_flat"
    assert "filled flat" in found.quality.statement
    assert found.measurements.get("instep_height") is not None


def test_a_filled_sole_gives_footprint_indices_from_its_outline_marked_and_far_less_sure() -> None:
    seen, filled = fitted(foot()), fitted(degrade.sole_filled(*foot()))
    for measure_id in ("arch_index", "chippaux_smirak_index", "staheli_index"):
        real, outline = seen.measurements.get(measure_id), filled.measurements.get(measure_id)
        assert real is not None
        assert outline is not None
        assert (real.basis, outline.basis) == ("", "outline")
        assert abs(outline.value - real.value) < outline.u95
        assert outline.u95 > 2.0 * real.u95


def test_a_flat_foot_is_not_taken_for_a_filled_sole() -> None:
    flat = foot(instep_height=48.0, navicular_height=25.0, arch_height=4.0)
    found = fitted(flat)
    assert found.measurements.get("arch_height") is not None
    assert found.measurements.get("arch_index") is not None


def test_toes_cut_off_leave_no_length() -> None:
    found = fitted(degrade.toes_clipped(*foot(), 235.0))
    assert why(found, "foot_length") == "toes_cut_off"
    assert why(found, "arch_height_index") == "toes_cut_off"
    assert found.measurements.get("heel_breadth") is not None


def test_an_ankle_cut_below_the_instep_leaves_no_instep() -> None:
    found = fitted(degrade.cropped(*foot(), 60.0))
    assert why(found, "instep_height") == "dorsum_cut_off"
    assert why(found, "medial_malleolus_height") == "ankle_not_seen"
    assert found.measurements.get("foot_length") is not None


@pytest.mark.parametrize("above", [5.0, 6.0, 8.0])
def test_a_scan_that_ends_close_above_the_ankle_bone_tells_its_height_all_the_same(above: float) -> None:
    whole = values(fitted(foot()))["medial_malleolus_height"]
    cut = values(fitted(degrade.cropped(*foot(), whole + above)))
    assert cut["medial_malleolus_height"] == pytest.approx(whole, abs=1.1)


@pytest.mark.parametrize("height", [80.0, 110.0])
def test_where_an_ankle_is_cut_changes_no_other_measure(height: float) -> None:
    whole, cut = values(fitted(foot())), values(fitted(degrade.cropped(*foot(), height)))
    for measure_id in ("foot_length", "ball_breadth", "instep_height", "arch_height", "ball_girth"):
        assert cut[measure_id] == pytest.approx(whole[measure_id], abs=0.3), measure_id


def test_a_long_leg_changes_no_measure() -> None:
    leg = construct(FootParameters(), level=1, ankle=350)
    long, short = values(fitted((leg.points, leg.faces))), values(fitted(foot()))
    for measure_id, value in short.items():
        if not measure_id.endswith("_index"):
            assert long[measure_id] == pytest.approx(value, abs=0.5), measure_id


@pytest.mark.parametrize("landmark", ["metatarsale_tibiale", "navicular", "acropodion", "dorsum_50"])
@pytest.mark.parametrize("radius", [8.0, 14.0])
def test_a_hole_at_a_landmark_widens_the_error_of_what_hangs_on_it(landmark: str, radius: float) -> None:
    made = construct(FootParameters(), level=1)
    away = np.linalg.norm(made.points - made.truth.landmarks[landmark], axis=1)
    kept = made.faces[(away[made.faces] > radius).all(axis=1)]
    found = fitted((made.points, kept))
    for measure_id, truth in made.truth.measures.items():
        reading = found.measurements.get(measure_id)
        if reading is not None and truth is not None:
            assert abs(reading.value - truth) <= reading.u95, measure_id


@pytest.mark.parametrize("x", [235.0, 245.0, 248.0])
def test_toes_cut_off_and_closed_again_leave_no_length(x: float) -> None:
    points, faces = degrade.toes_clipped(*foot(), x)
    assert why(fitted((points, faces)), "foot_length") == "toes_cut_off"


def test_without_a_sole_heights_say_that_the_floor_is_unknown() -> None:
    points, faces = foot()
    low = points[faces][:, :, 2].min(axis=1) > 3.0
    found = fitted((points, faces[low]))
    assert why(found, "arch_height") == "sole_not_seen"
    instep = found.measurements.get("instep_height")
    assert instep is not None
    assert instep.u95 > 6.0
