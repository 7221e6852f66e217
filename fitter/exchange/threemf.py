"""3MF of several bodies: unit, names and what the thing is stand in the file (3MF core specification 1.3)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from fitter.scan.mesh import Mesh

_CORE = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    "</Types>"
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)
# The earliest date a zip can hold: the same bodies give the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def to_3mf(bodies: Mapping[str, Mesh], metadata: Mapping[str, str], *, together: str = "") -> bytes:
    """Each body an object of its own name. With ``together`` they are parts of one object of that name, as
    they lie: so that no slicer spreads them over the plate. ``metadata``: names of the core specification,
    such as Title and Description."""
    objects = [_object(number, name, mesh) for number, (name, mesh) in enumerate(bodies.items(), 1)]
    built = list(range(1, len(objects) + 1))
    if together:
        parts = "".join(f'<component objectid="{k}"/>' for k in built)
        whole = len(objects) + 1
        objects.append(
            f'<object id="{whole}" type="model" name={quoteattr(together)}>'
            f"<components>{parts}</components></object>"
        )
        built = [whole]
    told = "".join(f"<metadata name={quoteattr(k)}>{escape(v)}</metadata>\n" for k, v in metadata.items())
    items = "".join(f'<item objectid="{k}"/>' for k in built)
    model = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<model unit="millimeter" xml:lang="en-US" xmlns="{_CORE}">\n{told}<resources>\n'
        f"{''.join(objects)}</resources>\n<build>{items}</build>\n</model>\n"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        package.comment = b"Fitter"  # by which a file of ours is known again
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("3D/3dmodel.model", model),
        ):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same on every system
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode())
    return stream.getvalue()


def _object(number: int, name: str, mesh: Mesh) -> str:
    corners = "".join(
        f'<vertex x="{x:.5f}" y="{y:.5f}" z="{z:.5f}"/>\n' for x, y, z in mesh.vertices.tolist()
    )
    faces = "".join(f'<triangle v1="{a}" v2="{b}" v3="{c}"/>\n' for a, b, c in mesh.faces.tolist())
    return (
        f'<object id="{number}" type="model" name={quoteattr(name)}>'
        f"<mesh>\n<vertices>\n{corners}</vertices>\n"
        f"<triangles>\n{faces}</triangles>\n</mesh></object>\n"
    )
