"""Claims about pictures of feet: what is left is drawn left, what is nearer hides what is farther."""

from __future__ import annotations

import time

import numpy as np
import pytest

from fitter.captures import Capture
from fitter.journey import run_journey
from fitter.picture.camera import VIEWS, Camera, framing, orbit, pan, pixels_per_mm, project, towards, zoom
from fitter.picture.lines import MeasureLine, measure_lines
from fitter.picture.raster import NOTHING, coarse, render, surface
from fitter.picture.shadow import floor_shadow
from fitter.picture.views import height_colours, render_view, shown, view_camera
from fitter.resources import data_folder
from fitter.scan.foot import Foot, Placement, Quality
from fitter.scan.mesh import Mesh

WHITE = (255, 255, 255)


def blob(n: int = 60) -> Mesh:
    """A closed egg with the outline of a foot, big toe (the bulge) on the medial side (+y)."""
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, 2 * n, endpoint=False), np.linspace(0.01, np.pi - 0.01, n))
    x = 125.0 - 125.0 * np.cos(v)
    y = 45.0 * np.sin(v) * np.cos(u) + 30.0 * (x / 250.0) ** 2
    z = 35.0 + 35.0 * np.sin(v) * np.sin(u) - 10.0 * (x / 250.0)
    i, j = np.meshgrid(np.arange(n - 1), np.arange(2 * n), indexing="ij")
    a, b = i * 2 * n + j, i * 2 * n + (j + 1) % (2 * n)
    quads = np.stack([a, a + 2 * n, b + 2 * n, b], axis=-1).reshape(-1, 4)
    faces = np.vstack([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    points = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    corners = points[faces]
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum()
    return Mesh(points, faces if volume > 0 else np.ascontiguousarray(faces[:, ::-1]))


def posed(mesh: Mesh, side: str = "right") -> Foot:
    quality = Quality("A test shape.", "whole_foot", 0.0, 1.0, len(mesh.faces))
    return Foot(mesh, side, "standing", Placement(1.0, np.eye(3), np.zeros(3)), {}, quality)


@pytest.mark.parametrize("view", VIEWS)
def test_a_left_foot_looks_like_the_mirror_image_of_its_right_twin(view):
    """Inside every foot is a right one; on the screen a left one is a left one again."""
    right = render_view(posed(blob()), view, (160, 120), color=(200, 200, 200))
    left = render_view(posed(blob(), "left"), view, (160, 120), color=(200, 200, 200))
    outline_right, outline_left = ((image != 255).any(axis=2) for image in (right, left))
    differing = (outline_left != outline_right[:, ::-1]).mean()
    assert 0.05 < outline_right.mean() < 0.9
    assert differing < 0.01


def test_from_above_with_toes_up_the_big_toe_of_a_right_foot_is_on_the_left_of_the_picture():
    foot = posed(blob())
    camera = view_camera(foot, "top", (200, 300))
    toe, heel, medial, lateral = project(
        camera, np.array([[250.0, 0, 0], [0.0, 0, 0], [180.0, 50, 0], [180.0, -40, 0]]), (200, 300)
    )
    assert toe[1] < heel[1]
    assert medial[0] < lateral[0]


def test_from_below_with_toes_up_the_big_toe_of_a_right_foot_is_on_the_right():
    camera = view_camera(posed(blob()), "sole", (200, 300))
    toe, heel, medial = project(camera, np.array([[250.0, 0, 0], [0.0, 0, 0], [180.0, 50, 0]]), (200, 300))
    assert toe[1] < heel[1]
    assert medial[0] > heel[0]


@pytest.mark.parametrize("view", VIEWS)
def test_a_preset_view_holds_the_whole_foot(view):
    foot = posed(blob())
    size = (320, 200)
    at = project(view_camera(foot, view, size), foot.mesh.vertices, size)
    assert at[:, 0].min() > 0
    assert at[:, 0].max() < size[0]
    assert at[:, 1].min() > 0
    assert at[:, 1].max() < size[1]


def test_the_side_towards_the_eye_hides_the_other_and_its_faces_are_told():
    foot = posed(blob())
    camera = view_camera(foot, "top", (200, 200))
    image = render(
        surface(foot.mesh.vertices, foot.mesh.faces, np.ones(3)), camera, (200, 200), background=WHITE
    )
    seen = image.faces[image.faces != NOTHING]
    normals = np.cross(*(foot.mesh.corners[seen][:, k] - foot.mesh.corners[seen][:, 0] for k in (1, 2)))
    assert len(seen) > 2000
    assert (normals[:, 2] > 0).mean() > 0.99


def test_a_picked_face_lies_under_its_pixel():
    """Picking reads the face under the pointer: its centre must project back to that pixel."""
    foot = posed(blob())
    size = (300, 240)
    camera = view_camera(foot, "oblique", size)
    image = render(surface(foot.mesh.vertices, foot.mesh.faces, np.ones(3)), camera, size, background=WHITE)
    rows, columns = np.nonzero(image.faces != NOTHING)
    centres = project(camera, foot.mesh.corners[image.faces[rows, columns]].mean(axis=1), size)
    away = np.hypot(centres[:, 0] - columns - 0.5, centres[:, 1] - rows - 0.5)
    assert np.percentile(away, 99) < 0.05 * size[0]


def test_a_closed_foot_has_no_pinholes():
    """Every pixel well inside the outline is covered: neighbouring triangles leave no gap."""
    mesh = blob()
    camera = framing(towards(Camera(), "top", "right"), mesh.vertices, (250, 250))
    image = render(surface(mesh.vertices, mesh.faces, np.ones(3)), camera, (250, 250), background=WHITE)
    covered = image.faces != NOTHING
    for row in covered[covered.any(axis=1)]:
        first, last = np.flatnonzero(row)[[0, -1]]
        assert row[first : last + 1].all()


def test_the_nearer_of_two_crossing_plates_is_seen_on_each_side():
    """The depth test is made pixel by pixel, not triangle by triangle."""
    plates = np.array([[-50, -50, -20], [50, -50, 20], [50, 50, 20], [-50, 50, -20]], dtype=float)
    other = plates * (1, 1, -1)
    faces = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]])
    drawn = surface(np.vstack([plates, other]), faces, np.ones(3))
    image = render(drawn, Camera(180.0, 90.0, span=120.0), (100, 100), background=WHITE)
    # Toes up: +x is at the top, where the first plate is the higher one.
    assert set(np.unique(image.faces[15:45, 30:70])) <= {0, 1}
    assert set(np.unique(image.faces[55:85, 30:70])) <= {2, 3}


def test_turning_there_and_back_gives_the_same_camera():
    start = Camera(30.0, 20.0)
    assert orbit(orbit(start, 55.0, 15.0), -55.0, -15.0) == start


def test_turning_stops_straight_above_and_below():
    assert orbit(Camera(), 0.0, 500.0).elevation == 90.0
    assert orbit(Camera(), 0.0, -500.0).elevation == -90.0


def test_zooming_keeps_the_point_under_the_pointer():
    size, pointer = (400, 300), (310.0, 80.0)
    start = Camera(40.0, 25.0, (100.0, 10.0, 30.0), 280.0)
    right, up, _ = start.axes
    scale = pixels_per_mm(start, size)
    point = np.array(start.target) + right * (pointer[0] - 200) / scale + up * (150 - pointer[1]) / scale
    closer = zoom(start, 1.7, pointer, size)
    assert closer.span == pytest.approx(start.span / 1.7)
    assert project(closer, point[None], size)[0, :2] == pytest.approx(pointer, abs=1e-6)


def test_panning_carries_the_foot_with_the_hand():
    size, at = (400, 300), np.array([[120.0, -8.0, 40.0]])
    start = Camera(40.0, 25.0, (100.0, 10.0, 30.0), 280.0)
    before, after = project(start, at, size), project(pan(start, 25.0, -10.0, size), at, size)
    assert after[0, :2] - before[0, :2] == pytest.approx((25.0, -10.0))


def test_the_coarse_copy_keeps_the_shape():
    mesh = blob(200)
    fine = surface(mesh.vertices, mesh.faces, np.ones(3))
    copy = coarse(fine, 4.0)
    assert len(copy.faces) < len(fine.faces) / 3
    assert np.abs(copy.vertices.max(axis=0) - fine.vertices.max(axis=0)).max() < 4.0
    camera = framing(Camera(), mesh.vertices, (150, 150))
    whole, quick = (render(s, camera, (150, 150), background=WHITE).faces != NOTHING for s in (fine, copy))
    assert (whole != quick).mean() < 0.02


def test_a_point_cloud_is_drawn_as_points():
    mesh = blob(40)
    image = render_view(posed(Mesh(mesh.vertices, np.empty((0, 3), np.int32))), "top", (200, 200))
    assert (image != 255).any(axis=2).sum() > 2000


def test_the_sole_is_darker_where_it_touches_the_floor():
    """Lightness alone tells the height, for any colour vision and in grey print."""
    lightness = height_colours(np.array([0.0, 2.0, 5.0, 10.0, 18.0, 30.0])) @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(lightness) > 0.02).all()


def test_landmarks_of_a_left_foot_are_mirrored_for_display():
    assert shown("left", np.array([[1.0, 2.0, 3.0]])).tolist() == [[1.0, -2.0, 3.0]]
    assert shown("right", np.array([[1.0, 2.0, 3.0]])).tolist() == [[1.0, 2.0, 3.0]]


def test_an_unknown_view_is_refused_by_name():
    with pytest.raises(ValueError, match="sideways"):
        render_view(posed(blob(10)), "sideways", (50, 50))


def test_the_same_foot_gives_the_same_picture():
    foot = posed(blob())
    assert (render_view(foot, "oblique", (120, 90)) == render_view(foot, "oblique", (120, 90))).all()


def test_a_hundred_thousand_triangles_turn_smoothly():
    """The coarse copy at half resolution, as while dragging; the bound leaves room for a busy machine."""
    mesh = blob(160)
    fine = surface(mesh.vertices, mesh.faces, np.ones(3))
    assert len(fine.faces) > 100_000
    copy, camera = coarse(fine, 3.0), framing(Camera(), mesh.vertices, (450, 350))
    times = []
    for _ in range(5):
        start = time.perf_counter()
        render(copy, camera, (450, 350), background=WHITE)
        times.append(time.perf_counter() - start)
    assert min(times) < 0.25


def test_a_foot_throws_its_shadow_on_the_floor_around_it_and_not_far_away():
    """Seen from above, the floor beside the foot is darker than the floor at the picture's corner."""
    mesh, size = blob(), (240, 240)
    camera = framing(towards(Camera(), "oblique", "right"), mesh.vertices * 1.6, size)
    drawn = surface(mesh.vertices, mesh.faces, np.ones(3))
    image = render(drawn, camera, size, background=WHITE, shadow=floor_shadow(mesh.vertices))
    floor = image.rgb[image.faces == NOTHING].min(axis=1)
    assert floor.min() < 215
    assert image.rgb[0, 0].min() == 255


def test_from_below_no_shadow_lies_between_the_eye_and_the_sole():
    mesh, size = blob(), (120, 120)
    camera = framing(towards(Camera(), "sole", "right"), mesh.vertices, size)
    drawn = surface(mesh.vertices, mesh.faces, np.ones(3))
    image = render(drawn, camera, size, background=WHITE, shadow=floor_shadow(mesh.vertices))
    assert (image.rgb[image.faces == NOTHING] == 255).all()


def test_measure_lines_are_as_long_as_their_measures():
    """On the landmarks of a foot: along x for lengths, along y for widths, down to the floor for heights."""
    marks = {
        "pternion": (0.0, 0.0, 20.0), "acropodion": (250.0, 5.0, 12.0),
        "metatarsale_tibiale": (182.0, 45.0, 22.0), "metatarsale_fibulare": (158.0, -50.0, 14.0),
        "dorsum_50": (125.0, 8.0, 62.0),
    }  # fmt: skip
    spans = {line.measure: np.ptp(line.points, axis=0).tolist() for line in measure_lines(marks)}
    assert spans["foot_length"] == [250.0, 0.0, 0.0]
    assert spans["ball_length"] == [182.0, 0.0, 0.0]
    assert spans["ball_breadth"] == [0.0, 95.0, 0.0]
    assert spans["instep_height"] == [0.0, 0.0, 62.0]
    assert "heel_breadth" not in spans, "no line without its landmarks"


def test_a_tape_drawn_around_the_foot_is_as_long_as_the_girth_that_was_measured():
    """Drawing and measuring cut in the same planes."""
    path = data_folder("sample_scans") / "neutral_right.stl"
    result = run_journey([Capture(path.name, path.read_bytes())], only_measure=True)
    drawn = {line.measure: line for line in measure_lines(result.landmarks[0], result.shapes[0].mesh)}
    for measure in ("ball_girth", "instep_girth"):
        assert drawn[measure].closed
        assert drawn[measure].length == pytest.approx(
            result.profile.feet[0].measurements.get(measure).value, abs=0.5
        )


def test_a_sampled_way_keeps_its_ends_and_its_length():
    line = MeasureLine("foot_length", np.array([[0.0, 0, 0], [100.0, 0, 0], [100.0, 50.0, 0]]))
    points = line.sampled(7.0)
    assert points[0].tolist() == [0.0, 0.0, 0.0]
    assert points[-1].tolist() == [100.0, 50.0, 0.0]
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).max() <= 7.0
