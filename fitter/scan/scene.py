"""What is in the file: the pieces that could be feet, told from floor, wall, table, bars and crumbs.

Nothing is known yet of unit, pose or side, so every threshold is a share of the scene itself and every
choice a function of distances alone: a turned file falls apart into the same pieces. A fine scan
is lightened (`joined_in_cubes`); else no vertex is moved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label
from scipy.spatial import ConvexHull, cKDTree

from fitter.errors import FitterError
from fitter.saying import say
from fitter.scan.cloud import surface_from_points
from fitter.scan.foot import Placement
from fitter.scan.mesh import Mesh, Points
from fitter.scan.repair import (
    coarse,
    components,
    drop_degenerate,
    face_areas,
    hashed,
    joined_in_cubes,
    largest,
    weld,
    without_spikes,
    without_unused,
)
from fitter.scan.rough import rough_frame, rough_length
from fitter.scan.surface import Grain, edge_length, roughness

# A fine scan is lightened before anything is looked for in it: its corners are joined in cubes.
_LIGHTENED_ABOVE = 200_000  # triangles; fewer are measured as they are
# At 1.2 mm a chord over a toe's tip (3 mm radius) sags by 0.06 mm, and a cube's mean lies 0.04 mm inside.
_CELLS_PER_FOOT = 210.0  # 1.2 mm on a foot of 250 mm
_FEWEST_CELLS = 172.0
_CELLS_PER_ROOT_AREA = 218.0  # a foot cut above the ankle has 1.0 to 1.1 times its length squared of skin
_CELLS_TRIED = 4
_WORTH_WHILE = 0.7  # of the triangles left at most
_GRAIN_FACES = 30_000  # triangles that tell how rough a scan is

_SAMPLES = 2_000  # points that stand for a piece while planes are looked for
_SEEDS = 48  # places where a plane is tried
_STRIDE_ABOVE = 50_000  # faces; of more, every so manyth
_NEIGHBOURS = 10  # samples that give a seed's plane
_BAND = 0.006  # of the piece's size: how near a plane a point counts for it
_LEAST_BAND = 3e-4  # of the piece's size: rounding of a file
_NOISE_BANDS = 4.0  # times the plane's own noise (SD) is still the plane
_TRIES = 3  # planes looked at in one piece before it is taken to stand free
_LEAST_PLANE = 0.08  # of the surface: less is no floor
# A sole filled flat, a sole pressed flat and a capped ankle are planes too, but end where the foot ends.
_BEYOND_MARGIN = 0.05  # of the rest's size: further out than this is beyond the rest's outline
_LEAST_BEYOND = 0.04  # of the surface
_MOST_WITHIN = 0.7  # of the plane's own surface
_LEAST_OFF = 0.1  # of the rest's size: what rises less above the plane is the bend of one sheet (an insole)
_ALL_PLANE = 0.97  # of the surface in one plane: nothing stands on it

_CRUMB = 0.01  # of the scene's surface: smaller is never a foot
_FOOT_SIZED = 0.25  # of the largest piece's surface
_MANY_BODIES = 10  # a foot has 26 bones; a scan of it hardly so many parts of any size
_MOST_PIECES = 6  # tried as feet, largest first
_LEAST_FACES = 100  # fewer make no foot
_GAP = 1.5  # spacings of a cloud's points: further apart are two pieces
_SPACING_POINTS = 30_000
_MOST_CELLS = 256  # along the longest side of a cloud


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """The points x with ``normal @ x == offset`` (file coordinates), ``tolerance`` thick to either side."""

    normal: NDArray[np.float64]
    offset: float
    tolerance: float

    def holds(self, points: Points) -> NDArray[np.bool_]:
        """(n,) which of ``points`` (n, 3) lie on it."""
        return np.asarray(np.abs(points @ self.normal - self.offset) <= self.tolerance)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A connected surface that could be a foot, what was done to it, in sentences, the planes it had grown
    together with, and whether it was a cloud of points."""

    mesh: Mesh
    notes: tuple[str, ...]
    cut_from: tuple[Plane, ...] = ()
    from_points: bool = False
    grain: Grain | None = None  # of the scan itself, where this is a coarser copy

    def refuse_contradiction(self, placement: Placement, top: float) -> None:
        """Refuse a pose (its highest point at ``top`` mm) in which the foot does not stand on the floor that
        it was cut from."""
        for plane in self.cut_from:
            normal, height = _placed(plane, placement)
            level = abs(normal[2]) > _LEVEL
            if level and (height > 0.7 * top or self._inside_out(placement)):
                raise FitterError(
                    "this is a hollow in a flat surface, as a foot leaves in a foam box, and no foot",
                    todo="Scan the whole impression, heel and ball in one piece, or the foot itself",
                    code="impression",
                )
            if _UPRIGHT < abs(normal[2]) <= _LEVEL:
                raise FitterError(
                    "which way is up could not be found: the foot would stand aslant on its floor",
                    todo="Export the scan without the floor, or scan again with the sole seen",
                    code="no_pose",
                )

    def _inside_out(self, placement: Placement) -> bool:
        """True where the surface over z = 0 is wound so that its outside looks into the foot: what stands on
        the floor is then a hollow in it, seen upside down, and would be measured as the other side's foot."""
        corners = placement.to_foot(self.mesh.corners.reshape(-1, 3)).reshape(-1, 3, 3)
        a, b, c = np.moveaxis(corners, 1, 0)
        plan = np.cross(b - a, c - a)[:, 2] * (-1.0 if placement.mirrored else 1.0)
        return float(plan @ corners[..., 2].sum(axis=1)) < 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """``pieces`` largest first; the ``planes`` that were left out; how much else was, in sentences.
    ``scattered``: the file is of so many bodies of which none has half of all surface, else 0."""

    pieces: tuple[Piece, ...]
    planes: tuple[Plane, ...]
    notes: tuple[str, ...]
    scattered: int = 0

    def notes_for(self, placement: Placement) -> tuple[str, ...]:
        """What was left out of the scene, in words that hold for a foot standing so."""
        names = dict.fromkeys(_plane_name(p, placement) for p in self.planes)
        return (*(say("A {name} was found and left out.", name=name) for name in names), *self.notes)


def separate(mesh: Mesh) -> Scene:
    """The pieces of a raw mesh or point cloud (no faces) that could be feet.

    Raises FitterError where there is nothing but planes, or nothing but loose triangles.
    """
    if len(mesh.faces) > _LIGHTENED_ABOVE and (scene := _separated_lightened(mesh)):
        return scene
    return _separated(drop_degenerate(weld(mesh)) if len(mesh.faces) else mesh)


def _separated_lightened(mesh: Mesh) -> Scene | None:
    """The scene in a copy of a fine scan, just so coarse that no measure of a foot in it notices; None where
    such a copy would be little smaller.

    How large the foot is turns out only when it is found: then the cell is held against it.
    """
    step = max(1, len(mesh.faces) // _STRIDE_ABOVE)
    area = float(face_areas(Mesh(mesh.vertices, mesh.faces[::step])).sum()) * step
    cell = np.sqrt(area) / _CELLS_PER_ROOT_AREA
    for _ in range(_CELLS_TRIED):
        # A surface goes through 1.5 cubes per square of a cube's side, and has two triangles a vertex.
        if not cell > 0.0 or 2.0 * 1.5 * area / cell**2 > _WORTH_WHILE * len(mesh.faces):
            return None
        light, cube = joined_in_cubes(mesh, cell)
        try:
            scene = _separated(light)
        except FitterError:  # so coarse, perhaps, that a small foot is one with its floor
            cell *= 0.5
            continue
        foot = min(_foot_length(piece.mesh, cell) for piece in scene.pieces)
        if cell <= foot / _FEWEST_CELLS:
            pieces = (_as_scanned(piece, mesh, light, cube) for piece in scene.pieces)
            return replace(scene, pieces=tuple(pieces))
        cell = foot / _CELLS_PER_FOOT
    return None


def _foot_length(piece: Mesh, cell: float) -> float:
    """About how long a foot this piece is, in its own unit; what isn't one is taken for a small one."""
    copy = coarse(piece, 6.0 * cell)
    try:
        return rough_length(copy, rough_frame(copy))
    except (FitterError, ValueError, np.linalg.LinAlgError):
        return 0.5 * float(np.sqrt(face_areas(piece).sum()))


def _as_scanned(piece: Piece, mesh: Mesh, light: Mesh, cube: NDArray[np.int32]) -> Piece:
    """A piece of a lightened scan with what the scan itself was like there: about the piece's middle."""
    ours = np.isin(hashed(light.vertices), hashed(piece.mesh.vertices))
    first = cube[mesh.faces[:, 0]]  # a triangle lies where its first corner does
    faces = np.flatnonzero(ours[first])
    off = np.linalg.norm(light.vertices - piece.mesh.vertices.mean(axis=0), axis=1)
    reach = np.quantile(off[ours], min(1.0, _GRAIN_FACES / max(len(faces), 1)))
    near = mesh.faces[(ours & (off <= reach))[first]]
    some = mesh.faces[faces[:: max(1, len(faces) // _GRAIN_FACES)]]
    roughness_there = roughness(weld(_cut_out(mesh, near)))
    note = say(
        "Of {faces:,} triangles {faces2:,} were made that say the same, and measured.",
        faces=len(faces),
        faces2=len(piece.mesh.faces),
    )
    return replace(
        piece,
        notes=(*piece.notes, note),
        grain=Grain(roughness_there, edge_length(Mesh(mesh.vertices, some)), len(faces)),
    )


def _cut_out(mesh: Mesh, faces: NDArray[np.int32]) -> Mesh:
    """The few ``faces`` (k, 3) of a large mesh, each with corners of its own."""
    return Mesh(mesh.vertices[faces.ravel()], np.arange(faces.size, dtype=np.int32).reshape(-1, 3))


def _separated(mesh: Mesh) -> Scene:
    """The scene in a mesh whose corners are shared, or a point cloud."""
    parts, dropped = _connected(mesh)
    waiting = [_Body.of(part) for part in parts]
    amounts = np.array([body.amount for body in waiting])
    scattered = len(parts) if len(parts) >= _MANY_BODIES and amounts.max() < 0.5 * amounts.sum() else 0
    free: list[_Body] = []
    planes: list[Plane] = []
    while waiting:
        body = waiting.pop(int(np.argmax([w.amount for w in waiting])))
        if free and body.amount < _FOOT_SIZED * free[0].amount:
            dropped += 1 + len(waiting)
            break
        if free and (sheet := _sheet(body.mesh)) is not None:
            planes.append(sheet)
            continue
        plane = _plane_beyond(body.mesh)
        rest = body.mesh if plane is None else _without(body.mesh, plane)
        if plane is None or _amount(rest) > (1.0 - _LEAST_BEYOND) * body.amount:
            free = sorted([*free, body], key=lambda b: -b.amount)
            continue
        planes.append(plane)
        parts, _ = _connected(rest)  # the crumbs are the plane's own
        waiting += [_Body.of(part, (*body.cut_from, plane)) for part in parts]
    kept = free[:_MOST_PIECES]
    if not kept:
        raise _only_flat() if planes else _loose(dropped, 1)
    if len(mesh.faces) and len(kept[0].mesh.faces) < _LEAST_FACES:
        raise _loose(dropped + len(free), len(kept[0].mesh.faces))
    crumbs = _crumbs(dropped + len(free) - len(kept), cloud=not len(mesh.faces))
    return Scene(tuple(_piece(body) for body in kept), tuple(planes), crumbs, scattered)


@dataclass(frozen=True, slots=True, eq=False)
class _Body:
    """A connected part while planes are cut off it, the planes it was cut from, and its amount of surface."""

    mesh: Mesh
    cut_from: tuple[Plane, ...]
    amount: float

    @staticmethod
    def of(mesh: Mesh, cut_from: tuple[Plane, ...] = ()) -> _Body:
        return _Body(mesh, cut_from, _amount(mesh))


def _piece(part: _Body) -> Piece:
    """A body with a surface (a cloud has none yet) and without spikes."""
    body = part.mesh
    notes: tuple[str, ...] = ()
    if len(body.faces) == 0:
        body = drop_degenerate(weld(surface_from_points(body.vertices)))
        body = largest(body, components(body)[1])
        notes = ("A surface was put through the points of the cloud.",)
    body, spikes = without_spikes(body)
    return Piece(without_unused(body), notes + spikes, part.cut_from, len(part.mesh.faces) == 0)


def _only_flat() -> FitterError:
    return FitterError(
        "only flat surfaces were found in this scan (floor, wall, table), and no foot on them",
        todo="Scan the foot again with more of the foot in the picture",
        code="not_a_foot",
    )


def _loose(pieces: int, most: int) -> FitterError:
    return FitterError(
        say(
            "the surface is in {pieces:,} loose pieces that share no corners, the largest of "
            "{most} triangles",
            pieces=pieces,
            most=most,
        ),
        todo="Export the scan as one connected mesh, or as a point cloud",
        code="loose_pieces",
    )


def _crumbs(number: int, *, cloud: bool) -> tuple[str, ...]:
    if number == 0:
        return ()
    what = "cluster" if cloud else "smaller loose piece"
    return (
        (say("1 {what} was left out.", what=what),)
        if number == 1
        else (say("{number:,} {what}s were left out.", number=number, what=what),)
    )


def _placed(plane: Plane, placement: Placement) -> tuple[NDArray[np.float64], float]:
    """A plane's normal in the foot frame, and how high it lies (mm) above or below the origin."""
    normal = placement.rotation @ plane.normal
    offset = placement.scale * plane.offset + float(normal @ placement.translation)
    return normal, offset / normal[2] if abs(normal[2]) > 1e-9 else np.inf


_LEVEL, _UPRIGHT = 0.87, 0.5  # |z| of the normal of a plane within 30 degrees of level, of upright


def _plane_name(plane: Plane, placement: Placement) -> str:
    """What a plane is to a foot standing on z = 0 (mm)."""
    normal, height = _placed(plane, placement)
    if abs(normal[2]) < _UPRIGHT:
        return "wall"
    if abs(normal[2]) < _LEVEL:
        return "slanting flat surface"
    return "floor" if abs(height) < 30.0 else "level flat surface"


# -- pieces -------------------------------------------------------------------------------------------------


def _connected(mesh: Mesh) -> tuple[list[Mesh], int]:
    """The connected pieces worth looking at, and how many were too small for that."""
    if len(mesh.vertices) < _NEIGHBOURS:
        return [], 0
    if len(mesh.faces):
        number, labels = components(mesh)
        if number == 1:
            return [mesh], 0
        of_face = labels[mesh.faces[:, 0]]
        size = np.bincount(of_face, weights=face_areas(mesh))
    else:
        labels = _clusters(mesh.vertices)
        size = np.bincount(labels).astype(np.float64)
        number = len(size)
        if number == 1:
            return [mesh], 0
    worth = np.nonzero(size >= _CRUMB * size.sum())[0]
    if len(mesh.faces):
        parts = [without_unused(Mesh(mesh.vertices, mesh.faces[of_face == k])) for k in worth]
    else:
        parts = [Mesh(mesh.vertices[labels == k], mesh.faces) for k in worth]
    return parts, number - len(worth)


def _clusters(points: Points) -> NDArray[np.int32]:
    """(n,) which cluster each point of a cloud is in: clusters lie some spacings of the points apart."""
    some = points[:: max(1, len(points) // _SPACING_POINTS)]
    spacing = float(np.quantile(cKDTree(some).query(some, k=7)[0][:, 6], 0.95))
    low = points.min(axis=0)
    cell = max(_GAP * spacing, float((points.max(axis=0) - low).max()) / _MOST_CELLS)
    if not cell > 0.0:
        return np.zeros(len(points), np.int32)
    place = np.floor((points - low) / cell).astype(np.int64)
    grid = np.zeros(place.max(axis=0) + 1, bool)
    grid[tuple(place.T)] = True
    cells, _ = label(grid, np.ones((3, 3, 3)))
    of_point: NDArray[np.int32] = cells[tuple(place.T)].astype(np.int32) - 1
    return of_point


def _without(body: Mesh, plane: Plane) -> Mesh:
    """The body without what lies on the plane."""
    on = plane.holds(body.vertices)
    if len(body.faces) == 0:
        return Mesh(body.vertices[~on], body.faces)
    return without_unused(Mesh(body.vertices, body.faces[~on[body.faces].all(axis=1)]))


def _amount(body: Mesh) -> float:
    """Its area, or how many points a cloud has."""
    return float(face_areas(body).sum()) if len(body.faces) else float(len(body.vertices))


# -- planes -------------------------------------------------------------------------------------------------


def _plane_beyond(body: Mesh) -> Plane | None:
    """A plane in the body that reaches beyond the outline of all the rest, if there is one."""
    points = _spread(body)
    if len(points) < 2 * _NEIGHBOURS:
        return None
    size = _size(points)
    votes = _votes(points, size)
    left = np.ones(len(points), bool)
    for _ in range(_TRIES):
        count = left.astype(np.float32) @ votes
        best = int(np.argmax(count))
        if count[best] < _LEAST_PLANE * len(points):
            return None
        plane = _settled(points[left], points[left & (votes[:, best] > 0)], size)
        if _reaches_beyond(plane, points):
            return plane
        left &= ~plane.holds(points)
    return None


def _sheet(body: Mesh) -> Plane | None:
    """The plane of a body that is one thin sheet, even a bent one, as a wall is seen in part; else None."""
    points = _spread(body)
    middle = points.mean(axis=0)
    spread, axes = np.linalg.svd(points - middle, full_matrices=False)[1:]
    if len(points) < _NEIGHBOURS or spread[2] > _SHEET * spread[1]:
        return None
    return Plane(axes[2], float(axes[2] @ middle), 3.0 * float(spread[2]) / float(np.sqrt(len(points))))


_SHEET = 0.2  # thickness over breadth (SD): a foot has 0.4 to 0.9


def _spread(body: Mesh) -> Points:
    """Points (s, 3) spread evenly over the surface; for a cloud, some of its own points."""
    if len(body.faces) == 0:
        return body.vertices[:: max(1, len(body.vertices) // _SAMPLES)]
    step = 1 if len(body.faces) < _STRIDE_ABOVE else len(body.faces) // (_STRIDE_ABOVE // 2)
    part = Mesh(body.vertices, body.faces[::step])
    total = np.cumsum(face_areas(part))
    number = np.arange(_SAMPLES)
    face = np.searchsorted(total, (number + 0.5) / _SAMPLES * total[-1])
    # Places in the triangles by an additive recurrence (Roberts' R2): even, and the same in every run.
    u, v = (number * 0.7548776662466927) % 1.0, (number * 0.5698402909980532) % 1.0
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u)[:, None], np.where(over, 1.0 - v, v)[:, None]
    a, b, c = np.moveaxis(part.vertices[part.faces[face]], 1, 0)
    points: Points = a + u * (b - a) + v * (c - a)
    return points


def _size(points: Points) -> float:
    """The diameter of the ball about the middle that holds all points."""
    return 2.0 * float(np.linalg.norm(points - points.mean(axis=0), axis=1).max())


def _votes(points: Points, size: float) -> NDArray[np.float32]:
    """(s, k) 1 where a point lies near the plane that seed k proposes, else 0.

    The seeds are spread over the surface; each proposes the plane of its neighbourhood.
    """
    seeds = points[np.linspace(0, len(points) - 1, _SEEDS).astype(int)]
    near = points[cKDTree(points).query(seeds, k=_NEIGHBOURS)[1]]
    middle = near.mean(axis=1)
    centred = near - middle[:, None]
    normals = np.linalg.eigh(np.swapaxes(centred, 1, 2) @ centred)[1][:, :, 0]
    off = points @ normals.T - (middle * normals).sum(axis=1)
    near_enough: NDArray[np.float32] = (np.abs(off) <= _BAND * size).astype(np.float32)
    return near_enough


def _settled(points: Points, on: Points, size: float) -> Plane:
    """The plane through the points ``on``, fitted again to those of ``points`` within its own noise."""
    band = _BAND * size
    for _ in range(4):
        middle = on.mean(axis=0)
        normal = np.linalg.svd(on - middle, full_matrices=False)[2][2]
        plane = Plane(normal, float(normal @ middle), band)
        off = np.abs(points @ normal - plane.offset)
        on = points[off <= band]
        noise = 1.4826 * float(np.median(off[off <= band])) if len(on) else 0.0
        band = float(np.clip(_NOISE_BANDS * noise, _LEAST_BAND * size, _BAND * size))
        if len(on) < _NEIGHBOURS:
            break
    return Plane(plane.normal, plane.offset, band)


def _reaches_beyond(plane: Plane, points: Points) -> bool:
    """True where the plane goes on well outside the outline of what is not on it, seen square-on."""
    on = plane.holds(points)
    if on.mean() > _ALL_PLANE:
        return True
    # What is just off the plane is its own roughness, not a body.
    off = np.abs(points @ plane.normal - plane.offset)
    rest = points[off > 3.0 * plane.tolerance]
    if len(rest) < _NEIGHBOURS:
        return True
    if off.max() < _LEAST_OFF * _size(rest):
        return False
    across = np.linalg.svd(plane.normal[None])[2][1:]
    outline = ConvexHull(rest @ across.T).equations
    out = (points[on] @ across.T @ outline[:, :2].T + outline[:, 2]).max(axis=1)
    beyond = int((out > _BEYOND_MARGIN * _size(rest)).sum())
    return beyond >= max(_LEAST_BEYOND * len(points), (1.0 - _MOST_WITHIN) * int(on.sum()))
