"""Claims about the constructed feet: they are what they say, and share no code with what measures them."""

from __future__ import annotations

import ast
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fitter.anatomy.measures import REGISTRY
from sample_scans import FootParameters, construct, degrade, make
from sample_scans.construct import skin, solve
from sample_scans.mesh import rims, volume
from sample_scans.sections import vertex_normals
from sample_scans.truth import ball_point, measure

ROOT = Path(__file__).resolve().parents[1]
STANDING = FootParameters(arch_index=0.235)
SPREAD = {
    "ordinary": STANDING,
    "small, square toes": make.of_posture(-0.6, 226.0, toe_form="square", hallux_outline_angle=12.0),
    "large, high arch, Greek toes": make.of_posture(2.0, 285.0, toe_form="greek"),
    "fallen arch, bunion": make.of_posture(-2.6, 248.0, hallux_outline_angle=20.0, ball_girth=None),
    "sitting": replace(STANDING, load="sitting", arch_height=20.0, arch_index=0.22),
    "hanging": replace(STANDING, load="unloaded", arch_index=None),
}


@pytest.fixture(scope="module")
def foot():
    return construct(STANDING, level=1)


def _area(faces, points):
    a, b, c = (points[faces[:, k]] for k in range(3))
    return np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2


@pytest.mark.parametrize("name", SPREAD)
def test_a_foot_has_the_measures_it_was_asked_for(name):
    wanted = SPREAD[name]
    truth = construct(wanted, level=1).truth.measures
    for measure_id, value in truth.items():
        asked = getattr(wanted, measure_id, None)
        if asked is not None:
            off = 0.004 if measure_id == "arch_index" else 0.3
            assert value == pytest.approx(asked, abs=off), measure_id


def test_every_measure_one_foot_can_have_has_a_truth(foot):
    single = {m.id for m in REGISTRY if m.kind != "pair"}
    assert set(foot.truth.measures) == single
    for m in REGISTRY:
        if m.kind != "pair":
            assert m.plausible[0] < foot.truth.measures[m.id] < m.plausible[1], m.id


def test_indices_are_the_quotients_of_their_measures(foot):
    m = foot.truth.measures
    assert m["arch_height_index"] == pytest.approx(m["instep_height"] / m["ball_length"])
    assert m["normalised_navicular_height"] == pytest.approx(m["navicular_height"] / m["ball_length"])


def test_the_truth_does_not_depend_on_the_resolution(foot):
    controls = solve(STANDING)
    for level, mm, degrees in ((2, 0.35, 0.15), (4, 0.1, 0.05)):
        again = measure(skin(STANDING, controls, level), "standing").measures
        for measure_id, value in foot.truth.measures.items():
            kind = next(m.kind for m in REGISTRY if m.id == measure_id)
            off = {"angle": degrees, "index": 0.3 if "chippaux" in measure_id else 0.004}.get(kind, mm)
            assert again[measure_id] == pytest.approx(value, abs=off), (level, measure_id)


def test_the_same_order_gives_the_same_foot():
    once, twice = (construct(replace(STANDING, foot_length=251.0), level=1) for _ in range(2))
    assert np.array_equal(once.points, twice.points)


def test_a_foot_that_cannot_be_is_refused_by_name():
    with pytest.raises(ValueError, match="no such foot: ball_length"):
        construct(replace(STANDING, ball_length=120.0))


def test_a_standing_sole_lies_flat_on_the_floor_under_heel_ball_and_toes(foot):
    p = foot.points
    flat = p[p[:, 2] == 0.0]
    assert p[:, 2].min() == 0.0
    for back, front in ((0.05, 0.2), (0.6, 0.74), (0.88, 0.98)):
        assert ((flat[:, 0] > back * 252) & (flat[:, 0] < front * 252)).sum() > 5, (back, front)


def test_an_arch_hollow_stands_over_the_floor_on_the_inner_side_only(foot):
    p = foot.points[(vertex_normals(foot.points, foot.faces)[:, 2] < -0.5) & (foot.points[:, 2] < 40)]
    middle = p[(p[:, 0] > 100) & (p[:, 0] < 125)]
    assert middle[(middle[:, 1] > 15) & (middle[:, 1] < 25), 2].min() > 6.0
    assert middle[(middle[:, 1] < -15) & (middle[:, 1] > -28), 2].max() < 1.5


def test_a_hanging_sole_is_round_and_has_no_print():
    hanging = construct(SPREAD["hanging"], level=1)
    assert (hanging.points[:, 2] < 0.01).sum() <= 3
    for index in ("arch_index", "chippaux_smirak_index", "staheli_index"):
        assert hanging.truth.measures[index] is None


def test_a_higher_arch_leaves_a_narrower_print():
    prints = [
        construct(make.of_posture(s, 252.0, arch_index=None), level=1).truth.measures for s in (-2.5, 0, 2)
    ]
    for index in ("arch_index", "chippaux_smirak_index", "staheli_index"):
        flat, ordinary, high = (m[index] for m in prints)
        assert flat > 1.15 * ordinary > 1.15 * 1.15 * high, index


def test_a_left_foot_is_the_mirror_of_the_right(foot):
    left = construct(replace(STANDING, side="left"), level=1)
    assert np.array_equal(left.points, foot.points * [1, -1, 1])
    assert left.truth.measures == foot.truth.measures
    for name, (x, y, z) in foot.truth.landmarks.items():
        assert left.truth.landmarks[name] == (x, -y, z)
    assert volume(left.points, left.faces) == pytest.approx(volume(foot.points, foot.faces))


def test_the_surface_is_closed_and_faces_outwards_or_open_at_the_ankle_alone(foot):
    assert rims(foot.faces) == []
    assert 0.7e6 < volume(foot.points, foot.faces) < 1.2e6
    opened = construct(STANDING, level=1, closed=False, ankle=110.0)
    (rim,) = rims(opened.faces)
    assert np.allclose(opened.points[rim, 2], 110.0)


def test_a_leg_can_be_as_long_as_350_mm():
    leg = construct(STANDING, level=1, ankle=350.0)
    assert leg.points[:, 2].max() == pytest.approx(350.0)
    assert rims(leg.faces) == []


def test_the_foot_stands_in_the_foot_frame(foot):
    marks = {k: np.array(v) for k, v in foot.truth.landmarks.items()}
    assert marks["pternion"][0] == pytest.approx(0.0, abs=0.01)
    assert marks["toe_tip_2"][1] == pytest.approx(0.0, abs=0.02)
    assert marks["metatarsale_tibiale"][1] > 30 > -30 > marks["metatarsale_fibulare"][1]


def test_the_inner_ball_is_a_rounded_bump():
    surface = skin(STANDING, solve(STANDING), 3)
    _, radius = ball_point(surface.corners, 252.0, 1)
    assert 55.0 < radius < 95.0


@pytest.mark.parametrize(("form", "longest"), [("egyptian", 0), ("greek", 1)])
def test_toe_forms_have_their_longest_toe(form, longest):
    marks = construct(replace(STANDING, toe_form=form), level=1).truth.landmarks
    assert np.argmax([marks[f"toe_tip_{k + 1}"][0] for k in range(5)]) == longest


def test_square_toes_end_nearly_in_line():
    marks = construct(replace(STANDING, toe_form="square"), level=1).truth.landmarks
    ends = [marks[f"toe_tip_{k}"][0] for k in (1, 2, 3)]
    assert np.ptp(ends) < 9.0


def test_noise_has_the_asked_size_and_a_seed_repeats_it(foot):
    mesh = foot.points, foot.faces
    first, second = (degrade.noisy(*mesh, np.random.default_rng(5), 0.4)[0] for _ in range(2))
    assert np.array_equal(first, second)
    assert np.linalg.norm(first - foot.points, axis=1).std() < 0.4
    off = np.einsum("ij,ij->i", first - foot.points, vertex_normals(*mesh))
    assert off.std() == pytest.approx(0.4, rel=0.05)


def test_a_pose_moves_but_does_not_bend(foot):
    moved, faces = degrade.any_pose(foot.points, foot.faces, np.random.default_rng(1))
    assert volume(moved, faces) == pytest.approx(volume(foot.points, foot.faces), rel=1e-9)
    assert np.abs(moved - foot.points).max() > 50.0


def test_units_scale_by_what_they_are(foot):
    inches, _ = degrade.in_unit(foot.points, foot.faces, "in")
    assert np.ptp(inches[:, 0]) * 25.4 == pytest.approx(np.ptp(foot.points[:, 0]))


def test_remeshing_changes_triangles_and_not_the_surface(foot):
    points, faces = degrade.remeshed(foot.points, foot.faces, np.random.default_rng(2))
    assert len(faces) > 1.5 * len(foot.faces)
    assert rims(faces) == []
    assert volume(points, faces) == pytest.approx(volume(foot.points, foot.faces), rel=1e-9)


def test_decimating_keeps_the_size(foot):
    points, faces = degrade.decimated(foot.points, foot.faces, 5.0)
    assert len(faces) < 0.7 * len(foot.faces)
    assert np.allclose(np.ptp(points, axis=0), np.ptp(foot.points, axis=0), atol=4.0)


def test_what_is_cut_away_is_gone(foot):
    mesh = foot.points, foot.faces
    assert degrade.cropped(*mesh, 80.0)[0][:, 2].max() == pytest.approx(80.0)
    assert degrade.toes_clipped(*mesh, 215.0)[0][:, 0].max() == pytest.approx(215.0)
    assert degrade.plantar_only(*mesh)[0][:, 2].max() < 25.0
    assert degrade.sole_lost(*mesh)[0][:, 2].min() > 0.0
    holes = degrade.holed(*mesh, np.random.default_rng(3), 4, 8.0)
    assert len(rims(holes[1])) >= 1
    assert _area(holes[1], holes[0]).sum() < _area(foot.faces, foot.points).sum() - 300.0


def test_a_filled_sole_has_lost_its_arch(foot):
    points, _ = degrade.sole_filled(foot.points, foot.faces)
    down = (vertex_normals(foot.points, foot.faces)[:, 2] < 0) & (foot.points[:, 2] < 12.0)
    assert (points[down, 2] == 0.0).all()
    assert (foot.points[down, 2] > 5.0).any()


def test_what_is_added_leaves_the_foot_as_it_was(foot):
    mesh = foot.points, foot.faces
    rng = np.random.default_rng(4)
    n, m = len(foot.points), len(foot.faces)
    for more in (
        degrade.with_floor(*mesh),
        degrade.with_wall(*mesh),
        degrade.with_second_foot(*mesh),
        degrade.with_islands(*mesh, rng, 5),
    ):
        points, faces = more
        assert len(faces) > m
        assert np.array_equal(points[:n], foot.points)
        assert faces[m:].min() >= n
    assert degrade.with_floor(*mesh)[0][n:, 2].max() < 0.0
    assert degrade.with_wall(*mesh)[0][n:, 0].max() < 0.0


def test_flips_spikes_and_torn_vertices_are_as_many_as_asked(foot):
    mesh = foot.points, foot.faces
    rng = np.random.default_rng(6)
    torn, torn_faces = degrade.unwelded(*mesh)
    assert len(torn) == 3 * len(torn_faces) == 3 * len(foot.faces)
    turned = (degrade.flipped(*mesh, rng, 0.2)[1] != foot.faces).any(axis=1).mean()
    assert turned == pytest.approx(0.2, abs=0.02)
    spiked = np.linalg.norm(degrade.spiked(*mesh, rng, 7, 30.0)[0] - foot.points, axis=1)
    assert (spiked > 1.0).sum() == 7


def test_a_cloud_lies_on_the_skin(foot):
    points = degrade.cloud(foot.points, foot.faces, np.random.default_rng(8), 3000)
    assert points.shape == (3000, 3)
    assert points.min() >= foot.points.min()
    assert (points.max(axis=0) <= foot.points.max(axis=0)).all()


def test_samples_say_what_they_are():
    told = json.loads((make.HERE / "truth.json").read_text(encoding="utf-8"))["samples"]
    assert set(told) == set(make.SAMPLES)
    for name, sample in told.items():
        assert (make.HERE / name).stat().st_size < 2_000_000
        assert sample["side"] in ("left", "right")
        assert (sample["posture"] is None) == (sample["load"] == "unloaded")
        if sample["posture"]:
            apart = min(abs(sample["score"] - cut) for cut in make.CUTS)
            assert apart > 0.4, name
            assert sample["posture"] == make.posture(sample["score"])


def test_making_a_sample_again_gives_the_same_bytes():
    name = "very_high_arch_left_inch.3mf"
    content, foot = make.built(name)
    assert hashlib.sha256(content).digest() == hashlib.sha256((make.HERE / name).read_bytes()).digest()
    assert json.loads((make.HERE / "truth.json").read_text())["samples"][name] == json.loads(
        json.dumps(make.told(name, foot))
    )


@pytest.mark.parametrize(("room", "other"), [("sample_scans", "fitter"), ("fitter", "sample_scans")])
def test_what_constructs_and_what_measures_share_no_code(room, other):
    """Only the certificate, which compares the two, knows both."""
    sources = [path for path in (ROOT / room).rglob("*.py") if "certify" not in path.parts]
    assert sources
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if n.split(".")[0] == other], source
