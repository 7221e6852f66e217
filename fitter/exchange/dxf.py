"""The drawing of an insole as DXF, in mm, each kind of line on a layer of its own: for cutters and CAD."""

from __future__ import annotations

import io

import ezdxf
from ezdxf import units

from fitter.exchange.insole_drawing import Drawing

_COLOURS = {"OUTLINE": 7, "OUTLINE_SHELL": 5, "MARKS": 8}
_SECTION = 1
# What the file would else draw from the clock and from chance: the same insole gives the same bytes.
_FIXED = {
    "$TDCREATE": 2451544.5, "$TDUCREATE": 2451544.5, "$TDUPDATE": 2451544.5, "$TDUUPDATE": 2451544.5,
    "$FINGERPRINTGUID": "{00000000-0000-0000-0000-000000000000}",
    "$VERSIONGUID": "{00000000-0000-0000-0000-000000000000}",
}  # fmt: skip


def to_dxf(drawn: Drawing) -> bytes:
    """DXF 2000: read by every cutter's program since, and it states its unit."""
    keep = ezdxf.options.write_fixed_meta_data_for_testing
    ezdxf.options.write_fixed_meta_data_for_testing = True
    try:
        doc = ezdxf.new("R2000", units=units.MM)
        doc.header["$MEASUREMENT"] = 1
        space = doc.modelspace()
        for line in drawn.lines:
            if line.layer not in doc.layers:
                doc.layers.add(line.layer, color=_COLOURS.get(line.layer, _SECTION))
            space.add_lwpolyline(line.points.tolist(), close=line.closed, dxfattribs={"layer": line.layer})
        text = f"{drawn.title}{', ' + drawn.mark if drawn.mark else ''}, mm"
        at = (float(drawn.outlines[0].points[:, 0].min()), float(drawn.outlines[0].points[:, 1].min()) - 12.0)
        space.add_text(text, height=4.0, dxfattribs={"layer": "MARKS"}).set_placement(at)
        for name, value in _FIXED.items():
            doc.header[name] = value
        stream = io.StringIO()
        doc.write(stream)
    finally:
        ezdxf.options.write_fixed_meta_data_for_testing = keep
    # 999 is DXF's comment: by it a file of ours is known again.
    return ("999\nFitter\n" + stream.getvalue()).encode(doc.output_encoding, errors="dxfreplace")
