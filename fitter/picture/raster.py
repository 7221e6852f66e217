"""A software renderer: triangles or points to an RGB picture and the face under every pixel.

Plain NumPy, so the same picture comes out on every machine, with no graphics driver, and in tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fitter.picture.camera import Camera, Size, pixels_per_mm, project
from fitter.picture.shadow import Shadow, darkness

Rgb = tuple[int, int, int]
NOTHING = -1

# Gentle light in the camera's own frame (right, up, towards the eye): a key from above the left shoulder, a
# fill from the right, and a little from everywhere.
_KEY = np.array([-0.45, 0.65, 0.61], dtype=np.float32)
_FILL = np.array([0.75, -0.10, 0.65], dtype=np.float32)
_KEY_SHARE, _FILL_SHARE, _AMBIENT = 0.64, 0.24, 0.32
_RIM = 0.22  # how much darker the skin gets where it turns away from the eye: the outline stays readable
_CREASE = 0.85  # cosine between a face and the mean of its neighbours beyond which the edge is sharp
_INSIDE = 0.55  # the inside of an open scan is darker than its outside


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What is drawn: ``vertices`` (n, 3) in the shown frame, ``faces`` (m, 3), unit ``normals`` (n, 3) and
    ``colours`` (n, 3) in 0..1. ``flat`` (m, 3) are the faces' own normals, and ``creased`` (m, 3) marks the
    corners at a sharp edge, such as the rim of a cut ankle, where the face is lit by its own normal. Without
    faces the vertices are drawn as points."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    normals: NDArray[np.float32]
    colours: NDArray[np.float32]
    flat: NDArray[np.float32]
    creased: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """``rgb`` (h, w, 3) uint8; under each pixel (h, w) the face, or the point, else -1, and its ``depth``: mm
    away from the eye as in `project`, infinite where there is nothing."""

    rgb: NDArray[np.uint8]
    faces: NDArray[np.int32]
    depth: NDArray[np.float32]


def surface(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], colours: NDArray[np.floating]
) -> Surface:
    """A surface with smooth normals; ``colours`` is one colour (3,) or one a vertex (n, 3), in 0..1."""
    points = np.ascontiguousarray(vertices, dtype=np.float32)
    triangles = np.ascontiguousarray(faces, dtype=np.int32).reshape(-1, 3)
    painted = np.broadcast_to(np.asarray(colours, dtype=np.float32), points.shape)
    return _shaded(points, triangles, painted)


def _shaded(points: NDArray[np.float32], faces: NDArray[np.int32], colours: NDArray[np.float32]) -> Surface:
    smooth, flat = smooth_normals(points, faces), _unit(_face_normals(points, faces))
    creased = np.einsum("fcx,fx->fc", smooth[faces], flat) < _CREASE
    return Surface(points, faces, smooth, colours, flat, creased)


def smooth_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals (n, 3): the mean of the adjoining faces by their angle there, so that how a flat part is
    cut into triangles doesn't matter; zero where there is no face."""
    normal, angle = _unit(_face_normals(vertices, faces)), _corner_angles(vertices, faces)
    total = np.zeros((len(vertices), 3))
    for axis in range(3):
        for corner in range(3):
            share = normal[:, axis] * angle[:, corner]
            total[:, axis] += np.bincount(faces[:, corner], share, len(vertices))
    return _unit(total)


def _corner_angles(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """The angle (m, 3) of every face at its corners."""
    points = vertices[faces]
    along = [_unit(points[:, (k + 1) % 3] - points[:, k]) for k in range(3)]
    cosines = [-np.einsum("fx,fx->f", along[k], along[k - 1]) for k in range(3)]
    out: NDArray[np.float32] = np.arccos(np.clip(np.stack(cosines, axis=1), -1.0, 1.0))
    return out


def _face_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Normals (m, 3) as long as twice the area of each face."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    out: NDArray[np.float32] = np.cross(b - a, c - a)
    return out


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    out: NDArray[np.float32] = (vectors / np.where(length > 0, length, 1.0)).astype(np.float32)
    return out


def coarse(fine: Surface, cell_mm: float) -> Surface:
    """A copy with all vertices of a cell of ``cell_mm`` merged, quick enough to turn under the hand."""
    if not len(fine.vertices):
        return fine
    cells = np.floor((fine.vertices - fine.vertices.min(axis=0)) / cell_mm).astype(np.int64)
    wide = cells.max(axis=0) + 1
    key = (cells[:, 0] * wide[1] + cells[:, 1]) * wide[2] + cells[:, 2]
    _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    faces = cell[fine.faces].astype(np.int32)
    kept = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    vertices, colours = _means(fine.vertices, cell, count), _means(fine.colours, cell, count)
    return _shaded(vertices, faces[kept], colours)


def _means(
    values: NDArray[np.float32], cell: NDArray[np.int64], count: NDArray[np.int64]
) -> NDArray[np.float32]:
    sums = [np.bincount(cell, values[:, k], len(count)) for k in range(values.shape[1])]
    return (np.stack(sums, axis=1) / count[:, None]).astype(np.float32)


def render(
    drawn: Surface,
    camera: Camera,
    size: Size,
    *,
    background: Rgb,
    supersample: int = 1,
    shadow: Shadow | None = None,
) -> Image:
    """The surface seen by the camera in a picture of ``size`` (w, h); ``supersample`` 2 smooths the edges.

    ``shadow`` is thrown on the floor where that is seen from above.
    """
    large = (size[0] * supersample, size[1] * supersample)
    flat = project(camera, drawn.vertices, large).astype(np.float32)
    if len(drawn.faces):
        under, depth = _faces_under_pixels(flat, drawn.faces, large)
        rgb = _lit(drawn, flat, under, camera=camera, size=large, background=background)
    else:
        under, depth = _points_under_pixels(flat, large, max(2.0, 1.6 * pixels_per_mm(camera, large)))
        rgb = _dotted(drawn, under, depth, large, background)
    if shadow is not None:
        empty = np.flatnonzero(under == NOTHING)
        rgb[empty] *= darkness(shadow, camera, large, empty)[:, None]
    picture = _shrunk(rgb.reshape(large[1], large[0], 3), supersample)
    shape, each = (large[1], large[0]), slice(None, None, supersample)
    return Image(picture, under.reshape(shape)[each, each], depth.reshape(shape)[each, each])


def _shrunk(rgb: NDArray[np.float32], factor: int) -> NDArray[np.uint8]:
    """Every block of ``factor`` by ``factor`` pixels averaged, as bytes."""
    height, width, _ = rgb.shape
    blocks = rgb.reshape(height // factor, factor, width // factor, factor, 3)
    small: NDArray[np.float32] = rgb if factor == 1 else blocks.mean(axis=(1, 3))
    out: NDArray[np.uint8] = np.clip(small * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return out


def _nearest(
    pixel: NDArray[np.int64], depth: NDArray[np.float32], owner: NDArray[np.integer], count: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The z-buffer: of all fragments of a pixel the nearest one's owner, and its depth (mm)."""
    if not len(pixel):
        return np.full(count, NOTHING, np.int32), np.full(count, np.inf, np.float32)
    low, high = float(depth.min()), float(depth.max())
    step = max(high - low, 1e-6) / (2**31 - 1)
    key = ((depth.astype(np.float64) - low) / step).astype(np.uint64) << np.uint64(32) | owner.astype(
        np.uint64
    )
    nearest = np.full(count, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(nearest, pixel, key)
    hit = nearest != np.iinfo(np.uint64).max
    ids = np.where(hit, (nearest & np.uint64(0xFFFFFFFF)).astype(np.int64), NOTHING).astype(np.int32)
    mm = np.where(hit, low + (nearest >> np.uint64(32)).astype(np.float64) * step, np.inf)
    return ids, mm.astype(np.float32)


def _faces_under_pixels(
    flat: NDArray[np.float32], faces: NDArray[np.int32], size: Size
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Scan conversion of all triangles at once: triangles to rows, rows to spans, spans to fragments."""
    width, height = size
    xyz = flat[faces]  # (m, corner, xyz)
    x, y, z = xyz[..., 0], xyz[..., 1], xyz[..., 2]
    top = np.maximum(np.ceil(y.min(axis=1) - 0.5), 0).astype(np.int64)
    bottom = np.minimum(np.floor(y.max(axis=1) - 0.5), height - 1).astype(np.int64)
    inside = (x.max(axis=1) > 0) & (x.min(axis=1) < width) & (bottom >= top)
    chosen = np.flatnonzero(inside)
    face, row = _spread(chosen, top[chosen], bottom[chosen])
    left, right = _crossings(x[face], y[face], row + 0.5)
    first = np.maximum(np.ceil(left - 0.5), 0).astype(np.int64)
    last = np.minimum(np.floor(right - 0.5), width - 1).astype(np.int64)
    line, column = _spread(np.arange(len(face)), first, last)
    slope_x, slope_y = _slopes(x, y, z)
    owner = face[line]
    start = z[face, 0] + slope_y[face] * (row + 0.5 - y[face, 0]) + slope_x[face] * (0.5 - x[face, 0])
    # A face seen edge on has a boundless slope: its depth stays between those of its corners.
    near, far = z.min(axis=1)[owner], z.max(axis=1)[owner]
    depth = np.clip(start[line] + slope_x[owner] * column, near, far).astype(np.float32)
    return _nearest(row[line] * width + column, depth, owner, width * height)


def _spread(
    owner: NDArray[np.int64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Each owner once for every whole number from its first to its last, and those numbers."""
    count = np.maximum(last - first + 1, 0)
    before = np.cumsum(count) - count
    number = np.arange(int(count.sum())) + np.repeat(first - before, count)
    return np.repeat(owner, count), number


def _crossings(
    x: NDArray[np.float32], y: NDArray[np.float32], row: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the horizontal line ``row`` enters and leaves each triangle (n, 3 corners)."""
    left, right = np.full(len(row), np.inf), np.full(len(row), -np.inf)
    for a, b in ((0, 1), (1, 2), (2, 0)):
        ya, yb, xa, xb = y[:, a], y[:, b], x[:, a], x[:, b]
        rise = (yb - ya).astype(np.float64)
        cut = (np.minimum(ya, yb) <= row) & (row <= np.maximum(ya, yb)) & (rise != 0)
        at = xa + (xb - xa) * ((row - ya) / np.where(rise != 0, rise, 1.0))
        left, right = np.where(cut, np.minimum(left, at), left), np.where(cut, np.maximum(right, at), right)
    missed = ~np.isfinite(left)
    left[missed], right[missed] = 1.0, 0.0
    return left, right


def _slopes(
    x: NDArray[np.float32], y: NDArray[np.float32], value: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How a value at the corners (m, 3) changes a pixel to the right and a pixel down, on each triangle."""
    ux, uy, vx, vy = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0], x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    du, dv = value[:, 1] - value[:, 0], value[:, 2] - value[:, 0]
    area = ux.astype(np.float64) * vy - uy.astype(np.float64) * vx
    area = np.where(np.abs(area) > 1e-9, area, np.inf)
    return (du * vy - dv * uy) / area, (dv * ux - du * vx) / area


def _lit(
    drawn: Surface,
    flat: NDArray[np.float32],
    under: NDArray[np.int32],
    *,
    camera: Camera,
    size: Size,
    background: Rgb,
) -> NDArray[np.float32]:
    """Colours of all pixels (h * w, 3) in 0..1: light and paint at the corners, carried across each face."""
    rgb = np.empty((len(under), 3), np.float32)
    rgb[:] = np.array(background, np.float32) / 255.0
    hit = np.flatnonzero(under != NOTHING)
    face = under[hit]
    light = _corner_light(drawn, flat, camera)
    x, y = flat[:, 0][drawn.faces], flat[:, 1][drawn.faces]
    share = _shares(x[face], y[face], hit % size[0] + 0.5, hit // size[0] + 0.5)
    lit = [share[k] * light[face, k] for k in range(3)]
    if drawn.colours.strides[0] == 0:  # one colour for all
        rgb[hit] = (lit[0] + lit[1] + lit[2])[:, None] * drawn.colours[0]
    else:
        rgb[hit] = sum(lit[k][:, None] * drawn.colours[drawn.faces[face, k]] for k in range(3))
    return rgb


def _corner_light(drawn: Surface, flat: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Brightness (m, 3) at the corners of every face: by the smooth normal, at a crease by the face's."""
    turned = camera.axes.T.astype(np.float32)
    x, y = flat[:, 0][drawn.faces], flat[:, 1][drawn.faces]
    turn = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0])
    away = turn > 0  # pixels count downwards, so a face towards the eye turns the other way
    smooth, own = drawn.normals @ turned, drawn.flat @ turned
    front = np.where(drawn.creased, _light(own)[:, None], _light(smooth)[drawn.faces])
    back = np.where(drawn.creased, _light(-own)[:, None], _light(-smooth)[drawn.faces])
    out: NDArray[np.float32] = np.where(away[:, None], back * np.float32(_INSIDE), front)
    return out


def _light(normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness for unit normals (n, 3) in the camera's frame."""
    key = np.maximum(normal @ (_KEY / np.linalg.norm(_KEY)), 0.0)
    fill = np.maximum(normal @ (_FILL / np.linalg.norm(_FILL)), 0.0)
    rim = 1.0 - np.clip(normal[:, 2], 0.0, 1.0)
    light = (_AMBIENT + _KEY_SHARE * key + _FILL_SHARE * fill) * (1.0 - _RIM * rim**2)
    out: NDArray[np.float32] = light.astype(np.float32)
    return out


def _shares(
    x: NDArray[np.float32], y: NDArray[np.float32], px: NDArray[np.floating], py: NDArray[np.floating]
) -> tuple[NDArray[np.float32], ...]:
    """Barycentric shares of the three corners (n, 3) at the pixels, held within 0..1."""
    ux, uy, vx, vy = x[:, 1] - x[:, 0], y[:, 1] - y[:, 0], x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]
    dx, dy = (px - x[:, 0]).astype(np.float32), (py - y[:, 0]).astype(np.float32)
    area = ux * vy - uy * vx
    area = np.where(np.abs(area) > 1e-9, area, np.inf)
    second = np.clip((dx * vy - dy * vx) / area, 0.0, 1.0)
    third = np.clip((dy * ux - dx * uy) / area, 0.0, 1.0 - second)
    return 1.0 - second - third, second, third


def _points_under_pixels(
    flat: NDArray[np.float32], size: Size, dot: float
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Each point as a square of ``dot`` pixels, nearest in front."""
    side = np.arange(round(dot)) - round(dot) // 2
    column = np.floor(flat[:, 0]).astype(np.int64)[:, None, None] + side[None, None, :]
    row = np.floor(flat[:, 1]).astype(np.int64)[:, None, None] + side[None, :, None]
    column, row = np.broadcast_arrays(column, row)
    owner = np.broadcast_to(np.arange(len(flat))[:, None, None], row.shape)
    depth = np.broadcast_to(flat[:, 2][:, None, None], row.shape)
    seen = (column >= 0) & (column < size[0]) & (row >= 0) & (row < size[1])
    return _nearest((row * size[0] + column)[seen], depth[seen], owner[seen], size[0] * size[1])


def _dotted(
    drawn: Surface, under: NDArray[np.int32], depth: NDArray[np.float32], size: Size, background: Rgb
) -> NDArray[np.float32]:
    """Points have no normals: nearer ones are brighter."""
    rgb = np.empty((len(under), 3), np.float32)
    rgb[:] = np.array(background, np.float32) / 255.0
    hit = np.flatnonzero(under != NOTHING)
    if len(hit):
        near, far = float(depth[hit].min()), float(depth[hit].max())
        light = 1.0 - 0.65 * (depth[hit] - near) / max(far - near, 1e-6)
        rgb[hit] = drawn.colours[under[hit]] * light[:, None]
    return rgb
