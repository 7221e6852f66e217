"""The drawing of an insole as SVG in true millimetres: for cutters and drawing programs."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

import numpy as np

from fitter.exchange.insole_drawing import Drawing, Line

_MARGIN = 10.0
_PEN = 0.2  # mm


def to_svg(drawn: Drawing) -> str:
    """A group a layer; one user unit is one mm."""
    points = np.concatenate([line.points for line in drawn.lines])
    low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
    wide, tall = high - low
    title = f"{drawn.title}{', ' + drawn.mark if drawn.mark else ''}, mm"
    rows = [
        "<!-- Fitter -->",
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.3f}mm" height="{tall:.3f}mm"'
        f' viewBox="0 0 {wide:.3f} {tall:.3f}" fill="none" stroke="black" stroke-width="{_PEN:g}">',
        f"<title>{escape(title)}</title>",
    ]
    for layer in dict.fromkeys(line.layer for line in drawn.lines):
        rows.append(f"<g id={quoteattr(layer)}>")
        rows += [_path(line, low[0], high[1]) for line in drawn.lines if line.layer == layer]
        rows.append("</g>")
    rows.append(
        f'<text x="{_MARGIN:g}" y="{tall - 3.0:.3f}" font-family="sans-serif" font-size="4" fill="black"'
        f' stroke="none">{escape(title)}</text>'
    )
    return "\n".join([*rows, "</svg>", ""])


def _path(line: Line, left: float, top: float) -> str:
    places = " ".join(f"{x - left:.3f},{top - y:.3f}" for x, y in line.points.tolist())
    return f'<{"polygon" if line.closed else "polyline"} points="{places}"/>'
