"""A software renderer: triangles or points to an RGB picture and the face under every pixel.

Plain NumPy, so the same picture comes out on every machine, with no graphics driver, and in tests.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
    faces the vertices are drawn as points. Of a coarse copy, ``of`` (m,) is the face of the whole surface
    that each of its faces stems from."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    normals: NDArray[np.float32]
    colours: NDArray[np.float32]
    flat: NDArray[np.float32]
    creased: NDArray[np.bool_]
    of: NDArray[np.int32] | None = None


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


def unlit(
    vertices: NDArray[np.floating], faces: NDArray[np.integer], colours: NDArray[np.floating]
) -> Surface:
    """A surface without normals, which take a while on a large one: to be copied by `coarse`, not drawn."""
    points = np.ascontiguousarray(vertices, dtype=np.float32)
    triangles = np.ascontiguousarray(faces, dtype=np.int32).reshape(-1, 3)
    painted = np.broadcast_to(np.asarray(colours, dtype=np.float32), points.shape)
    nothing = np.zeros((0, 3), np.float32)
    return Surface(points, triangles, nothing, painted, nothing, nothing.astype(bool))


def _shaded(
    points: NDArray[np.float32],
    faces: NDArray[np.int32],
    colours: NDArray[np.float32],
    of: NDArray[np.int32] | None = None,
) -> Surface:
    a, b, c = _columns(faces)
    flat = _unit(_cross(points[b] - points[a], points[c] - points[a]))
    smooth = _smooth(points, (a, b, c), flat)
    creased = np.stack([_dots(smooth[k], flat) < _CREASE for k in (a, b, c)], axis=1)
    return Surface(points, faces, smooth, colours, flat, creased, of)


def smooth_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals (n, 3): the mean of the adjoining faces by their angle there, so that how a flat part is
    cut into triangles doesn't matter; zero where there is no face."""
    a, b, c = _columns(faces)
    flat = _unit(_cross(vertices[b] - vertices[a], vertices[c] - vertices[a]))
    return _smooth(vertices, (a, b, c), flat)


def _smooth(
    vertices: NDArray[np.float32], corners: Sequence[NDArray[np.int32]], flat: NDArray[np.float32]
) -> NDArray[np.float32]:
    points = [vertices[k] for k in corners]
    along = [_unit(points[(k + 1) % 3] - points[k]) for k in range(3)]
    angles = [np.arccos(np.clip(-_dots(along[k], along[k - 1]), -1.0, 1.0)) for k in range(3)]
    total = np.zeros((len(vertices), 3))
    for axis in range(3):
        for corner in range(3):
            total[:, axis] += np.bincount(corners[corner], flat[:, axis] * angles[corner], len(vertices))
    return _unit(total)


# Numbers of one kind lie one after the other: along an axis of length 3 NumPy is ten times slower.


def _columns(faces: NDArray[np.int32]) -> tuple[NDArray[np.int32], ...]:
    """The three corners (m,) of the faces."""
    return tuple(np.ascontiguousarray(faces.T))


def _dots(u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    out: NDArray[np.float32] = u[:, 0] * v[:, 0] + u[:, 1] * v[:, 1] + u[:, 2] * v[:, 2]
    return out


def _cross(u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    out = np.empty_like(u)
    for k in range(3):
        i, j = (k + 1) % 3, (k + 2) % 3
        out[:, k] = u[:, i] * v[:, j] - u[:, j] * v[:, i]
    return out


def _unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    x, y, z = vectors[:, 0], vectors[:, 1], vectors[:, 2]
    length = np.sqrt(x * x + y * y + z * z)
    length[length == 0] = 1.0
    out: NDArray[np.float32] = (vectors / length[:, None]).astype(np.float32)
    return out


def coarse(fine: Surface, cell_mm: float) -> Surface:
    """A copy with all vertices of a cell of ``cell_mm`` merged, quick enough to turn under the hand."""
    if not len(fine.vertices):
        return fine
    cells = np.floor((fine.vertices - fine.vertices.min(axis=0)) / cell_mm).astype(np.int64)
    wide = cells.max(axis=0) + 1
    key = (cells[:, 0] * wide[1] + cells[:, 1]) * wide[2] + cells[:, 2]
    _, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    a, b, c = (cell.astype(np.int32)[k] for k in _columns(fine.faces))
    kept = np.flatnonzero((a != b) & (b != c) & (c != a))
    faces = np.stack([a[kept], b[kept], c[kept]], axis=1)
    of = kept.astype(np.int32) if fine.of is None else fine.of[kept]
    vertices = _means(fine.vertices, cell, count)
    if fine.colours.strides[0] == 0:  # one colour for all
        colours = np.broadcast_to(fine.colours[0], vertices.shape)
    else:
        colours = _means(fine.colours, cell, count)
    return _shaded(vertices, faces, colours, of)


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
    """The surface seen by the camera in a picture of ``size`` (w, h).

    ``supersample`` smooths the edges: where the picture changes from one pixel to the next, each is the mean
    of so many by so many samples. ``shadow`` is thrown on the floor where that is seen from above.
    """
    flat = np.ascontiguousarray(project(camera, drawn.vertices, size).astype(np.float32).T)
    if not len(drawn.faces):
        return _points(drawn, flat, camera, size, background=background)
    under, depth = _faces_under_pixels(flat, drawn.faces, size)
    back = np.array(background, np.float32) / 255.0

    def ground(pixels: NDArray[np.integer]) -> NDArray[np.float32]:
        """Colours (n, 3) of what is behind the foot."""
        if shadow is None:
            return np.repeat(back[None], len(pixels), axis=0)
        return darkness(shadow, camera, size, pixels)[:, None] * back

    seen = under != NOTHING
    hit, empty = np.flatnonzero(seen), np.flatnonzero(~seen)
    rgb = np.empty((len(under), 3), np.float32)
    rgb[empty] = ground(empty)
    light = _lights(drawn, camera)
    rgb[hit] = _lit(drawn, flat, light, under[hit], (hit % size[0] + 0.5, hit // size[0] + 0.5), camera)
    if supersample > 1:
        _smooth_edges(rgb, ground, drawn, flat, light, camera, size, supersample)
    shape = (size[1], size[0])
    return Image(_bytes(rgb).reshape(*shape, 3), under.reshape(shape), depth.reshape(shape))


def _bytes(rgb: NDArray[np.float32]) -> NDArray[np.uint8]:
    out: NDArray[np.uint8] = np.clip(rgb * 255.0 + 0.5, 0, 255).astype(np.uint8)
    return out


_EDGE = 0.03  # a change of lightness from one pixel to the next beyond which it is an edge


def _smooth_edges(
    rgb: NDArray[np.float32],
    ground: Callable[[NDArray[np.integer]], NDArray[np.float32]],
    drawn: Surface,
    flat: NDArray[np.float32],
    light: _Lights,
    camera: Camera,
    size: Size,
    factor: int,
) -> None:
    """Draw the pixels at edges anew, ``factor`` by ``factor`` times as fine, and average: all others are the
    same either way. ``ground`` tells the colours of pixels without the surface."""
    width, height = size
    shade = rgb[:, 1].reshape(height, width)
    edge = np.zeros((height, width), bool)
    for one, other in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        change = np.abs(shade[one] - shade[other]) > _EDGE
        edge[one] |= change
        edge[other] |= change
    pixels = np.flatnonzero(edge)
    if not len(pixels):
        return
    chosen = _touching(flat, drawn.faces, edge)
    fine = (width * factor, height * factor)
    larger = flat * np.array([[factor], [factor], [1.0]], np.float32)
    rank = np.full(width * height, NOTHING, np.int32)
    rank[pixels] = np.arange(len(pixels), dtype=np.int32)

    def place(row: NDArray[np.integer], column: NDArray[np.integer]) -> NDArray[np.integer]:
        """The number of a sample among those of the pixels at edges, else -1."""
        at = rank[row // factor * width + column // factor]
        within = (row % factor) * factor + column % factor
        return np.where(at == NOTHING, NOTHING, at * factor**2 + within)

    under, _depth = _nearest_faces(larger, drawn.faces, chosen, fine, place, len(pixels) * factor**2)
    samples = np.repeat(ground(pixels), factor**2, axis=0)
    hit = np.flatnonzero(under != NOTHING)
    pixel, within = pixels[hit // factor**2], hit % factor**2
    x = pixel % width + (within % factor + 0.5) / factor
    y = pixel // width + (within // factor + 0.5) / factor
    samples[hit] = _lit(drawn, flat, light, under[hit], (x, y), camera)
    rgb[pixels] = samples.reshape(len(pixels), factor**2, 3).mean(axis=1)


def _touching(
    flat: NDArray[np.float32], faces: NDArray[np.int32], edge: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The faces whose box holds a marked pixel (h, w)."""
    height, width = edge.shape
    above = np.zeros((height + 1, width + 1), np.int32)
    above[1:, 1:] = edge.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)
    table, stride = above.ravel(), np.int32(width + 1)
    found = []
    for start in range(0, len(faces), _AT_ONCE):
        a, b, c = _columns(faces[start : start + _AT_ONCE])
        (left, right), (top, bottom) = (_span(axis[a], axis[b], axis[c]) for axis in flat[:2])
        x0, x1 = (np.clip(at, 0, width).astype(np.int32) for at in (left, right + 1))
        y0, y1 = (np.clip(at, 0, height).astype(np.int32) * stride for at in (top, bottom + 1))
        count = table[y1 + x1] - table[y0 + x1] - table[y1 + x0] + table[y0 + x0]
        found.append(start + np.flatnonzero(count > 0))
    return np.concatenate(found)


def _span(
    a: NDArray[np.float32], b: NDArray[np.float32], c: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    return np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)


def _points(
    drawn: Surface, flat: NDArray[np.float32], camera: Camera, size: Size, *, background: Rgb
) -> Image:
    dot = max(2.0, 1.6 * pixels_per_mm(camera, size))
    under, depth = _points_under_pixels(np.ascontiguousarray(flat.T), size, dot)
    rgb = _dotted(drawn, under, depth, size, background)
    shape = (size[1], size[0])
    return Image(_bytes(rgb).reshape(*shape, 3), under.reshape(shape), depth.reshape(shape))


# ---------------------------------------------------------------------------------------- what is nearest

_NOT_HIT = np.iinfo(np.uint64).max
_SMALL = 6  # pixels across: smaller faces are tried pixel by pixel of their box, larger ones row by row
Place = Callable[[NDArray[np.integer], NDArray[np.integer]], NDArray[np.integer]]  # row, column -> number


def _faces_under_pixels(
    flat: NDArray[np.float32], faces: NDArray[np.int32], size: Size
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The nearest face under the middle of every pixel (h * w), and its depth (mm)."""

    def place(row: NDArray[np.integer], column: NDArray[np.integer]) -> NDArray[np.integer]:
        return row * size[0] + column

    return _nearest_faces(flat, faces, None, size, place, size[0] * size[1])


def _nearest_faces(
    flat: NDArray[np.float32],
    faces: NDArray[np.int32],
    chosen: NDArray[np.int64] | None,
    size: Size,
    place: Place,
    count: int,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The z-buffer: of all ``chosen`` faces the nearest at each of ``count`` places."""
    nearest = np.full(count, _NOT_HIT, np.uint64)
    low = float(flat[2].min()) if flat.size else 0.0
    total = len(faces) if chosen is None else len(chosen)
    for start in range(0, total, _AT_ONCE):
        part = np.arange(start, min(start + _AT_ONCE, total)) if chosen is None else None
        those = chosen[start : start + _AT_ONCE] if part is None and chosen is not None else part
        assert those is not None
        corners = _columns(faces[start : start + len(those)] if chosen is None else faces[those])
        _put(nearest, low, flat, corners, those, size, place)
    return _read(nearest, low)


# Faces or pixels worked on at a time: what is reckoned of so many stays in the processor's cache, and other
# threads get their turn between.
_AT_ONCE = 1 << 15


def _put(
    nearest: NDArray[np.uint64],
    low: float,
    flat: NDArray[np.float32],
    corners: tuple[NDArray[np.int32], ...],
    owners: NDArray[np.integer],
    size: Size,
    place: Place,
) -> None:
    """Put faces, given by their ``corners``, into the z-buffer."""
    width, height = size
    x, y = ([axis[k] for k in corners] for axis in flat[:2])
    (left, right), (top, bottom) = _span(*x), _span(*y)
    half = np.float32(0.5)
    first_row, last_row = np.ceil(top - half), np.floor(bottom - half)
    first_column, last_column = np.ceil(left - half), np.floor(right - half)
    inside = (last_row >= first_row) & (last_column >= first_column)
    inside &= (last_row >= 0) & (first_row < height) & (last_column >= 0) & (first_column < width)
    small = inside & (last_row - first_row < _SMALL) & (last_column - first_column < _SMALL)
    for kind, fill in ((small, _by_box), (inside & ~small, _by_rows)):
        own = np.flatnonzero(kind)
        if not len(own):
            continue
        z = tuple(flat[2][k[own]] for k in corners)
        rows = np.maximum(first_row[own], 0), np.minimum(last_row[own], height - 1)
        columns = np.maximum(first_column[own], 0), np.minimum(last_column[own], width - 1)
        of_own = (tuple(axis[own] for axis in x), tuple(axis[own] for axis in y), z)
        face, row, column, depth = fill(of_own, rows, columns)
        at = place(row, column)
        key = np.maximum(depth - np.float32(low), np.float32(0.0)).view(np.uint32).astype(np.uint64)
        key = key << np.uint64(32) | owners[own[face]].astype(np.uint64)
        if at.min(initial=0) < 0:
            at, key = at[at >= 0], key[at >= 0]
        np.minimum.at(nearest, at, key)


def _read(nearest: NDArray[np.uint64], low: float) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Owner (-1: none) and depth (mm) of each place. Positive floats are in the order of their bits."""
    hit = nearest != _NOT_HIT
    ids = np.where(hit, (nearest & np.uint64(0xFFFFFFFF)).astype(np.int64), NOTHING).astype(np.int32)
    bits = (nearest >> np.uint64(32)).astype(np.uint32)
    return ids, np.where(hit, bits.view(np.float32) + np.float32(low), np.inf).astype(np.float32)


Corners = tuple[tuple[NDArray[np.float32], ...], ...]  # x, y, z of the three corners, (m,) each
Range = tuple[NDArray[np.float32], NDArray[np.float32]]
Fragments = tuple[
    NDArray[np.integer], NDArray[np.integer], NDArray[np.integer], NDArray[np.float32]
]  # face, row, column, depth


def _by_box(corners: Corners, rows: Range, columns: Range) -> Fragments:
    """Every pixel of a face's box that the face covers."""
    (xa, xb, xc), (ya, yb, yc), (za, zb, zc) = corners
    ux, uy, vx, vy = xb - xa, yb - ya, xc - xa, yc - ya
    area = ux * vy - uy * vx
    per_area = np.where(np.abs(area) > 1e-9, 1.0 / np.where(area == 0, 1.0, area), np.nan)  # NaN: covers none
    vy, vx, uy, ux = (way * per_area for way in (vy, vx, uy, ux))
    x, y = columns[0] + np.float32(0.5) - xa, rows[0] + np.float32(0.5) - ya
    # The shares of the second and third corner at the box's first pixel, from where they go in even steps.
    second, third = x * vy - y * vx, y * ux - x * uy
    wide, tall = (columns[1] - columns[0]).astype(np.int32) + 1, (rows[1] - rows[0]).astype(np.int32) + 1
    count = wide * tall
    face = np.repeat(np.arange(len(wide), dtype=np.int32), count)
    within = np.arange(len(face), dtype=np.int32) - np.repeat(np.cumsum(count, dtype=np.int32) - count, count)
    down = within // wide[face]
    along = within - down * wide[face]
    dx, dy = along.astype(np.float32), down.astype(np.float32)
    second = second[face] + dx * vy[face] - dy * vx[face]
    third = third[face] + dy * ux[face] - dx * uy[face]
    covered = np.flatnonzero((second >= -_EPSILON) & (third >= -_EPSILON) & (second + third <= 1 + _EPSILON))
    face = face[covered]
    depth = za[face] + second[covered] * (zb - za)[face] + third[covered] * (zc - za)[face]
    row, column = rows[0].astype(np.int32)[face] + down[covered], columns[0].astype(np.int32)[face]
    return face, row, column + along[covered], depth


_EPSILON = np.float32(1e-4)  # of a face: neighbours share their edge, and no pinhole opens by rounding


def _by_rows(corners: Corners, rows: Range, columns: Range) -> Fragments:
    """Triangles to rows, rows to spans, spans to pixels."""
    x, y, z = (np.stack(of, axis=1) for of in corners)
    face, row = _spread(np.arange(len(x)), rows[0].astype(np.int64), rows[1].astype(np.int64))
    left, right = _crossings(x[face], y[face], row + 0.5)
    first = np.maximum(np.ceil(left - 0.5).astype(np.int64), columns[0].astype(np.int64)[face])
    last = np.minimum(np.floor(right - 0.5).astype(np.int64), columns[1].astype(np.int64)[face])
    line, column = _spread(np.arange(len(face)), first, last)
    slope_x, slope_y = _slopes(x, y, z)
    owner = face[line]
    start = z[face, 0] + slope_y[face] * (row + 0.5 - y[face, 0]) + slope_x[face] * (0.5 - x[face, 0])
    # A face seen edge on has a boundless slope: its depth stays between those of its corners.
    near, far = z.min(axis=1)[owner], z.max(axis=1)[owner]
    depth = np.clip(start[line] + slope_x[owner] * column, near, far).astype(np.float32)
    return owner, row[line], column, depth


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


# ---------------------------------------------------------------------------------------- light

_Lights = NDArray[np.float32]  # (2, n) brightness of the vertices seen from outside and from inside


def _lights(drawn: Surface, camera: Camera) -> _Lights:
    own = drawn.normals @ camera.axes.T.astype(np.float32)
    return np.stack([_light(own), _light(-own) * np.float32(_INSIDE)])


def _lit(
    drawn: Surface,
    flat: NDArray[np.float32],
    light: _Lights,
    face: NDArray[np.int32],
    at: tuple[NDArray[np.floating], NDArray[np.floating]],
    camera: Camera,
) -> NDArray[np.float32]:
    """Colours (n, 3) in 0..1 where a ``face`` is seen ``at`` pixels (x, y)."""
    out = np.empty((len(face), 3), np.float32)
    for start in range(0, len(face), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        out[part] = _lit_part(drawn, flat, light, face[part], (at[0][part], at[1][part]), camera)
    return out


def _lit_part(
    drawn: Surface,
    flat: NDArray[np.float32],
    light: _Lights,
    face: NDArray[np.int32],
    at: tuple[NDArray[np.floating], NDArray[np.floating]],
    camera: Camera,
) -> NDArray[np.float32]:
    """Light and paint at the corners, carried across. At a crease the face is lit by its own normal."""
    corners = [drawn.faces[:, k][face] for k in range(3)]
    x, y = ([axis[k] for k in corners] for axis in flat[:2])
    area = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
    inside = area > 0  # pixels count downwards, so a face towards the eye turns the other way
    share = _shares(x, y, area, at)
    own = drawn.flat[face] @ camera.axes.T.astype(np.float32)
    own[inside] *= -1.0
    alone = _light(own) * np.where(inside, np.float32(_INSIDE), np.float32(1.0))
    side = inside.astype(np.intp)
    lit = [share[k] * np.where(drawn.creased[:, k][face], alone, light[side, corners[k]]) for k in range(3)]
    out: NDArray[np.float32]
    if drawn.colours.strides[0] == 0:  # one colour for all
        out = (lit[0] + lit[1] + lit[2])[:, None] * drawn.colours[0]
    else:
        one, two, three = (lit[k][:, None] * drawn.colours[corners[k]] for k in range(3))
        out = one + two + three
    return out


def _light(normal: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness for unit normals (n, 3) in the camera's frame."""
    key, fill = (
        np.maximum(normal @ (way / np.linalg.norm(way)).astype(np.float32), np.float32(0.0))
        for way in (_KEY, _FILL)
    )
    rim = 1.0 - np.clip(normal[:, 2], 0.0, 1.0)
    bright = _AMBIENT + np.float32(_KEY_SHARE) * key + np.float32(_FILL_SHARE) * fill
    out: NDArray[np.float32] = (bright * (1.0 - _RIM * rim * rim)).astype(np.float32)
    return out


def _shares(
    x: Sequence[NDArray[np.float32]],
    y: Sequence[NDArray[np.float32]],
    area: NDArray[np.float32],
    at: tuple[NDArray[np.floating], NDArray[np.floating]],
) -> tuple[NDArray[np.float32], ...]:
    """Barycentric shares of the three corners at pixels (x, y), held within 0..1."""
    dx, dy = (at[0] - x[0]).astype(np.float32), (at[1] - y[0]).astype(np.float32)
    per_area = np.where(np.abs(area) > 1e-9, 1.0 / np.where(area == 0, 1.0, area), 0.0).astype(np.float32)
    second = np.clip((dx * (y[2] - y[0]) - dy * (x[2] - x[0])) * per_area, 0.0, 1.0)
    third = np.clip((dy * (x[1] - x[0]) - dx * (y[1] - y[0])) * per_area, 0.0, 1.0 - second)
    return np.float32(1.0) - second - third, second, third


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
    low = float(flat[:, 2].min()) if len(flat) else 0.0
    key = (depth[seen] - np.float32(low)).view(np.uint32).astype(np.uint64) << np.uint64(32)
    nearest = np.full(size[0] * size[1], _NOT_HIT, np.uint64)
    np.minimum.at(nearest, (row * size[0] + column)[seen], key | owner[seen].astype(np.uint64))
    return _read(nearest, low)


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
