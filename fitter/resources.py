"""Where the data that stands beside the code is: `models/` (beliefs) and `sample_scans/`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).resolve().parent


def data_folder(name: str) -> Path:
    """The folder ``name``: inside the installed package, or beside it in a source checkout."""
    inside = _PACKAGE / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


@cache
def table(name: str) -> dict[str, Any]:
    """One data file of `models/`, for example ``posture/norms.toml``, read once. Treat it as read-only."""
    return tomllib.loads(data_folder("models").joinpath(name).read_text(encoding="utf-8"))
