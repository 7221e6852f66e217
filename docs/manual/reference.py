"""A hook of MkDocs: the reference pages in `docs/` that the manual links to become part of the site.

MkDocs takes pages from one folder only. On a code host the links lead to the files themselves.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent
PAGES = ("ACCURACY", "ANSWERS", "BUILDING", "CATALOGUE", "FORMATS", "HOME", "MEASURES", "SIZES")
FOLDER = "reference"


def on_files(files: Any, config: Any) -> Any:
    """Add the pages, and what they show."""
    from mkdocs.structure.files import File, InclusionLevel  # noqa: PLC0415 - only MkDocs comes here

    shown = [DOCS / f"{name}.md" for name in PAGES]
    shown += [DOCS / "answers.schema.json", *sorted((DOCS / "home").glob("*.svg"))]
    for path in shown:
        uri = f"{FOLDER}/{path.relative_to(DOCS).as_posix()}"
        made = File.generated(config, uri, abs_src_path=str(path))
        made.inclusion = InclusionLevel.NOT_IN_NAV
        files.append(made)
    return files


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """`../MEASURES.md` of the manual is `reference/MEASURES.md` here; what those pages link to beyond the
    site is named only."""
    if page.file.src_uri.startswith(FOLDER):
        return re.sub(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]*\)", r"\1", markdown)
    return re.sub(r"\]\(\.\./([A-Z]+\.md)", rf"]({FOLDER}/\1", markdown)
