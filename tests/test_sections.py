"""A foot cut by a plane: in order, in true size, the same tape as the measures, and gaps told as gaps."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from fitter.anatomy.slices import Slice, Slicer, ball_plane, plane_at
from fitter.exchange.section_files import to_dxf, to_svg
from fitter.picture.guides import Shape
from fitter.picture.section import flat, picture, room_for
from fitter.profile import FitResult
from fitter.quantity import Missing, Quantity
from fitter.scan.foot import Foot
from fitter.scan.mesh import Mesh
from tests.scans import fit, mirrored, moved, sample, stl, surface


@cache
def fitted(name: str = "neutral_right.stl") -> FitResult:
    return fit(sample(name), name)


def foot_of(name: str = "neutral_right.stl") -> Foot:
    foot = fitted(name).shapes[0]
    assert foot is not None
    return foot


def slicer(foot: Foot, name: str = "neutral_right.stl") -> Slicer:
    return Slicer(foot, fitted(name).landmarks[0]["acropodion"][0])


def at_ball(name: str) -> Slice:
    plane = ball_plane(fitted(name).landmarks[0])
    assert plane is not None
    return slicer(foot_of(name), name).at(plane)


@pytest.mark.parametrize("name", ["neutral_right.stl", "flat_left_cm.obj", "very_high_arch_left_inch.3mf"])
def test_the_tape_around_a_section_is_the_measured_girth(name):
    measured = fitted(name).profile.feet[0].measurements
    ball, instep = measured.get("ball_girth"), measured.get("instep_girth")
    assert ball is not None
    assert instep is not None
    length = fitted(name).landmarks[0]["acropodion"][0]
    middle = slicer(foot_of(name), name).at(plane_at("across", 0.5 * length))
    for cut, girth in ((at_ball(name), ball), (middle, instep)):
        assert isinstance(cut.girth, Quantity)
        assert cut.girth.value == pytest.approx(girth.value, abs=0.1)
        assert cut.girth.u95 == pytest.approx(girth.u95, rel=0.2)


def test_a_whole_foot_is_cut_in_closed_outlines_that_lie_in_the_plane():
    cutter = slicer(foot_of())
    for plane in (plane_at("across", 90.0), plane_at("along", 3.0), plane_at("level", 12.0)):
        cut = cutter.at(plane)
        assert cut.outlines
        assert all(outline.closed for outline in cut.outlines)
        assert not cut.gaps
        assert np.abs((cut.points - plane.origin) @ plane.normal).max() < 1e-9


def test_toes_are_outlines_of_their_own():
    assert len(slicer(foot_of()).at(plane_at("across", 235.0)).outlines) > 1


@cache
def holed() -> Foot:
    """A foot with a hole in its dorsum that stays open."""
    foot = foot_of()
    middle = foot.mesh.corners.mean(axis=1)
    top = np.array(fitted().landmarks[0]["dorsum_50"])
    kept = np.linalg.norm(middle - top, axis=1) > 12.0
    return replace(foot, mesh=Mesh(foot.mesh.vertices, foot.mesh.faces[kept]), scanned=None)


def test_a_gap_in_the_scan_is_a_dashed_gap_and_no_tape_is_told():
    place = fitted().landmarks[0]["dorsum_50"][0]
    cut = slicer(holed()).at(plane_at("across", place))
    assert len(cut.gaps) == 1
    assert np.linalg.norm(cut.gaps[0][1] - cut.gaps[0][0]) == pytest.approx(24.0, abs=6.0)
    assert isinstance(cut.girth, Missing)
    assert cut.girth.code == "section_open"
    room = room_for(holed().mesh, "across", "right", 110.0)
    dashed = [p for p in picture(cut, "right", room).parts if isinstance(p, Shape) and p.dashed]
    assert len(dashed) == 1
    assert isinstance(slicer(holed()).at(plane_at("across", place + 40.0)).girth, Quantity)


def test_a_patch_over_a_hole_is_dashed_as_well():
    foot = foot_of()
    middle = foot.mesh.corners.mean(axis=1)
    top = np.array(fitted().landmarks[0]["dorsum_50"])
    order = np.argsort(np.linalg.norm(middle - top, axis=1) < 12.0, kind="stable")
    patched = replace(
        foot,
        mesh=Mesh(foot.mesh.vertices, foot.mesh.faces[order]),
        scanned=int((np.linalg.norm(middle - top, axis=1) >= 12.0).sum()),
    )
    cut = slicer(patched).at(plane_at("across", float(top[0])))
    room = room_for(foot.mesh, "across", "right", 110.0)
    lines = [p for p in picture(cut, "right", room).parts if isinstance(p, Shape) and p.line]
    assert any(p.dashed for p in lines)
    assert isinstance(cut.girth, Quantity)


def test_the_scan_s_own_patches_are_known_to_be_patches():
    assert foot_of().scanned == len(foot_of().mesh.faces)
    foot = fit(stl(_with_hole())).shapes[0]
    assert foot is not None
    assert foot.scanned is not None
    assert foot.scanned < len(foot.mesh.faces)


def _with_hole() -> Mesh:
    mesh = surface()
    middle = mesh.corners.mean(axis=1)
    top = middle[np.argmax(np.where(np.abs(middle[:, 0] - 125.0) < 6.0, middle[:, 2], -np.inf))]
    return Mesh(mesh.vertices, mesh.faces[np.linalg.norm(middle - top, axis=1) > 7.0])


def test_where_the_leg_goes_on_height_and_tape_are_not_told():
    cut = slicer(foot_of()).at(plane_at("across", 40.0))
    assert isinstance(cut.height, Missing)
    assert isinstance(cut.girth, Missing)
    assert isinstance(cut.width, Quantity)


@pytest.mark.parametrize("way", ["across", "along", "level"])
def test_a_drawing_is_as_large_as_the_section(way):
    foot = foot_of()
    cut = slicer(foot).at(plane_at(way, {"across": 150.0, "along": 5.0, "level": 15.0}[way]))
    svg = to_svg(picture(cut, "right", room_for(foot.mesh, way, "right", 110.0), bar="50 mm")).decode()
    filled = re.findall(r'<polygon points="([^"]*)" fill="#', svg)
    corners = np.array([[float(v) for v in p.split(",")] for ring in filled for p in ring.split()])
    true = flat(cut.plane, "right", cut.points)
    assert np.ptp(corners, axis=0) == pytest.approx(np.ptp(true, axis=0), abs=0.02)
    size = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="([\d.]+)mm" height="([\d.]+)mm"', svg)
    assert size is not None
    assert size[1] == size[3]
    assert size[2] == size[4]


def test_the_same_section_gives_the_same_bytes():
    foot = foot_of()
    cut, again = (slicer(foot).at(plane_at("across", 150.0)) for _ in range(2))
    room = room_for(foot.mesh, "across", "right", 110.0)
    assert to_svg(picture(cut, "right", room)) == to_svg(picture(again, "right", room))
    assert to_dxf(cut, "right", "Section") == to_dxf(again, "right", "Section")


def test_a_left_foot_s_section_is_the_mirror_image():
    """The same foot, mirrored: seen from behind, its inner side lies at the other hand."""
    other = fit(stl(mirrored(surface()))).shapes[0]
    assert other is not None
    assert other.side == "left"
    plane = plane_at("across", 150.0)
    right = flat(plane, "right", slicer(foot_of()).at(plane).points)
    left = flat(plane, "left", slicer(other).at(plane).points)
    assert (left[:, 0].min(), left[:, 0].max()) == pytest.approx(
        (-right[:, 0].max(), -right[:, 0].min()), abs=0.3
    )


def test_how_the_file_lies_changes_no_section():
    turned = fit(
        stl(moved(surface(), np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])))
    ).shapes[0]
    assert turned is not None
    plane = plane_at("across", 125.0)
    one, other = slicer(foot_of()).at(plane).girth, slicer(turned).at(plane).girth
    assert isinstance(one, Quantity)
    assert isinstance(other, Quantity)
    assert other.value == pytest.approx(one.value, abs=0.2)


def test_a_drawing_has_a_bar_of_50_mm_only_where_a_mm_is_known():
    foot = foot_of()
    cut, room = slicer(foot).at(plane_at("across", 150.0)), room_for(foot.mesh, "across", "right", 110.0)
    bars = [
        [p for p in picture(cut, "right", room, bar=bar).parts if isinstance(p, Shape) and p.line == "ink"]
        for bar in ("50 mm", "")
    ]
    assert [len(lines) for lines in bars] == [3, 0]
