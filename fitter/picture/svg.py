"""Drawn guides as SVG: for the docs and for anyone who wants a picture of its own."""

from __future__ import annotations

from html import escape  # that of xml.sax brings a client of the web along

from fitter.picture.guides import DARK, LIGHT, Guide, Shape, Sign

DASHES = (3.0, 2.4)  # mm drawn and left out


def to_svg(guide: Guide, *, dark: bool = False) -> str:
    """The picture as an SVG document in mm, its ground left clear."""
    inks = DARK if dark else LIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {guide.width:g} {guide.height:g}"'
        f' width="{guide.width:g}mm" height="{guide.height:g}mm" stroke-linejoin="round">'
    ]
    for part in guide.parts:
        if isinstance(part, Sign):
            lines.append(
                f'<text x="{part.at[0]:.2f}" y="{part.at[1] + 0.35 * part.size:.2f}" fill="{inks[part.ink]}"'
                f' font-family="sans-serif" font-size="{part.size:g}" text-anchor="{part.anchor}">'
                f"{escape(part.text, quote=False)}</text>"
            )
        else:
            lines.append(
                _shape(part, inks[part.fill] if part.fill else "", inks[part.line] if part.line else "")
            )
    return "\n".join([*lines, "</svg>", ""])


def _shape(shape: Shape, fill: str, line: str) -> str:
    tag = "polygon" if shape.closed else "polyline"
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in shape.points)
    stroke = f' stroke="{line}" stroke-width="{shape.thick:g}" stroke-linecap="round"' if line else ""
    dashes = f' stroke-dasharray="{DASHES[0]:g} {DASHES[1]:g}"' if shape.dashed else ""
    return f'<{tag} points="{points}" fill="{fill or "none"}"{stroke}{dashes}/>'
