"""Every text of the window goes through `_` and can be translated; English where there is no catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path

_catalogue = gettext.translation("fitter", Path(__file__).parent / "locale", fallback=True)


def _(text: str) -> str:
    """``text`` in the language of the system."""
    return _catalogue.gettext(text)


def sentences(*texts: str) -> str:
    """Texts set one after the other as sentences, each with a capital letter."""
    parts = (text.strip().rstrip(".") for text in texts)
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)
