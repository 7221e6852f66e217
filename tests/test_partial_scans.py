"""Scans that are no whole foot: soles, impressions in foam and files without scale give what they show of the
foot, each measure within its stated error, and name why not the others."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from fitter.errors import FitterError
from fitter.profile import FootFit
from fitter.quantity import Missing, Quantity
from fitter.scan.mesh import Mesh
from fitter.scan.pose import unit_probabilities
from sample_scans import FootParameters, construct, degrade
from sample_scans.construct import ConstructedFoot
from tests.scans import fit, foot_of, stl, surface, values

NEVER = ("instep_height", "ball_girth", "instep_girth", "medial_malleolus_height", "rearfoot_angle")


@cache
def made(load: str = "standing") -> ConstructedFoot:
    return construct(FootParameters(load=load), level=1)  # type: ignore[arg-type]


@cache
def partial(kind: str, load: str = "standing") -> degrade.Mesh:
    whole = made(load).points, made(load).faces
    if kind == "plantar_with_walls":
        return degrade.cropped(*whole, 30.0)
    if kind == "plantar":
        return degrade.plantar_only(*whole)
    rng = np.random.default_rng(5)
    return degrade.foam_impression(*whole, 40.0, holes=3, spikes=3, rng=rng)


KINDS = ("plantar_with_walls", "plantar", "foam_impression")


def scan(mesh: degrade.Mesh, **stated: object) -> FootFit:
    return foot_of(stl(Mesh(mesh[0], mesh[1].astype(np.int32))), **stated)


def turned(mesh: degrade.Mesh, seed: int = 3) -> degrade.Mesh:
    return degrade.any_pose(*mesh, np.random.default_rng(seed))


def beyond_known(found: FootFit, foot: ConstructedFoot) -> list[str]:
    """The measures whose truth lies beyond the error that the scan let us know."""
    readings = {i: found.measurements.get(i) for i in foot.truth.measures}
    return [
        i
        for i, truth in foot.truth.measures.items()
        if (reading := readings[i]) is not None
        and truth is not None
        and abs(reading.value - truth) > (reading.known_u95 or 0.0)
    ]


def why(found: FootFit, measure_id: str) -> str:
    reading = found.measurements.readings[measure_id]
    return reading.code if isinstance(reading, Missing) else f"given: {reading.value:.1f}"


@pytest.mark.parametrize("load", ["standing", "unloaded"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_sole_shows_is_within_its_stated_error(kind: str, load: str) -> None:
    found = scan(turned(partial(kind, load)))
    assert (found.quality.kind, found.side) == (kind, "right")
    assert found.assumptions["side"].certain
    assert found.measurements.get("ball_breadth") is not None
    # The published error of a definition hides much: what the scan lets us know must cover the truth alone.
    assert len(beyond_known(found, made(load))) <= 1


def test_a_hole_in_the_print_is_closed_and_widens_the_error_of_the_print() -> None:
    """A hole under the lateral midfoot once made a low arch a high one, and nothing told of it."""
    whole, truth = scan(partial("plantar_with_walls")), made().truth.measures
    points, faces = partial("plantar_with_walls")
    away = np.linalg.norm(points[faces].mean(axis=1) - np.array([115.0, -22.0, 1.0]), axis=1)
    holed = scan((points, faces[away > 12.0]))
    for measure_id in ("arch_index", "chippaux_smirak_index", "staheli_index"):
        reading, before = (f.measurements.get(measure_id) for f in (holed, whole))
        assert reading is not None
        assert before is not None
        assert abs(reading.value - (truth[measure_id] or 0.0)) < (reading.known_u95 or 0.0), measure_id
        assert (reading.known_u95 or 0.0) > 1.3 * (before.known_u95 or 0.0), measure_id
    assert any("closed by a smooth surface" in note for note in holed.quality.notes)
    assert holed.quality.coverage["sole"] < whole.quality.coverage["sole"] - 0.01


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_noise_on_a_sole_makes_no_arch_higher(seed: int) -> None:
    noisy = scan(degrade.noisy(*partial("plantar"), np.random.default_rng(seed), 0.3))
    assert noisy.quality.noise_mm == pytest.approx(0.3, abs=0.06)
    assert values(noisy)["arch_height"] == pytest.approx(
        values(scan(partial("plantar")))["arch_height"], abs=1.2
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_sole_stands_on_its_floor_along_the_axis_of_the_foot(kind: str) -> None:
    mesh = partial(kind)
    turn = degrade.rotation((0.3, 1.0, 0.4), 130.0)
    points, faces = degrade.posed(*mesh, turn)
    foot = fit(stl(Mesh(points, faces.astype(np.int32)))).shapes[0]
    assert foot is not None
    back = foot.placement.rotation @ turn  # from the true foot frame into the found one
    assert np.degrees(np.arccos(min(back[2, 2], 1.0))) < 1.5
    assert np.degrees(np.arccos(min(back[0, 0], 1.0))) < 1.5


@pytest.mark.parametrize("kind", KINDS)
def test_a_mirrored_sole_is_the_other_foots_and_turning_and_winding_change_nothing(kind: str) -> None:
    points, faces = partial(kind)
    seen = scan((points, faces))
    other = scan(degrade.mirrored(points, faces))
    upside_down = scan(turned((points, faces[:, ::-1]), 8))
    assert (other.side, upside_down.side) == ("left", "right")
    for measure_id, value in values(seen).items():
        assert values(other)[measure_id] == pytest.approx(value, abs=0.3), measure_id
        assert values(upside_down)[measure_id] == pytest.approx(value, abs=0.5), measure_id


@pytest.mark.parametrize("kind", KINDS)
def test_a_sole_gives_nothing_that_lies_above_it(kind: str) -> None:
    found = scan(partial(kind))
    assert {why(found, i) for i in NEVER} <= {"dorsum_not_seen", "ankle_not_seen"}
    assert why(found, "arch_height_index") == "dorsum_not_seen"


def test_prints_come_from_pressed_soles_only() -> None:
    assert scan(partial("plantar")).measurements.get("arch_index") is not None
    assert why(scan(partial("plantar", "unloaded")), "arch_index") == "not_weight_bearing"
    assert why(scan(partial("foam_impression")), "arch_index") == "foam_has_no_print"


def test_the_less_of_the_skins_turn_is_seen_the_wider_the_error() -> None:
    whole = made().points, made().faces
    steep, flat = (scan(degrade.plantar_only(*whole, limit)).measurements for limit in (80.0, 60.0))
    well, ill = steep.get("ball_breadth"), flat.get("ball_breadth")
    assert well is not None
    assert ill is not None
    assert ill.u95 > well.u95 + 1.0
    assert isinstance(flat.readings["heel_breadth"], Missing)


def test_clipped_toes_leave_a_sole_without_length() -> None:
    found = scan(degrade.toes_clipped(*partial("plantar_with_walls"), 240.0))
    assert why(found, "foot_length") == "toes_cut_off"
    assert found.measurements.get("ball_breadth") is not None


def test_an_arch_cut_off_by_the_edge_is_not_measured() -> None:
    whole = made().points, made().faces
    assert why(scan(degrade.cropped(*whole, 17.0)), "arch_height") == "arch_cut_off"


def test_an_insole_is_refused_by_name() -> None:
    points, faces = degrade.plantar_only(made().points, made().faces)
    flat = points.copy()
    flat[:, 2] *= np.clip(1.1 - points[:, 0] / 160.0, 0.1, 1.0)  # a heel cup, flat in front
    # Bent a little along and across, as insoles are: a toe spring of 14 mm, sides 4 mm higher.
    flat[:, 2] += 6e-4 * np.clip(points[:, 0] - 100.0, 0.0, None) ** 2 + 2e-3 * points[:, 1] ** 2
    with pytest.raises(FitterError) as refused:
        scan(turned((flat, faces)))
    assert refused.value.code == "insole"


def test_a_foot_without_scale_gives_ratios_and_angles_until_its_length_is_given() -> None:
    mesh = surface()
    shrunk = stl(Mesh(mesh.vertices / 60.0, mesh.faces))
    found, whole = foot_of(shrunk), foot_of(stl(mesh))
    assert why(found, "foot_length") == why(found, "instep_height") == "no_scale"
    assert found.assumptions["units"].value == "none"
    assert not found.assumptions["units"].certain
    for measure_id in ("arch_height_index", "arch_index", "hallux_outline_angle"):
        free, known = found.measurements.get(measure_id), whole.measurements.get(measure_id)
        assert free is not None
        assert known is not None
        assert abs(free.value - known.value) <= free.u95, measure_id
        assert free.u95 > 0.9 * known.u95
    length = values(whole)["foot_length"]
    scaled = foot_of(shrunk, foot_length=length)
    for measure_id, value in values(whole).items():
        assert values(scaled)[measure_id] == pytest.approx(value, rel=0.01, abs=0.3), measure_id
    known, ruled = (f.measurements.get("ball_length") for f in (whole, scaled))
    assert isinstance(known, Quantity)
    assert isinstance(ruled, Quantity)
    assert ruled.u95 > known.u95


def test_the_unit_is_a_probability_and_no_unit_is_forced_on_a_length() -> None:
    for unit, mm in (("mm", 1.0), ("cm", 10.0), ("m", 1000.0), ("in", 25.4)):
        for length in (235.0, 260.0, 290.0):
            assert unit_probabilities(length / mm)[unit] > 0.95
    assert unit_probabilities(14.1)["none"] > 0.95
    assert unit_probabilities(160.0)["mm"] < 0.95  # a small child's: told as uncertain
