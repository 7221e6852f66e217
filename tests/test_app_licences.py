"""About names everything that runs with the program, each with a licence."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

pytest.importorskip("tkinter")

from fitter.app import licences


def test_every_library_that_is_needed_is_named_with_its_licence():
    parts = {part.name.lower().replace("_", "-"): part for part in licences.bundled()}
    needed = [r for r in metadata.requires(licences.OWN) or () if "extra ==" not in r]
    assert len(needed) >= 8
    for line in needed:
        name = licences._plain(re.split(r"[<>=;\s\[(]", line)[0])
        assert name in parts, name
    for part in parts.values():
        assert part.licence, part.name
        assert part.licence != "see its text" or part.text, part.name


def test_python_tk_and_the_fonts_are_named_too():
    first = [part.name for part in licences.bundled()[:3]]
    assert first == ["Python", "Tcl/Tk", "Fonts"]
    assert "SIL OPEN FONT LICENSE" in licences.bundled()[2].text


def test_a_library_that_needs_itself_or_is_not_here_does_no_harm(monkeypatch):
    monkeypatch.setattr(licences, "OWN", "no-such-thing")
    assert [part.name for part in licences.bundled()] == ["Python", "Tcl/Tk", "Fonts"]
