"""Fonts of this computer for scripts that the bundled ones lack, as in a customer's name.

Asked of fontconfig where it is there (Linux), else looked for under the names by which Windows and macOS
ship them.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# As installed with the systems; between them they have every script that names are commonly written in.
_WINDOWS = (
    *("arial.ttf", "segoeui.ttf", "sylfaen.ttf", "Nirmala.ttf", "Nirmala.ttc", "LeelawUI.ttf", "ebrima.ttf"),
    *("msyh.ttc", "YuGothR.ttc", "msgothic.ttc", "malgun.ttf", "msjh.ttc", "seguisym.ttf"),
)
_MACOS = (
    *("Supplemental/Arial?Unicode.ttf", "Supplemental/Arial.ttf", "GeezaPro.ttc", "ArialHB.ttc"),
    *("Kohinoor.ttc", "Thonburi.ttc", "PingFang.ttc", "Hiragino?Sans?GB.ttc", "AppleSDGothicNeo.ttc"),
    "Apple?Symbols.ttf",
)
_FACES = 12  # of a collection, looked into
_RESTRICTED = 0x0002  # of OS/2 fsType: the font may not be embedded (OpenType specification)


@dataclass(frozen=True, slots=True)
class Face:
    """A font in a file; ``number`` counts within a collection."""

    path: Path
    number: int = 0


@cache
def face_for(character: str) -> Face | None:
    """A font of this computer that has the character and may be put into a document, or None."""
    return next((face for face in _candidates(character) if _holds(face, ord(character))), None)


def _candidates(character: str) -> tuple[Face, ...]:
    if sys.platform == "win32":
        return _in(Path("C:/Windows/Fonts"), _WINDOWS)
    if sys.platform == "darwin":
        return _in(Path("/System/Library/Fonts"), _MACOS)
    return _by_fontconfig(character)


def _in(folder: Path, names: tuple[str, ...]) -> tuple[Face, ...]:
    there = (path for name in names for path in folder.glob(name))
    return tuple(
        Face(path, number)
        for path in there
        for number in range(_FACES if path.suffix.lower() == ".ttc" else 1)
    )


def _by_fontconfig(character: str) -> tuple[Face, ...]:
    """The best plain one for the character, then whichever have it."""
    charset = f":charset={ord(character):x}"
    asked = (
        ("fc-match", "--format=%{file}\t%{index}\n", f"sans{charset}"),
        ("fc-list", "--format=%{file}\t%{index}\n", charset),
    )
    lines: list[str] = []
    for command in asked:
        try:
            found = subprocess.run(command, capture_output=True, text=True, timeout=5, check=True)
        except (OSError, subprocess.SubprocessError):
            continue
        lines += sorted(found.stdout.splitlines()) if command[0] == "fc-list" else found.stdout.splitlines()
    pairs = (line.rsplit("\t", 1) for line in dict.fromkeys(lines) if "\t" in line)
    # The upper half of the index numbers an instance of a variable font.
    return tuple(Face(Path(path), int(index) & 0xFFFF) for path, index in pairs if index.isdigit())


@cache
def _characters(face: Face) -> frozenset[int]:
    """The characters of a font with outlines that may be embedded; none of any other."""
    from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped] # noqa: PLC0415

    if face.path.suffix.lower() not in (".ttf", ".otf", ".ttc", ".otc"):
        return frozenset()
    try:
        with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
            if not {"glyf", "CFF "} & set(font.keys()) or font["OS/2"].fsType & _RESTRICTED:
                return frozenset()
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError, ValueError, AttributeError):
        return frozenset()  # a font that can't be read is none


def _holds(face: Face, character: int) -> bool:
    return character in _characters(face)
