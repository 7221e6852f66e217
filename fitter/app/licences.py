"""The licences of everything that runs with Fitter, read from what is installed beside it.

A built program holds the same metadata as an installed one (see the recipe), so there is one way to read it
and nothing to keep in step by hand.
"""

from __future__ import annotations

import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

OWN = "insole-fitter"
_TEXTS = re.compile(r"(?i)(^|/)(licen[cs]e|copying|notice|ofl|copyright)[^/]*$")
_FONTS = Path(__file__).parents[1] / "exchange" / "fonts"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is bundled: its licence in a few words, and the text of it where that came along."""

    name: str
    version: str
    licence: str
    text: str = ""


def bundled() -> tuple[Part, ...]:
    """Python, Tcl/Tk, the fonts, and every library that Fitter needs and that is here; by name."""
    libraries = sorted((_part(d) for d in _needed()), key=lambda part: part.name.lower())
    return (_python(), _tk(), *_fonts(), *libraries)


def _python() -> Part:
    text = next((p for p in (Path(sys.base_prefix, "LICENSE.txt"), Path(sys.base_prefix, "LICENSE"))
                 if p.is_file()), None)  # fmt: skip
    return Part(
        "Python", platform.python_version(), "Python Software Foundation License 2",
        text.read_text(encoding="utf-8", errors="replace") if text else "",
    )  # fmt: skip


def _tk() -> Part:
    import tkinter  # noqa: PLC0415

    return Part("Tcl/Tk", str(tkinter.TkVersion), "Tcl/Tk License (of the BSD kind)")


def _fonts() -> Iterator[Part]:
    for text in sorted(_FONTS.glob("OFL*.txt")):
        yield Part("Fonts", "", "SIL Open Font License 1.1", text.read_text(encoding="utf-8"))


def _needed() -> Iterator[metadata.Distribution]:
    """Fitter's libraries and theirs, each once, those of its extras left out."""
    waiting, seen = [OWN], set[str]()
    while waiting:
        name = _plain(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # not needed on this system
            continue
        if name != OWN:
            yield found
        for wanted in found.requires or ():
            if "extra ==" not in wanted:
                waiting.append(re.split(r"[\s;<>=!~\[(]", wanted, maxsplit=1)[0])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _part(found: metadata.Distribution) -> Part:
    known = found.metadata
    words = _field(known, "License-Expression") or _classified(found) or _short(_field(known, "License"))
    return Part(known["Name"], found.version, words or "see its text", "\n\n".join(_texts(found)))


def _field(known: metadata.PackageMetadata, name: str) -> str:
    return "".join((known.get_all(name) or [""])[:1])


def _short(text: str | None) -> str:
    """The field was meant for a name; some put the whole text there."""
    line = (text or "").strip().splitlines()[:1]
    return line[0].strip() if line and line[0].strip().lower() not in ("", "unknown") else ""


def _classified(found: metadata.Distribution) -> str:
    classes = [c for c in found.metadata.get_all("Classifier") or () if c.startswith("License ::")]
    return ", ".join(c.rpartition(" :: ")[2] for c in classes)


def _texts(found: metadata.Distribution) -> Iterator[str]:
    for file in found.files or ():
        if ".dist-info/" in file.as_posix() and _TEXTS.search(file.as_posix()):
            try:
                yield file.locate().read_text(encoding="utf-8", errors="replace").strip()  # type: ignore[attr-defined]
            except OSError:  # listed, and not bundled
                continue
