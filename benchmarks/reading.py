"""How long each scan format takes to read, beside trimesh, and the memory it needs.

``python -m benchmarks.reading [--rings 160]`` prints the table of docs/FORMATS.md; 160 rings make 101,120
triangles, 504 make 1,012,032.
"""

from __future__ import annotations

import argparse
import gzip
import io
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import trimesh

from fitter.scan.formats import read_scan


def _text_stl(mesh: trimesh.Trimesh) -> bytes:
    """Seven digits, as most programs write."""
    facet = "facet normal 0 0 0\nouter loop\n" + "vertex %.6e %.6e %.6e\n" * 3 + "endloop\nendfacet\n"
    rows = (facet % tuple(corners) for corners in mesh.triangles.reshape(-1, 9).tolist())
    return ("solid foot\n" + "".join(rows) + "endsolid foot\n").encode()


def files(rings: int) -> dict[str, bytes]:
    """One shape in every format; the name says which variant."""
    ball = trimesh.creation.uv_sphere(radius=100, count=[rings, rings])
    mesh = trimesh.Trimesh(ball.vertices * (1.3, 0.5, 0.4), ball.faces, process=False)
    made = {f"binary.{kind}": mesh.export(file_type=kind) for kind in ("stl", "ply", "glb", "3mf")}
    made |= {f"text.{kind}": mesh.export(file_type=kind).encode() for kind in ("obj", "off")}
    made["text.ply"] = mesh.export(file_type="ply", encoding="ascii")
    made["text.stl"] = _text_stl(mesh)
    made["packed.stl.gz"] = gzip.compress(made["binary.stl"], 1)
    points = np.repeat(mesh.vertices, 2, axis=0)[: len(mesh.faces)]
    made["points.xyz"] = "".join(f"{x:.6f} {y:.6f} {z:.6f}\n" for x, y, z in points.tolist()).encode()
    return made


def _seconds(work: Callable[[], object], runs: int = 2) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _peak(work: Callable[[], object]) -> int:
    """Bytes allocated at most, above the file itself."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _row(name: str, data: bytes) -> str:
    kind = name.rsplit(".", 1)[-1]
    ours = _seconds(lambda: read_scan(name, data))
    theirs = "-"
    if kind != "gz":
        seconds = _seconds(lambda: trimesh.load_scene(io.BytesIO(data), file_type=kind, process=False))
        theirs = f"{seconds:.3f} s"
    peak = _peak(lambda: read_scan(name, data))
    return f"| `{name}` | {len(data) / 1e6:.1f} MB | {ours:.3f} s | {theirs} | {peak / 1e6:.0f} MB |"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rings", type=int, default=160)
    print("| file | size | Fitter | trimesh | memory beside the file |\n|---|---|---|---|---|")
    for name, data in files(options.parse_args().rings).items():
        print(_row(name, data), flush=True)


if __name__ == "__main__":
    main()
