"""Every text of the window goes through `_` and can be translated; English where there is no catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path

from fitter import settings

_LOCALE = Path(__file__).parent / "locale"
_NAMES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
_chosen = settings.load().language
_catalogue = gettext.translation("fitter", _LOCALE, languages=[_chosen] if _chosen else None, fallback=True)


def _(text: str) -> str:
    """``text`` in the language that was chosen, or else that of the system."""
    return _catalogue.gettext(text)


def languages() -> tuple[tuple[str, str], ...]:
    """The languages there are: name in its own language, and code; that of the system (no code) first."""
    there = (
        sorted(p.name for p in _LOCALE.iterdir() if (p / "LC_MESSAGES").is_dir()) if _LOCALE.is_dir() else []
    )
    codes = dict.fromkeys(("en", *there))
    return ((_("As the system"), ""), *((_NAMES.get(code, code), code) for code in codes))


def sentences(*texts: str) -> str:
    """Texts set one after the other as sentences, each with a capital letter."""
    parts = (text.strip().rstrip(".") for text in texts)
    return " ".join(f"{part[:1].upper()}{part[1:]}." for part in parts if part)
