"""A scanner's error is found on a block or a ball of known size, and feet are corrected for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from fitter import scanners
from fitter.captures import Capture
from fitter.errors import FitterError
from fitter.journey import run_journey
from fitter.quantity import Quantity
from fitter.scan.mesh import Mesh
from fitter.scan.scanner import ScaleCheck, Scanner, pooled
from fitter.scan.scanner_check import ObjectCheck, check_ball, check_block
from sample_scans import degrade, objects
from tests.scans import fit, sample, values

EDGES = {"length": 250.0, "width": 100.0, "height": 60.0}
EXACT = 1e-6  # mm: the known sizes are exact, so that only the scan's own error is stated
TODAY = date(2030, 5, 4)


def rng(seed: int = 2) -> np.random.Generator:
    return np.random.default_rng(seed)


def mesh(scan: degrade.Mesh) -> Mesh:
    return Mesh(scan[0], scan[1].astype(np.int32))


@cache
def block(step: float = 3.0) -> degrade.Mesh:
    return objects.block(*EDGES.values(), step=step, rounding=3.0)


@cache
def ball(step: float = 2.0) -> degrade.Mesh:
    return objects.ball(60.0, step=step)


def scanned(thing: degrade.Mesh, scale: float = 1.005, noise: float = 0.3, seed: int = 2) -> degrade.Mesh:
    """As a scanner sees it that shows lengths half a per cent too long."""
    points, faces = degrade.noisy(*thing, rng(seed), noise)
    return degrade.any_pose(scale * points, faces, rng(seed))


def assert_half_a_percent(found: ObjectCheck, noise: float = 0.3) -> None:
    assert found.scale == pytest.approx(1.005, abs=found.scale_u95)
    assert found.scale_u95 < 0.003
    assert found.noise_mm == pytest.approx(noise, rel=0.15)


@pytest.mark.parametrize("unit", ["mm", "cm", "m", "in"])
def test_a_blocks_scale_error_and_noise_are_found_in_any_pose_and_unit(unit: str) -> None:
    found = check_block(mesh(degrade.in_unit(*scanned(block()), unit)), EDGES)
    assert found.unit == unit
    assert [ln.name for ln in found.lengths] == ["length", "width", "height"]
    assert_half_a_percent(found)


@pytest.mark.parametrize("unit", ["mm", "cm", "m", "in"])
def test_a_balls_scale_error_and_noise_are_found_in_any_pose_and_unit(unit: str) -> None:
    found = check_ball(mesh(degrade.in_unit(*scanned(ball()), unit)), 60.0)
    assert found.unit == unit
    assert_half_a_percent(found)


def covered(check: object, number: int = 40) -> float:
    """Share of scans whose true scale error lies within the stated error of what is found."""
    inside = 0
    for seed in range(number):
        found: ObjectCheck = check(seed)  # type: ignore[operator]
        inside += abs(found.scale - 1.005) <= found.scale_u95
    return inside / number


def test_the_stated_error_of_a_block_covers_its_true_scale() -> None:
    assert covered(lambda s: check_block(mesh(scanned(block(5.0), seed=s)), EDGES, known_u95=EXACT)) >= 0.9


@pytest.mark.parametrize("lost", [0.0, 0.55])
def test_the_stated_error_of_a_ball_covers_its_true_scale(lost: float) -> None:
    points, faces = ball(3.0)
    part = points, faces[points[faces][:, :, 2].min(axis=1) >= 60.0 * lost]
    assert covered(lambda s: check_ball(mesh(scanned(part, seed=s)), 60.0, known_u95=EXACT)) >= 0.9


def test_less_of_a_ball_is_less_sure() -> None:
    points, faces = ball()
    top = points, faces[points[faces][:, :, 2].min(axis=1) > 38.0]
    whole, part = (check_ball(mesh(scanned(b)), 60.0, known_u95=EXACT) for b in (ball(), top))
    assert part.scale_u95 > 2.0 * whole.scale_u95


def test_a_block_on_a_wide_floor_with_holes_and_no_underside_is_measured_where_both_ends_are_seen() -> None:
    points, faces = degrade.holed(*block(), rng(), 8, 10.0)
    open_below = points, faces[points[faces][:, :, 2].max(axis=1) > 2.0]
    scene = degrade.with_floor(*open_below, margin=300.0)
    found = check_block(mesh(scanned(scene)), EDGES)
    assert [ln.name for ln in found.lengths] == ["length", "width"]
    assert found.notes == ("Not measured, as its two faces were not both seen: height (60 mm).",)
    assert_half_a_percent(found)


def test_a_ball_on_a_wide_floor_is_found() -> None:
    assert_half_a_percent(check_ball(mesh(scanned(degrade.with_floor(*ball(), margin=300.0))), 60.0))


def test_winding_and_welding_do_not_matter() -> None:
    broken = degrade.flipped(*degrade.unwelded(*scanned(block())), rng(), 0.4)
    assert_half_a_percent(check_block(mesh(broken), EDGES))


def test_a_cloud_of_points_will_do() -> None:
    rows = degrade.cloud(*scanned(block()), rng(), 30_000)
    found = check_block(Mesh(rows, np.zeros((0, 3), np.int32)), EDGES)
    assert found.scale == pytest.approx(1.005, abs=found.scale_u95)


def test_rounded_edges_do_not_shorten_a_block() -> None:
    round_edges = objects.block(*EDGES.values(), step=2.0, rounding=6.0)
    found = check_block(mesh(scanned(round_edges, 1.0, 0.0)), EDGES)
    assert found.scale == pytest.approx(1.0, abs=1e-5)


def test_a_block_that_is_off_by_the_caliper_is_no_surer_than_the_caliper() -> None:
    found = check_block(mesh(scanned(block())), {"length": 250.0}, known_u95=0.5)
    assert found.scale_u95 >= 0.5 / 250.0


def seen_from_one_side() -> degrade.Mesh:
    points, faces = block()
    return points, faces[(points[faces][:, :, 0] > 124.9).all(axis=1)]


@pytest.mark.parametrize(
    ("thing", "known", "code"),
    [
        (block, {"length": 200.0}, "length_fits_no_unit"),
        (seen_from_one_side, {"length": 250.0}, "no_block"),
        (lambda: objects.ball(60.0), {"length": 60.0}, "no_block"),
        (ball, 50.0, "no_ball"),
        (block, 60.0, "no_ball"),
    ],
)
def test_what_is_no_such_object_is_refused(thing, known, code) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(FitterError) as refused:
        check_ball(mesh(thing()), known) if isinstance(known, float) else check_block(mesh(thing()), known)
    assert refused.value.code == code
    assert "\n" not in str(refused.value)


def test_a_fifth_of_a_ball_is_too_little() -> None:
    points, faces = ball()
    cap = points, faces[points[faces][:, :, 2].min(axis=1) > 48.0]
    with pytest.raises(FitterError, match="too little of the ball was seen"):
        check_ball(mesh(scanned(cap)), 60.0)


def test_a_100_mm_edge_is_not_taken_for_250_mm_in_inches() -> None:
    points, faces = block()
    without_ends = points, faces[np.abs(points[faces][:, :, 0]).max(axis=1) < 124.0]
    with pytest.raises(FitterError) as refused:
        check_block(mesh(without_ends), {"length": 250.0})
    assert refused.value.code == "length_fits_no_unit"


# -- several checks, kept -----------------------------------------------------------------------------------


def check_of(scale: float, day: str = "2030-01-01") -> ScaleCheck:
    return ScaleCheck(scale, 0.0004, 0.3, day)


def test_more_checks_that_agree_make_a_scanner_surer() -> None:
    errors = [pooled("shop", [check_of(1.005)] * n).scale_u95 for n in (1, 2, 4, 8)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] > 0.0004  # the block's own error never averages out


def test_checks_that_disagree_make_it_less_sure_and_their_scatter_is_told() -> None:
    steady = pooled("shop", [check_of(s) for s in (1.004, 1.005, 1.006)])
    shaky = pooled("shop", [check_of(s) for s in (0.995, 1.005, 1.015)])
    assert steady.scale == shaky.scale == pytest.approx(1.005)
    assert shaky.repeat_sd == pytest.approx(0.01)
    assert shaky.scale_u95 > 2.0 * steady.scale_u95


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FITTER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def kept(scale: float = 1.005, day: str = "2030-05-01", scan: str = "") -> scanners.KeptCheck:
    return scanners.KeptCheck("block 250 mm", day, scan or f"{scale}{day}", scale, 0.0004, 0.3)


def test_a_check_is_kept_and_read_back(folder: Path) -> None:
    scanners.add("shop", kept(), TODAY)
    scanners.add(" shop ", kept(1.007), TODAY)
    found = scanners.load("shop", TODAY)
    assert (found.checks, found.scale, found.old) == (2, pytest.approx(1.006), False)
    assert [path.name for path in folder.iterdir()] == ["scanners.json"]


def test_the_same_scan_checked_twice_is_one_check(folder: Path) -> None:
    for _ in range(2):
        found = scanners.add("shop", kept(scan="same"), TODAY)
    assert found.checks == 1


def test_the_newest_checks_are_kept(folder: Path) -> None:
    for n in range(1, 15):
        scanners.add("shop", kept(1.0 + n / 1000, f"2030-02-{n:02d}"), TODAY)
    (checks,) = scanners.known().values()
    assert [check.scale for check in checks] == [pytest.approx(1.0 + n / 1000) for n in range(5, 15)]


def test_a_check_of_last_year_is_told_as_old(folder: Path) -> None:
    scanners.add("shop", kept(day="2029-05-01"), TODAY)
    assert scanners.load("shop", TODAY).old
    profile = fit(sample("neutral_right.stl"), scanner=scanners.load("shop", TODAY)).profile
    assert any("shop was last checked on 2029-05-01" in warning for warning in profile.warnings)


def test_an_unknown_scanner_names_the_known_ones(folder: Path) -> None:
    scanners.add("shop", kept(), TODAY)
    with pytest.raises(FitterError, match="known are shop"):
        scanners.load("shp", TODAY)
    assert scanners.forget("shop") == 1
    with pytest.raises(FitterError, match="scanner-check"):
        scanners.load("shop", TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"scanners": {"a": {}}}',
        '{"scanners": {"a": {"checks": [{"scale": "1"}]}}}',
        "[" * 9999,
    ],
)
def test_a_damaged_file_is_told_in_one_line(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "scanners.json").write_text(text)
    with pytest.raises(FitterError, match=r"scanners\.json: is damaged"):
        scanners.known()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 61])
def test_a_name_nobody_can_type_again_is_refused(folder: Path, name: str) -> None:
    with pytest.raises(FitterError):
        scanners.add(name, kept(), TODAY)


# -- a foot corrected ---------------------------------------------------------------------------------------

SHOP = Scanner("shop", 1.02, 0.004, 0.01, 3, 0.001, "2030-05-01")


def test_a_foot_from_a_scanner_that_shows_2_percent_too_much_gets_its_true_size() -> None:
    plain = fit(sample("neutral_right.stl")).profile.feet[0]
    result = fit(sample("neutral_right.stl"), scanner=SHOP)
    (foot,), (record,) = result.profile.feet, result.profile.captures
    for measure_id, value in values(plain).items():
        reading = plain.measurements.readings[measure_id]
        if measure_id != "rearfoot_angle" and isinstance(reading, Quantity) and reading.unit == "mm":
            assert values(foot)[measure_id] == pytest.approx(value / 1.02, rel=0.005), measure_id
    assert record.scanner == SHOP
    assert "2.00 % too long" in foot.assumptions["scanner"].text
    # A place on the foot is still found in the file.
    shape = result.shapes[0]
    assert shape is not None
    tip = shape.mesh.vertices[[int(shape.mesh.vertices[:, 0].argmax())]]
    (in_file,) = shape.placement.to_file(tip)
    raw = run_journey([Capture("foot.stl", sample("neutral_right.stl"))], only_measure=True).shapes[0]
    assert raw is not None
    all_of_it = raw.placement.to_file(raw.mesh.vertices)
    assert np.linalg.norm(all_of_it - in_file, axis=1).min() < 0.01


def test_what_stays_uncertain_of_the_scale_goes_into_lengths_and_not_into_ratios() -> None:
    sure = fit(sample("neutral_right.stl"), scanner=replace(SHOP, scale_u95=0.0)).profile.feet[0]
    foot = fit(sample("neutral_right.stl"), scanner=SHOP).profile.feet[0]
    for measure_id, reading in foot.measurements.readings.items():
        before = sure.measurements.readings[measure_id]
        if isinstance(reading, Quantity) and isinstance(before, Quantity):
            added = 0.004 * reading.value if reading.unit == "mm" else 0.0
            assert reading.u95 == pytest.approx(np.hypot(before.u95, added)), measure_id


def test_a_noisy_scanner_widens_what_a_smooth_scan_claims() -> None:
    calm = fit(sample("neutral_right.stl"), scanner=SHOP).profile.feet[0]
    rough = fit(sample("neutral_right.stl"), scanner=replace(SHOP, noise_mm=0.8)).profile.feet[0]
    for measure_id in ("foot_length", "heel_breadth", "ball_girth"):
        one, other = calm.measurements.get(measure_id), rough.measurements.get(measure_id)
        assert one is not None
        assert other is not None
        assert other.u95 > one.u95, measure_id


def test_a_ruler_is_no_scanner() -> None:
    rows = b"side,load,measure,value,unit\nright,standing,foot_length,251,mm\n"
    with pytest.raises(FitterError, match="Leave the scanner out"):
        run_journey([Capture("feet.csv", rows, scanner=SHOP)])
