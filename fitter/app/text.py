"""Every text of the window goes through `_` and can be translated; English where there is no catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation("fitter", Path(__file__).parent / "locale", fallback=True)


def _(text: str) -> str:
    """``text`` in the language of the system."""
    return _catalogue.gettext(text)
