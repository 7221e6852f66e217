"""A section of a foot as files in true millimetres: SVG and DXF, the same bytes for the same section."""

from __future__ import annotations

from fitter.anatomy.slices import Slice
from fitter.exchange import dxf
from fitter.exchange.insole_drawing import Drawing, Line
from fitter.picture import svg
from fitter.picture.guides import Guide
from fitter.picture.section import flat
from fitter.terms import Side


def to_svg(picture: Guide) -> bytes:
    """One user unit is one mm; known as ours by its first line."""
    return b"<!-- Fitter -->\n" + svg.to_svg(picture).encode()


def to_dxf(cut: Slice, side: Side, title: str) -> bytes:
    """Skin, tape and gaps on a layer each."""
    skin = [Line("OUTLINE", flat(cut.plane, side, o.points), o.closed) for o in cut.outlines]
    gaps = [Line("NOT_SEEN", flat(cut.plane, side, gap), False) for gap in cut.gaps]
    tape = [Line("TAPE", flat(cut.plane, side, cut.tape), True)] if len(cut.tape) else []
    return dxf.to_dxf(Drawing(tuple(skin), (*gaps, *tape), (), title, ""))
