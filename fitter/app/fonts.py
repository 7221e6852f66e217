"""Loads customtkinter without harm to other windows.

On Linux it writes its fonts into ~/.fonts whenever it is imported, over those that are there. Another window
that is drawing with them has them mapped into its memory: a file cut short under it is a bus error, and that
window is gone. So a font that is there is left alone, and one that is not is moved there whole.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any


def load() -> Any:
    """Import customtkinter, and give it; to be called before anything else imports it."""
    if "customtkinter" in sys.modules:
        return sys.modules["customtkinter"]
    usual, shutil.copy = shutil.copy, _put  # type: ignore[assignment]
    try:
        import customtkinter  # noqa: PLC0415
    finally:
        shutil.copy = usual
    return customtkinter


def _put(source: str, folder: str) -> str:
    """As `shutil.copy`, but whole or not at all, and not where the same is there."""
    target = Path(folder, Path(source).name)
    if target.is_file() and filecmp.cmp(source, target, shallow=False):
        return str(target)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        shutil.copyfile(source, part)
        os.replace(part, target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return str(target)
