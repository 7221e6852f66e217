"""Cutting an indexed mesh by a plane, closing it, turning it inside out."""

from __future__ import annotations

import numpy as np

from sample_scans.surface import Floats, Ints


def slice_below(points: Floats, faces: Ints, field: Floats) -> tuple[Floats, Ints]:
    """The part of a mesh where the vertex field (n,) is negative; neighbours keep sharing vertices."""
    below = field < 0
    count = below[faces].sum(axis=1)
    kept = [faces[count == 3]]
    sides, loners = [], []
    for number in (1, 2):
        f = faces[count == number]
        lone = (below[f] if number == 1 else ~below[f]).argmax(axis=1)
        row = np.arange(len(f))
        p, q, r = (f[row, (lone + s) % 3] for s in range(3))
        loners.append((p, q, r))
        sides += [np.sort(np.stack([p, q], 1), 1), np.sort(np.stack([p, r], 1), 1)]
    edges, index = np.unique(np.concatenate(sides), axis=0, return_inverse=True)
    a, b = edges.T
    share = field[a] / (field[a] - field[b])
    born = points[a] + share[:, None] * (points[b] - points[a])
    index = index.ravel() + len(points)
    ends = np.split(index, np.cumsum([len(s) for s in sides])[:-1])
    (p, _, _), (_, q, r) = loners
    kept.append(np.stack([p, ends[0], ends[1]], 1))
    kept += [np.stack([ends[2], q, r], 1), np.stack([ends[2], r, ends[3]], 1)]
    return compact(np.vstack([points, born]), np.vstack(kept))


def compact(points: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Without the vertices no face uses."""
    used, index = np.unique(faces, return_inverse=True)
    return points[used], index.reshape(faces.shape)


def rims(faces: Ints) -> list[Ints]:
    """Open borders as closed vertex loops, turning so that a cap over them continues the surface."""
    sides = np.stack([faces, np.roll(faces, -1, axis=1)], axis=2).reshape(-1, 2)
    have = {(int(a), int(b)) for a, b in sides}
    after: dict[int, list[int]] = {}
    for a, b in have:
        if (b, a) not in have:
            after.setdefault(b, []).append(a)
    loops = []
    while after:
        path = [next(reversed(after))]
        while path[-1] in after:
            onward = after[path[-1]]
            at = onward.pop()
            if not onward:
                del after[path[-1]]
            if at in path:  # round, be it only part of the way: two borders can meet in one vertex
                loops.append(np.array(path[path.index(at) :]))
                del path[path.index(at) + 1 :]
            else:
                path.append(at)
    return loops


def capped(points: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """Every open border closed by a fan about its middle."""
    for loop in rims(faces):
        centre = len(points)
        points = np.vstack([points, points[loop].mean(axis=0)])
        fan = np.stack([loop, np.roll(loop, -1), np.full(len(loop), centre)], axis=1)
        faces = np.vstack([faces, fan])
    return points, faces


def mirrored(points: Floats, faces: Ints) -> tuple[Floats, Ints]:
    """The other side's foot: y turned about, faces still counter-clockwise from outside."""
    return points * np.array([1.0, -1.0, 1.0]), faces[:, ::-1]


def volume(points: Floats, faces: Ints) -> float:
    """Signed volume (mm³): positive when closed and oriented outwards."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6.0)
