"""The few things a person chose once: one small JSON file in the user's configuration folder.

It never stops the program: a damaged file, or a value this version doesn't know, gives the default.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from fitter.files import write_files

FILE = "settings.json"
FOLDER_VARIABLE = "FITTER_CONFIG"  # names another folder for the settings
DATA_VARIABLE = "FITTER_DATA"  # names another folder for what is kept; beats the settings

Mode = Literal["", "shop", "home"]
SCALES = (80, 90, 100, 110, 125, 150, 175, 200)  # per cent
_WORDS: dict[str, tuple[Any, ...]] = {
    "mode": ("", "shop", "home"),
    "units": ("mm", "cm", "in"),
    "theme": ("system", "light", "dark", "contrast"),
    "text_size": SCALES,
}


@dataclass(frozen=True, slots=True)
class Settings:
    """``asked``: whether the first questions were answered. ``language``: empty for the system's; ``mode``:
    empty for both doors; ``data_folder``: empty for the usual one; ``text_size`` in per cent; ``window``: its
    place as Tk writes it ("1280x800+20+20"). ``watched``: the folder a scanner saves to, empty for none;
    ``watch_opens``: whether what comes there opens by itself while a customer is fitted."""

    asked: bool = False
    language: str = ""
    units: str = "mm"
    mode: Mode = ""
    data_folder: str = ""
    text_size: int = 100
    theme: str = "system"
    window: str = ""
    watched: str = ""
    watch_opens: bool = True


def settings_file() -> Path:
    """Where the settings are kept, there or not."""
    if folder := os.environ.get(FOLDER_VARIABLE):
        return Path(folder).expanduser() / FILE
    from platformdirs import user_config_path  # noqa: PLC0415 - only whoever needs it

    return user_config_path("fitter", appauthor=False) / FILE


def load() -> Settings:
    """What was chosen; the default of whatever was not, or makes no sense."""
    try:
        tree = json.loads(settings_file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Settings()
    usable = tree if isinstance(tree, dict) else {}
    usual = Settings()
    kept = {f.name: usable[f.name] for f in fields(Settings) if f.name in usable}
    known = {
        name: value
        for name, value in kept.items()
        if type(value) is type(getattr(usual, name)) and value in _WORDS.get(name, (value,))
    }
    return Settings(**known)


def save(settings: Settings) -> None:
    """Keep them; whole or not at all. Raises OSError."""
    text = json.dumps(asdict(settings), indent=2, ensure_ascii=False) + "\n"
    write_files({settings_file(): text.encode()})


def usual_data_folder() -> Path:
    """Where things are kept unless somebody chose another place."""
    from platformdirs import user_data_path  # noqa: PLC0415 - only whoever keeps something needs it

    return user_data_path("fitter", appauthor=False)


def kept_folder() -> Path:
    """The folder in which everything is kept: the one named by FITTER_DATA, else chosen, else the usual."""
    if folder := os.environ.get(DATA_VARIABLE):
        return Path(folder).expanduser()
    chosen = load().data_folder
    return Path(chosen).expanduser() if chosen else usual_data_folder()
