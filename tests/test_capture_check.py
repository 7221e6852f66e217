"""While the person still stands there: is this capture good, usable, or to be taken again, and why."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from fitter.exchange.csv_profile import from_csv, to_csv
from fitter.exchange.json_profile import from_json, to_json
from fitter.exchange.text_report import to_text
from fitter.profile import FitResult
from fitter.scan.capture_check import moved_between
from fitter.scan.foot import SOLE_KINDS
from fitter.scan.mesh import Mesh
from fitter.scan.scanner import Scanner
from sample_scans import degrade
from sample_scans import mesh as cutting
from tests.scans import fit, sample, stl, surface


@cache
def foot(fine: bool = False) -> degrade.Mesh:
    """A constructed right foot in the foot frame; fine, with four triangles for each."""
    points, faces = surface().vertices, surface().faces.astype(np.int64)
    if not fine:
        return points, faces
    edges = np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)
    unique, at = np.unique(edges, axis=0, return_inverse=True)
    ab, bc, ca = at.reshape(3, -1) + len(points)
    a, b, c = faces.T
    parts = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    return np.vstack([points, points[unique].mean(axis=1)]), np.vstack([np.stack(p, axis=1) for p in parts])


@cache
def normals() -> np.ndarray:
    points, faces = foot()
    a, b, c = (points[faces[:, k]] for k in range(3))
    cross = np.cross(b - a, c - a)
    return cross / np.linalg.norm(cross, axis=1, keepdims=True)


def rng() -> np.random.Generator:
    return np.random.default_rng(4)


def captured(mesh: degrade.Mesh) -> FitResult:
    points, faces = degrade.any_pose(*mesh, rng())
    return fit(stl(Mesh(points, faces.astype(np.int32))))


def facing(axis: int, sign: int) -> degrade.Mesh:
    """The foot without the skin that looks that way: that camera saw nothing."""
    points, faces = foot()
    return points, faces[sign * normals()[:, axis] < 0.5]


def heel_cut(depth: float, *, closed: bool) -> degrade.Mesh:
    points, faces = foot()
    cut = cutting.slice_below(points, faces, depth - points[:, 0])
    return cutting.capped(*cut) if closed else cut


def without(mesh: degrade.Mesh, place: tuple[float, float, float], radius: float) -> degrade.Mesh:
    """A hole of ``radius`` mm."""
    points, faces = mesh
    return points, faces[np.linalg.norm(points[faces].mean(axis=1) - np.array(place), axis=1) > radius]


def seen_again(part: float) -> degrade.Mesh:
    """The foot, and the part of it forward of ``part`` mm once more, 3 mm aside."""
    points, faces = foot()
    front = faces[points[faces][:, :, 0].min(axis=1) > part]
    return degrade.joined((points, faces), (points + np.array([0.0, 3.0, 0.0]), front))


GOOD: dict[str, Callable[[], degrade.Mesh]] = {
    "clean": foot,
    "fine": lambda: foot(fine=True),
    "with noise of 0.3 mm": lambda: degrade.noisy(*foot(), rng(), 0.3),
    "fine, with noise of 0.3 mm": lambda: degrade.noisy(*foot(fine=True), rng(), 0.3),
    "on a floor": lambda: degrade.with_floor(*foot()),
    "with small holes": lambda: degrade.holed(*foot(), rng(), 5, 6.0),
    "triangles turned over": lambda: degrade.flipped(*foot(), rng(), 0.3),
    "corners not shared": lambda: degrade.unwelded(*foot()),
    "ankle cut at 9 cm": lambda: degrade.cropped(*foot(), 90.0),
    "sole with walls": lambda: degrade.cropped(*foot(fine=True), 30.0),
    "sole": lambda: degrade.plantar_only(*foot(fine=True)),
    "sole with noise of 0.3 mm": lambda: degrade.noisy(*degrade.plantar_only(*foot(fine=True)), rng(), 0.3),
    "impression in foam": lambda: degrade.foam_impression(
        *foot(fine=True), 40.0, holes=3, spikes=3, rng=rng()
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_capture_is_good(name: str) -> None:
    (found,) = captured(GOOD[name]()).profile.feet
    assert (found.quality.verdict, found.quality.why) == ("good", ())
    if found.quality.kind in SOLE_KINDS:  # one skin, with no regions above it
        assert set(found.quality.coverage) == {"sole", "sides"}
        assert found.quality.coverage["sole"] > 0.97
        return
    assert set(found.quality.coverage) == {
        "heel", "inner side", "outer side", "sole", "toes", "dorsum", "ankle",
    }  # fmt: skip
    assert min(found.quality.coverage.values()) > 0.7


def test_both_feet_of_a_pair_are_good_and_no_one_moved() -> None:
    feet = captured(degrade.with_second_foot(*foot())).profile.feet
    assert [f.quality.verdict for f in feet] == ["good", "good"]


@pytest.mark.parametrize(
    "name",
    ["bunion_right.ply", "unloaded_left.obj", "very_high_arch_left_inch.3mf", "very_low_arch_right.ply"],
)
def test_an_unusual_foot_is_no_fault_of_the_capture(name: str) -> None:
    (found,) = fit(sample(name), name).profile.feet
    assert found.quality.verdict == "good"


RETAKE: dict[str, tuple[Callable[[], degrade.Mesh], str]] = {
    "moved 2 mm aside": (lambda: degrade.moved_during_scan(*foot(), (0.0, 2.0, 0.0)), "moved"),
    "moved 2 mm ahead": (lambda: degrade.moved_during_scan(*foot(), (2.0, 0.0, 0.0)), "moved"),
    "moved 6 mm ahead": (lambda: degrade.moved_during_scan(*foot(), (6.0, 0.0, 0.0)), "moved"),
    "turned by 2 degrees": (lambda: degrade.moved_during_scan(*foot(), (0.0, 0.0, 0.0), 2.0), "moved"),
    "moved and noisy": (
        lambda: degrade.noisy(*degrade.moved_during_scan(*foot(), (2.0, 2.0, 0.0)), rng(), 0.3),
        "moved",
    ),
    "its front seen again after it moved": (lambda: seen_again(90.0), "moved"),
    "front half set off aside": (
        lambda: degrade.moved_halfway(*foot(fine=True), (0.0, 3.0, 0.0), (1.0, 0.0, 0.0), 110.0),
        "moved",
    ),
    "front half set off upwards": (
        lambda: degrade.moved_halfway(*foot(fine=True), (0.0, 0.0, 4.0), (1.0, 0.0, 0.0), 140.0),
        "moved",
    ),
    "upper part set off aside": (
        lambda: degrade.moved_halfway(*foot(fine=True), (0.0, 4.0, 0.0), (0.0, 0.0, 1.0), 25.0),
        "moved",
    ),
    "inner side not seen": (lambda: facing(1, 1), "inner side is missing"),
    "outer side not seen": (lambda: facing(1, -1), "outer side is missing"),
    "no sole": (
        lambda: (foot()[0], foot()[1][foot()[0][foot()[1]][:, :, 2].min(axis=1) > 3.0]),
        "sole was not seen",
    ),
    "toes cut": (lambda: degrade.toes_clipped(*foot(), 235.0), "toes are cut off"),
    "heel cut": (lambda: heel_cut(6.0, closed=False), "heel was not seen"),
    "heel cut and closed": (lambda: heel_cut(6.0, closed=True), "heel is cut off"),
    "sole with walls, front half set off aside": (
        lambda: degrade.cropped(
            *degrade.moved_halfway(*foot(fine=True), (0.0, 3.0, 0.0), (1.0, 0.0, 0.0), 110.0), 30.0
        ),
        "moved",
    ),
    "sole without its toes": (
        lambda: degrade.toes_clipped(*degrade.cropped(*foot(fine=True), 30.0), 235.0),
        "toes are cut off",
    ),
    "half the sole not seen": (
        lambda: without(degrade.cropped(*foot(fine=True), 30.0), (125.0, 0.0, 0.0), 36.0),
        "Part of the sole was not seen",
    ),
    "very rough": (lambda: degrade.noisy(*foot(fine=True), rng(), 1.3), "very rough"),
}


@pytest.mark.parametrize("name", RETAKE)
def test_a_capture_that_lost_something_is_to_be_taken_again_and_says_why(name: str) -> None:
    made, why = RETAKE[name]
    (found,) = captured(made()).profile.feet
    assert found.quality.verdict == "retake"
    assert why in found.quality.why[0]
    assert "Scan again" in found.quality.why[0]


def test_a_side_that_was_not_seen_is_told_from_the_other() -> None:
    inner, outer = (captured(facing(1, sign)).profile.feet[0].quality.coverage for sign in (1, -1))
    assert (inner["inner side"] < 0.1, inner["outer side"] > 0.9) == (True, True)
    assert (outer["outer side"] < 0.1, outer["inner side"] > 0.9) == (True, True)


def test_a_sole_over_itself_was_seen_before_and_after_it_moved() -> None:
    points, faces = degrade.plantar_only(*foot())
    sole = Mesh(points, faces.astype(np.int32))
    aside, beside = (Mesh(points + np.array([0.0, y, 0.0]), sole.faces) for y in (3.0, 120.0))
    assert moved_between(sole, aside, sole=True)
    assert not moved_between(sole, beside, sole=True)


def test_an_impression_is_judged_as_one() -> None:
    """A foot in foam stands on nothing that could be scanned from below."""
    toeless = degrade.toes_clipped(*degrade.foam_impression(*foot(fine=True), 40.0), 240.0)
    shallow = degrade.foam_impression(*foot(fine=True), 14.0)
    for mesh, why in ((toeless, "press the toes in"), (shallow, "The arch left no mark")):
        (found,) = captured(mesh).profile.feet
        assert found.quality.kind == "foam_impression"
        assert any(why in text for text in found.quality.why)
        assert not any("from below" in text or "moved" in text for text in found.quality.why)


def test_a_rough_scanner_makes_no_good_capture_of_one_smoothed() -> None:
    """The scanner's own software may hide its noise."""
    scanner = Scanner("A", 1.0, 0.0, 1.5, 5)
    (found,) = fit(stl(surface()), scanner=scanner).profile.feet
    assert found.quality.verdict == "retake"
    assert "very rough" in found.quality.why[0]


USABLE: dict[str, tuple[Callable[[], degrade.Mesh], str]] = {
    "sole filled flat": (lambda: degrade.sole_filled(*foot()), "filled the sole"),
    "no ankle": (lambda: degrade.cropped(*foot(), 66.0), "ankle"),
    "coarse": (lambda: degrade.decimated(*foot(), 8.0), "coarse"),
    "rough": (lambda: degrade.noisy(*foot(), rng(), 0.7), "rough"),
}


@pytest.mark.parametrize("name", USABLE)
def test_what_only_widens_errors_or_loses_a_measure_is_usable(name: str) -> None:
    made, why = USABLE[name]
    (found,) = captured(made()).profile.feet
    assert found.quality.verdict == "usable"
    assert any(why in text for text in found.quality.why)


def test_the_word_stands_first_in_the_text_and_in_every_file() -> None:
    profile = captured(degrade.moved_during_scan(*foot(), (0.0, 3.0, 0.0))).profile
    assert to_text(profile).splitlines()[1].startswith("  Take this scan again. The foot moved")
    for back in (from_json(to_json(profile).encode(), "a"), from_csv(to_csv(profile).encode(), "a")):
        assert back.feet[0].quality.verdict == "retake"
        assert back.feet[0].quality.why == profile.feet[0].quality.why


def test_a_profile_from_before_the_word_is_still_read() -> None:
    text = to_json(captured(foot()).profile).replace('"verdict": "good",\n', "")
    assert '"verdict"' not in text
    assert from_json(text.encode(), "a").feet[0].quality.verdict == "good"


def test_why_a_measure_is_missing_stands_in_one_place() -> None:
    lines = to_text(captured(degrade.sole_filled(*foot())).profile).splitlines()
    (at,) = (n for n, line in enumerate(lines) if "Not measured: Arch height" in line)
    assert "The scanner closed the sole" in " ".join(" ".join(lines[at : at + 4]).split())
