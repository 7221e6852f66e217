"""The rooms: one direction of flow, nothing heavy at the door, no network anywhere."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import fitter

PACKAGE = Path(fitter.__file__).parent
# From the innermost room outwards; a room imports only from rooms before it (docs/ARCHITECTURE.md).
ROOMS = (
    "saying",
    "language",
    "errors",
    "quantity",
    "terms",
    "resources",
    "files",
    "settings",
    "lengths",
    "scan",
    "anatomy.measures",
    "measurements",
    "anatomy",
    "plausible",
    "entry",
    "entry_files",
    "home",
    "answers",
    "posture",
    "support",
    "knee",
    "profile",
    "captures",
    "scanned",
    "journey",
    "by_hand",
    "picture",
    "exchange",
    "what_if",
    "scanners",
    "shop",
    "own_rules",
    "insoles",
    "certify",
    "records",
    "app",
    "cli_certify",
    "cli_customers",
    "cli_home",
    "cli_outputs",
    "cli_insole",
    "cli_knee",
    "cli_rules",
    "cli_scanner",
    "cli_shelf",
    "cli_inputs",
    "cli",
)
NETWORK = {
    "socket",
    "ssl",
    "urllib",
    "http",
    "requests",
    "ftplib",
    "smtplib",
    "asyncio",
    "httpx",
    "webbrowser",
}


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    return names


def room_of(module: str) -> str | None:
    parts = module.split(".")[1:]
    inner = ".".join(parts[:2])  # the registry is a room of its own inside anatomy
    if not module.startswith("fitter.") or not parts:
        return None
    return inner if inner in ROOMS else parts[0] if parts[0] in ROOMS else None


def test_a_room_imports_only_from_rooms_further_in() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        here = room_of(".".join(("fitter", *path.relative_to(PACKAGE).with_suffix("").parts)))
        if here is None:
            continue
        for name in imports_of(path):
            there = room_of(name)
            if there is not None and ROOMS.index(there) > ROOMS.index(here):
                wrong.append(f"{path.relative_to(PACKAGE)} imports {name}")
    assert not wrong


def test_every_module_lives_in_a_room() -> None:
    outside = {p.name for p in PACKAGE.iterdir() if p.suffix == ".py"} - {"__init__.py", "__main__.py"}
    assert {name.removesuffix(".py") for name in outside} <= set(ROOMS)


def test_the_desktop_program_holds_no_network_code() -> None:
    found = {
        f"{path.relative_to(PACKAGE)}: {name}"
        for path in PACKAGE.rglob("*.py")
        for name in imports_of(path)
        if name.split(".")[0] in NETWORK
    }
    assert not found


def test_asking_for_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, fitter.cli\n"
        "try: fitter.cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({m.split('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(done.stderr.strip().splitlines()[-1]))
    heavy = {"numpy", "scipy", "trimesh", "sklearn", "customtkinter", "tkinter", "fpdf", "PIL"}
    assert not loaded & (heavy | {"shapely", "manifold3d", "ezdxf", "sqlalchemy"})
