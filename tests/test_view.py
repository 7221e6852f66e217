"""Claims about the foot in 3D: a pixel tells its place, colours are read by anyone, nothing is mirrored."""

from __future__ import annotations

import io

import numpy as np
import pytest

from fitter.app.canvas_picture import Item, drawn_over
from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.picture.camera import Camera, framing, project, towards, unproject
from fitter.picture.colours import SCALES
from fitter.picture.lines import measure_lines, ways_of
from fitter.picture.raster import NOTHING, render, smooth_normals, surface
from fitter.picture.scene import LIFT_MM, Look, Scene, change, partner, scenes, seen_shares
from fitter.picture.under import insole_under
from fitter.profile import FitResult
from fitter.resources import data_folder
from fitter.scan.foot import Foot
from fitter.scan.mesh import Mesh
from tests.test_picture import WHITE, blob, posed

SIZE = (240, 200)


@pytest.fixture(scope="module")
def fitted() -> FitResult:
    folder = data_folder("sample_scans")
    paths = [folder / name for name in ("neutral_right.stl", "neutral_left_tilted.stl")]
    return run_journey([Capture(path.name, path.read_bytes()) for path in paths])


def whole(foot: Foot, look: Look = Look(), **beside: object) -> Scene:  # noqa: B008 - frozen
    *_first, last = scenes(foot, look, marks={}, **beside)  # type: ignore[arg-type]
    return last


def lightness(rgb: np.ndarray) -> np.ndarray:
    """L* (CIE 1976) of colours (n, 3) in 0..1, sRGB."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return np.where(y > 0.008856, 116 * np.cbrt(y) - 16, 903.3 * y)


# Full deuteranopia, protanopia and tritanopia in linear RGB: Machado, Oliveira & Fernandes 2009, IEEE Trans.
# Vis. Comput. Graph. 15:1291.
BLINDNESS = {
    "normal": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                     [-0.011820, 0.042940, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                   [-0.003882, -0.048116, 1.051998]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
                   [0.004733, 0.691367, 0.303900]],
}  # fmt: skip


@pytest.mark.parametrize("eyes", BLINDNESS)
@pytest.mark.parametrize("meaning", SCALES)
def test_along_every_scale_the_colours_get_lighter_for_any_eyes(eyes, meaning):
    """More is lighter, for whoever can't tell red from green, or blue from yellow."""
    scale = SCALES[meaning]
    values = np.linspace(scale.steps[0][0], scale.steps[-1][0], 200)
    colours = scale.colours(values).astype(float)
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(BLINDNESS[eyes]).T, 0, 1)
    seen = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    assert (np.diff(lightness(seen)) > 0).all()
    assert np.ptp(lightness(seen)) > 40


@pytest.mark.parametrize("meaning", SCALES)
def test_the_colour_of_a_legends_step_is_the_colour_on_the_skin(meaning):
    for value, rgb in SCALES[meaning].steps:
        assert SCALES[meaning].colours(np.array([value]))[0] * 255 == pytest.approx(rgb, abs=1e-3)


def test_what_has_no_number_is_skin():
    from fitter.picture.colours import SKIN  # noqa: PLC0415

    assert SCALES["gap"].colours(np.array([np.nan]))[0] * 255 == pytest.approx(SKIN, abs=1e-3)


def test_a_pixel_with_its_depth_leads_back_to_the_place():
    camera, points = (
        Camera(33.0, -20.0, (90.0, 4.0, 30.0), 210.0),
        np.random.default_rng(0).normal(size=(9, 3)),
    )
    assert unproject(camera, project(camera, points, SIZE), SIZE) == pytest.approx(points, abs=1e-9)


@pytest.mark.parametrize("view", ["oblique", "sole", "heel"])
def test_the_place_under_a_pixel_lies_on_the_skin(view):
    """Of an egg whose surface is known the picked places are within 0.3 mm of the face that is told."""
    mesh = blob()
    camera = framing(towards(Camera(), view, "right"), mesh.vertices, SIZE)
    image = render(surface(mesh.vertices, mesh.faces, np.ones(3)), camera, SIZE, background=WHITE)
    rows, columns = np.nonzero(image.faces != NOTHING)
    at = np.stack([columns + 0.5, rows + 0.5, image.depth[rows, columns]], axis=1)
    corners = mesh.corners[image.faces[rows, columns]]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    off = np.abs(((unproject(camera, at, SIZE) - corners[:, 0]) * normal).sum(axis=1))
    assert np.percentile(off, 99.5) < 0.05
    assert off.max() < 0.3


def test_finer_edges_change_edges_only():
    """Well inside the foot and well outside of it the picture with smooth edges is the other one."""
    mesh = blob()
    camera = framing(Camera(), mesh.vertices, SIZE)
    drawn = surface(mesh.vertices, mesh.faces, np.ones(3))
    rough, fine = (
        render(drawn, camera, SIZE, background=WHITE, supersample=n).rgb.astype(int) for n in (1, 3)
    )
    differing = (rough != fine).any(axis=2)
    assert 0 < differing.mean() < 0.15
    edge = rough[:, :, 1]
    jump = np.abs(np.diff(edge, axis=1)).max()
    assert np.abs(np.diff(fine[:, :, 1], axis=1)).max() < jump, "the outline is softer"


def test_smooth_edges_are_what_a_picture_of_twice_the_size_shrinks_to():
    mesh = blob(30)
    camera = framing(Camera(), mesh.vertices, SIZE)
    drawn = surface(mesh.vertices, mesh.faces, np.ones(3))
    smooth = render(drawn, camera, SIZE, background=WHITE, supersample=2).rgb.astype(float)
    large = render(drawn, camera, (SIZE[0] * 2, SIZE[1] * 2), background=WHITE).rgb.astype(float)
    shrunk = large.reshape(SIZE[1], 2, SIZE[0], 2, 3).mean(axis=(1, 3))
    assert np.abs(smooth - shrunk).mean() < 0.4
    assert np.percentile(np.abs(smooth - shrunk), 99.9) < 14


def test_the_order_of_triangles_does_not_change_the_picture():
    mesh, random = blob(40), np.random.default_rng(3)
    mixed = Mesh(mesh.vertices, mesh.faces[random.permutation(len(mesh.faces))])
    camera = framing(Camera(), mesh.vertices, SIZE)
    one, other = (
        render(surface(m.vertices, m.faces, np.ones(3)), camera, SIZE, background=WHITE)
        for m in (mesh, mixed)
    )
    assert (one.rgb.astype(int) - other.rgb).max() <= 1


def test_a_copy_still_tells_the_face_of_the_whole_scan():
    """Picking while the foot turns gives a face of the scan, at most a cell away from what is seen."""
    from fitter.picture.raster import coarse  # noqa: PLC0415

    mesh = blob(120)
    copy = coarse(surface(mesh.vertices, mesh.faces, np.ones(3)), 4.0)
    assert copy.of is not None
    away = copy.vertices[copy.faces].mean(axis=1) - mesh.vertices[mesh.faces[copy.of]].mean(axis=1)
    assert np.linalg.norm(away, axis=1).max() < 2 * 4.0


def test_a_left_foot_stands_to_the_left_of_its_right_one(fitted):
    right, left = fitted.shapes
    for foot, other in ((right, left), (left, right)):
        scene = whole(foot, Look("both"), other=other)
        camera = towards(Camera(), "top", foot.side)
        at = project(camera, scene.fine.vertices, SIZE)[:, 0]
        mine = project(camera, scene.fine.vertices[: len(foot.mesh.vertices)], SIZE)[:, 0]
        beside = at.min() if foot.side == "right" else at.max()
        assert (beside < mine.min()) if foot.side == "right" else (beside > mine.max())


def test_beside_a_foot_stands_the_other_one_or_another_capture_of_it():
    feet = [("right", "sitting"), ("right", "standing"), ("left", "standing"), ("left", "sitting")]
    assert partner(feet, 1, "both") == 2
    assert partner(feet, 0, "both") == 3
    assert partner(feet, 1, "change") == 0
    assert partner(feet, 1, "one") is None
    assert partner(feet[:2], 0, "both") is None


def test_the_same_foot_has_not_changed_and_a_swollen_one_has_by_so_much():
    foot = posed(blob(80))
    assert np.abs(change(foot, foot)).max() == pytest.approx(0.0, abs=1e-9)
    outward = smooth_normals(foot.mesh.vertices.astype(np.float32), foot.mesh.faces)
    swollen = posed(Mesh(foot.mesh.vertices + 2.0 * outward, foot.mesh.faces))
    outwards = change(swollen, foot)
    assert np.median(outwards) == pytest.approx(2.0, abs=0.1)
    assert np.nanmin(outwards) > 0


def test_the_insole_lies_under_the_foot_as_thick_as_it_is_made(fitted):
    for foot, fit in zip(fitted.shapes, fitted.profile.feet, strict=True):
        under = insole_under(foot, fit.measurements, fit.support)
        low, high = under.vertices.min(axis=0), under.vertices.max(axis=0)
        length = fit.measurements.get("foot_length").value
        assert 0.95 * length < high[0] - low[0] < 1.1 * length
        assert under.thickness.max() == pytest.approx(high[2] - low[2], abs=1.0)
        medial = 1.0 if foot.side == "right" else -1.0
        arch = np.abs(under.vertices[:, 0] - 0.45 * length) < 8
        inner, outer = (
            under.thickness[arch & (medial * way * under.vertices[:, 1] > 20)].max() for way in (1, -1)
        )
        assert inner > outer, "the arch is held on the inner side of a left foot also"
        assert np.isfinite(under.gap).any()
        assert np.nanpercentile(under.gap, 5) > -4.0, "the foot doesn't sink through"
        scene = whole(foot, Look(insole=True, paint="gap"), under=under)
        assert [scale.meaning for scale in scene.scales] == ["gap", "thickness"]
        assert scene.quick.vertices[:, 2].min() == pytest.approx(low[2] - LIFT_MM, abs=2.0)
        assert scene.own == len(foot.mesh.faces)


def test_the_quality_of_a_scan_is_painted_as_its_regions_were_seen(fitted):
    foot = fitted.shapes[0]
    shares = seen_shares(foot)
    toes = foot.mesh.vertices[:, 0] > 0.95 * foot.mesh.vertices[:, 0].max()
    told = foot.quality.coverage
    assert set(np.unique(shares[toes]).round(1)) <= {round(100 * told[r], 1) for r in ("toes", "sole")}
    assert set(np.unique(shares).round(1)) <= {round(100 * share, 1) for share in told.values()}


def test_whatever_is_measured_on_a_scan_has_a_way_on_the_foot(fitted):
    """A measure that is picked is pointed out, on left feet also."""
    for foot, fit, marks in zip(fitted.shapes, fitted.profile.feet, fitted.landmarks, strict=True):
        readings = fit.measurements.readings
        measured = {key for key in readings if fit.measurements.get(key) is not None}
        angles = {key: fit.measurements.get(key).value for key in measured}
        drawn = {line.measure for line in measure_lines(marks, foot.mesh, angles)}
        without = {key for key in measured if not ways_of(key) & drawn}
        assert without == set()


def test_the_angle_of_the_heel_is_drawn_as_it_was_measured(fitted):
    foot, fit = fitted.shapes[0], fitted.profile.feet[0]
    angle = fit.measurements.get("rearfoot_angle").value
    lines = measure_lines(fitted.landmarks[0], foot.mesh, {"rearfoot_angle": angle})
    top, low, _plumb = next(line.points for line in lines if line.measure == "rearfoot_angle")
    assert np.degrees(np.arctan2(top[1] - low[1], top[2] - low[2])) == pytest.approx(angle, abs=1e-6)


def test_what_is_drawn_over_a_picture_is_drawn_into_the_file_at_its_place():
    from PIL import Image  # noqa: PLC0415

    over = (
        Item("line", (10, 10, 90, 10), fill="#ff0000", width=4),
        Item("rectangle", (20, 30, 40, 50), fill="#0000ff"),
        Item("text", (50, 70), fill="#000000", text="12 mm", size=14),
    )
    picture = drawn_over(Image.new("RGB", (200, 160), "#ffffff"), over, 2)
    assert picture.getpixel((100, 20))[0] > 200 > picture.getpixel((100, 20))[1]
    assert picture.getpixel((60, 80)) == (0, 0, 255)
    words = np.asarray(picture)[110:170, 40:160].min(axis=2) < 100
    assert words.any()
    assert np.flatnonzero(words.any(axis=0)).mean() == pytest.approx(60, abs=6), "centred on its place"
    out = io.BytesIO()
    picture.save(out, "PNG")
    assert out.getvalue().startswith(b"\x89PNG")
