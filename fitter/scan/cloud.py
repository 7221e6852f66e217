"""A surface through a cloud of points, closed or open.

The triangles are those of the Delaunay tetrahedra with a circle no larger than the gaps between points: the
alpha complex of Edelsbrunner and Mücke (1994), its size following the local spacing. A triangle counts when
it is seen from outside, no matter whether there is a solid behind it; so a foot open at the ankle keeps its
skin where a solid would be hollowed out through the opening.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError, cKDTree

from fitter.errors import FitterError
from fitter.scan.mesh import Mesh, Points
from fitter.scan.repair import weld

# More points than these add seconds and nothing to a measure.
_MOST_READ = 100_000
_MOST_KEPT = 25_000
_NEIGHBOURS = 12
# Of discs thrown on a plane until no further fits 0.547 is covered (random sequential packing), so that
# points at least r apart number 0.547 / (pi / 4) = 0.70 per r squared.
_PACKED = 0.52
_LEAST_APART = 0.25  # spacings: closer pairs only make slivers
# Circumradius over local spacing. A triangle of the skin is smaller than the first, but in gaps of the
# sampling, where it may reach the second.
_SKIN, _GAP = 1.4, 2.5
_NOISY = 0.08  # noise (SD) over spacing
# Thickness over breadth of a neighbourhood: about 0.1 on skin, up to 0.2 with noise, 0.7 in a filled body.
_MOST_THICKNESS = 0.4
_LEAST_ON_SKIN = 0.5  # of the points; noise buries some
_MOST_RIM = 0.15  # rim edges to points; an ankle's rim is a few in a hundred
# Face k of a tetrahedron lies opposite its corner k.
_EDGES = np.array([[0, 1], [1, 2], [2, 0]])
_OPPOSITE = np.array([[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]])


def surface_from_points(points: Points) -> Mesh:
    """The skin through a point cloud (n, 3) in any unit: triangles between some of its points, turned
    outwards.

    Raises FitterError where the points lie on no surface, or too thinly to tell which.
    """
    read = _read(points)
    if len(read) < 4 * _NEIGHBOURS:
        raise _no_surface()
    points = smoothed(thinned(read), read)
    if len(points) < 4 * _NEIGHBOURS or _thickness(points) > _MOST_THICKNESS:
        raise _no_surface()
    walls = _walls(points)
    skin = walls.radius <= _SKIN
    rim = _at_rim(_trimmed(walls.corners[skin & _seen(walls, skin).any(axis=1)], len(points)), len(points))
    skin |= (walls.radius <= _GAP) & (rim[walls.corners].sum(axis=1) >= 2)
    faces = walls.corners[skin & _seen(walls, skin).any(axis=1)]
    edge = _edge_uses(_trimmed(faces, len(points)), len(points))
    on_skin, torn = np.unique(faces).size, int((edge == 1).sum())
    if on_skin < _LEAST_ON_SKIN * len(points) or torn > _MOST_RIM * len(points):
        raise _no_surface()
    return Mesh(points, _turned(points, faces, outward_normals(points)))


def _read(points: Points) -> Points:
    """The points without doubles, and of very many some."""
    points = weld(Mesh(points, np.zeros((0, 3), np.int32))).vertices
    if len(points) <= _MOST_READ:
        return points
    return points[np.sort(np.random.default_rng(1).permutation(len(points))[:_MOST_READ])]


def thinned(points: Points) -> Points:
    """Some of the points, evenly spread: no two closer than a distance that leaves enough of them.

    Poisson disc sampling in a fixed random order (after Luby 1986), so that a turned cloud keeps the same.
    """
    rank = np.random.default_rng(0).permutation(len(points))
    spacing = local_spacing(points)
    area = float((spacing * spacing).sum())
    surplus = max(len(points) / _MOST_KEPT - 1.0, 0.0)
    apart = max(
        float(np.sqrt(_PACKED * surplus * area / len(points))), _LEAST_APART * float(np.median(spacing))
    )
    # A spot of very many points would make very many pairs.
    cells = np.floor(points / (apart / 4.0)).astype(np.int64)
    first = np.sort(np.unique(cells, axis=0, return_index=True)[1])
    points, rank = points[first], rank[first]
    i, j = cKDTree(points).query_pairs(apart, output_type="ndarray").T
    return points[_apart(i, j, rank)]


def _apart(i: NDArray[np.int64], j: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n,) the points kept so that of every pair (i, j) at most one is; lower ``rank`` wins."""
    first, second = np.where(rank[i] < rank[j], i, j), np.where(rank[i] < rank[j], j, i)
    kept = np.ones(len(rank), bool)
    while len(first):
        # Points that no point left over outranks stay; their neighbours go.
        outranked = np.zeros(len(rank), bool)
        outranked[second] = True
        gone = second[~outranked[first]]
        kept[gone] = False
        open_ = kept[first] & kept[second]
        first, second = first[open_], second[open_]
    return kept


def smoothed(points: Points, read: Points) -> Points:
    """Points (n, 3) of a noisy cloud put on the skin that their neighbours in ``read`` (m, 3) agree on.

    Moved along the normal onto a quadric fitted to the neighbourhood (moving least squares, Levin 1998).
    Without it the skin would run over the outermost points. A cloud whose noise is small beside its spacing
    is left as it is, and so are points where no quadric fits: creases, between toes, a rim.
    """
    k = 2 * _NEIGHBOURS
    near = read[cKDTree(read).query(points, k=k)[1]] - points[:, None]
    middle = near.mean(axis=1, keepdims=True)
    centred = near - middle
    axes = np.linalg.eigh(np.swapaxes(centred, 1, 2) @ centred)[1]
    u, v, d = np.moveaxis(near @ axes[:, :, ::-1], 2, 0)
    scale = np.sqrt((u * u + v * v).mean(axis=1, keepdims=True))
    u, v = u / scale, v / scale
    terms = np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=2)
    turned = np.swapaxes(terms, 1, 2)
    fit = np.linalg.solve(turned @ terms + 1e-9 * k * np.eye(6), turned @ d[:, :, None])
    noise = np.sqrt(((d[:, :, None] - terms @ fit) ** 2).sum(axis=(1, 2)) / (k - 6))
    usual = float(np.median(noise))
    if usual < _NOISY * float(np.median(local_spacing(read))):
        return points
    off = fit[:, 0]
    off[(noise > 2.0 * usual) | (np.abs(off[:, 0]) > 4.0 * usual)] = 0.0
    moved: Points = points + off * axes[:, :, 0]
    return moved


def local_spacing(points: Points) -> NDArray[np.float64]:
    """(n,) the side of the square of skin that each point has to itself, from its nearest neighbours."""
    reach = cKDTree(points).query(points, k=min(_NEIGHBOURS + 1, len(points)))[0][:, -1]
    spacing: NDArray[np.float64] = reach * np.sqrt(np.pi / _NEIGHBOURS)
    return spacing


@dataclass(frozen=True, slots=True, eq=False)
class _Walls:
    """The triangles between tetrahedra: ``corners`` (f, 3), the two ``cells`` (f, 2) it parts, the last
    of ``number`` being all outside; ``radius`` (f,) of the circumcircle, in local spacings."""

    corners: NDArray[np.int32]
    cells: NDArray[np.int64]
    radius: NDArray[np.float64]
    number: int


def _walls(points: Points) -> _Walls:
    try:
        tetra = Delaunay(points)
    except QhullError:  # all in one plane
        raise _no_surface() from None
    number = len(tetra.simplices)
    beyond = np.where(tetra.neighbors < 0, number, tetra.neighbors).astype(np.int64)
    own = np.repeat(np.arange(number), 4).reshape(-1, 4)
    once = beyond > own
    corners = tetra.simplices[:, _OPPOSITE][once]
    a, b, c = (points[corners[:, k]] for k in range(3))
    normal = np.cross(b - a, c - a)
    sides = [((u - v) ** 2).sum(axis=1) for u, v in ((a, b), (b, c), (c, a))]
    area2 = np.sqrt((normal * normal).sum(axis=1))
    radius = np.sqrt(sides[0] * sides[1] * sides[2]) / np.maximum(2.0 * area2, 1e-300)
    scale = local_spacing(points)[corners].mean(axis=1)
    return _Walls(corners, np.stack([own[once], beyond[once]], axis=1), radius / scale, number + 1)


def _seen(walls: _Walls, skin: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(f, 2) whether either cell of a wall can be reached from outside without passing the skin."""
    i, j = walls.cells[~skin].T
    graph = coo_matrix((np.ones(len(i), np.int8), (i, j)), shape=(walls.number, walls.number))
    _, labels = connected_components(graph, directed=False)
    seen: NDArray[np.bool_] = (labels == labels[-1])[walls.cells]
    return seen


def _trimmed(faces: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """Without the faces that hang from the skin by an edge where it goes on without them."""
    while True:
        uses = _edge_uses(faces, n)
        hanging = (uses == 1).any(axis=1) & (uses > 2).any(axis=1)
        if not hanging.any():
            return faces
        faces = faces[~hanging]


def _edge_uses(faces: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    """(f, 3) how many faces share each edge."""
    ends = np.sort(faces[:, _EDGES], axis=2).astype(np.int64)
    _, which, number = np.unique(ends[..., 0] * n + ends[..., 1], return_inverse=True, return_counts=True)
    uses: NDArray[np.int64] = number[which.ravel()].reshape(-1, 3)
    return uses


def _at_rim(faces: NDArray[np.int32], n: int) -> NDArray[np.bool_]:
    """(n,) the points at an edge of a single face."""
    rim = np.zeros(n, bool)
    rim[faces[:, _EDGES][_edge_uses(faces, n) == 1]] = True
    return rim


def _neighbourhoods(
    points: Points,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Of each point: itself and its nearest (n, k), the sums of squares along the principal axes of these
    (n, 3), least first, and the axes as columns (n, 3, 3)."""
    near = cKDTree(points).query(points, k=_NEIGHBOURS + 1)[1]
    centred = points[near] - points[near].mean(axis=1, keepdims=True)
    squares, axes = np.linalg.eigh(np.swapaxes(centred, 1, 2) @ centred)
    return near, squares, axes


def _thickness(points: Points) -> float:
    """How thick the neighbourhoods are beside their breadth, as a rule."""
    squares = _neighbourhoods(points)[1]
    return float(np.median(np.sqrt(np.maximum(squares[:, 0], 0.0) / np.maximum(squares[:, 1], 1e-300))))


def outward_normals(points: Points) -> NDArray[np.float64]:
    """(n, 3) normals of the points' neighbourhoods, turned to agree along the tree of neighbours whose
    normals differ least (Hoppe et al. 1992), and outwards at the point furthest out."""
    n = len(points)
    near, _, axes = _neighbourhoods(points)
    normals = axes[:, :, 0]
    i, j = np.repeat(np.arange(n), _NEIGHBOURS), near[:, 1:].ravel()
    weight = 1.001 - np.abs((normals[i] * normals[j]).sum(axis=1))
    tree = minimum_spanning_tree(coo_matrix((weight, (i, j)), shape=(n, n)).tocsr())
    out = points - points.mean(axis=0)
    start = int(np.argmax((out * out).sum(axis=1)))
    order, before = breadth_first_order(tree, start, directed=False)
    sign = np.ones(n)
    sign[start] = np.sign(out[start] @ normals[start]) or 1.0
    agree = np.where((normals * normals[np.maximum(before, 0)]).sum(axis=1) < 0.0, -1.0, 1.0)
    for k in order[1:].tolist():
        sign[k] = agree[k] * sign[before[k]]
    return normals * sign[:, None]


def _turned(points: Points, faces: NDArray[np.int32], normals: NDArray[np.float64]) -> NDArray[np.int32]:
    """The faces counter-clockwise seen from where their corners' normals point."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    inwards = (np.cross(b - a, c - a) * normals[faces].sum(axis=1)).sum(axis=1) < 0.0
    turned: NDArray[np.int32] = np.where(inwards[:, None], faces[:, ::-1], faces).astype(np.int32)
    return turned


def _no_surface() -> FitterError:
    return FitterError(
        "the points are too few or too uneven to find a surface through them",
        todo="Export the scan as a mesh (STL, PLY, OBJ)",
        code="no_surface",
    )
