"""Where a shop's scanner checks are kept: one small readable file in the user's data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from fitter.errors import FitterError
from fitter.files import write_files
from fitter.resources import table
from fitter.saying import say
from fitter.scan.scanner import ScaleCheck, Scanner, pooled
from fitter.settings import DATA_VARIABLE, kept_folder

FILE = "scanners.json"
FOLDER_VARIABLE = DATA_VARIABLE
_SCHEMA_VERSION = "1.0"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """One check as it is kept: what was scanned (such as "block 250 x 100 mm"), the day (ISO 8601), the scan
    (first half of its SHA-256), and what it showed (see `ScaleCheck`)."""

    object: str
    checked: str
    scan: str
    scale: float
    scale_u95: float
    noise_mm: float

    @property
    def bare(self) -> ScaleCheck:
        return ScaleCheck(self.scale, self.scale_u95, self.noise_mm, self.checked)


def data_file() -> Path:
    """The file the checks are kept in, there or not."""
    return kept_folder() / FILE


def known() -> dict[str, tuple[KeptCheck, ...]]:
    """Name of each scanner -> its checks, the newest last.

    Raises FitterError where the file is no such list.
    """
    path = data_file()
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        return {
            _name(name, str(path)): tuple(_kept(check) for check in kept["checks"])
            for name, kept in tree["scanners"].items()
        }
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FitterError(
            "is damaged: it is no list of scanner checks",
            where=str(path),
            todo="Mend it, or delete it and check the scanners again",
            code="damaged_file",
        ) from None


def _kept(raw: Mapping[str, Any]) -> KeptCheck:
    numbers = [raw[key] for key in ("scale", "scale_u95", "noise_mm")]
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise ValueError("expected numbers")
    scale, u95, noise = (float(n) for n in numbers)
    if not (0.5 < scale < 2.0 and 0.0 <= u95 < 0.5 and 0.0 <= noise < 100.0):
        raise ValueError("no such scanner")
    day = date.fromisoformat(raw["checked"]).isoformat()
    return KeptCheck(str(raw["object"]), day, str(raw["scan"]), scale, u95, noise)


def load(name: str, today: date) -> Scanner:
    """The scanner of that name, pooled over its checks.

    Raises FitterError where there is none of that name, with those there are.
    """
    return _pooled(name, _checks_of(name, known()), today)


def everything(today: date) -> list[Scanner]:
    """Every scanner there is, by name."""
    return [_pooled(name, checks, today) for name, checks in sorted(known().items()) if checks]


def add(name: str, check: KeptCheck, today: date) -> Scanner:
    """Keep a check under a scanner's name, and give the scanner as it is known now.

    A scan checked again replaces its former check: it shows nothing of how the scanner repeats itself.
    """
    scanners = known()
    name = _name(name, "--scanner")
    newest = table("scan/scanner.toml")["pool"]["newest"]
    others = [c for c in scanners.get(name, ()) if c.scan != check.scan]
    checks = sorted((*others, check), key=lambda c: c.checked)[-newest:]
    _write({**scanners, name: tuple(checks)})
    return _pooled(name, checks, today)


def forget(name: str) -> int:
    """Forget a scanner; how many checks of it were kept."""
    scanners = known()
    count = len(_checks_of(name, scanners))
    _write({other: checks for other, checks in scanners.items() if other != name.strip()})
    return count


def _pooled(name: str, checks: tuple[KeptCheck, ...] | list[KeptCheck], today: date) -> Scanner:
    newest = date.fromisoformat(max(c.checked for c in checks))
    old = (today - newest).days > table("scan/scanner.toml")["pool"]["old_days"]
    return pooled(name.strip(), [c.bare for c in checks], old=old)


def _checks_of(name: str, scanners: Mapping[str, tuple[KeptCheck, ...]]) -> tuple[KeptCheck, ...]:
    checks = scanners.get(name.strip(), ())
    if checks:
        return checks
    there = ", ".join(sorted(scanners))
    raise FitterError(
        say("no scanner '{name}' is known", name=name.strip()[:_LONGEST_NAME])
        + (say("; known are {there}", there=there) if there else ""),
        todo="" if there else "Check it first: fitter scanner-check SCAN --length MM --scanner NAME",
        code="unknown_scanner",
    )


def _name(text: str, where: str) -> str:
    name = text.strip()
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise FitterError(
            say("a scanner's name has 1 to {longest_name} plain characters", longest_name=_LONGEST_NAME),
            where=where,
            code="bad_name",
        )
    return name


def _write(scanners: Mapping[str, tuple[KeptCheck, ...]]) -> None:
    tree = {
        "schema_version": _SCHEMA_VERSION,
        "scanners": {
            name: {
                "checks": [
                    {
                        "object": c.object,
                        "checked": c.checked,
                        "scan": c.scan,
                        "scale": round(c.scale, 7),
                        "scale_u95": round(c.scale_u95, 7),
                        "noise_mm": round(c.noise_mm, 4),
                    }
                    for c in checks
                ]
            }
            for name, checks in sorted(scanners.items())
        },
    }
    write_files({data_file(): (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()})
