"""Tries a built program as a person would: version, a sample fitted, its window opened and closed.

    python smoke.py dist/fitter/fitter

Standard library only. Where there is no screen and `Xvfb` is installed, the window opens on a virtual one.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

OPEN_SECONDS, STAY_SECONDS = 30.0, 4.0


def run(program: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        sys.exit(f"{program.name} {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def sample(program: Path) -> Path:
    return next(program.resolve().parent.rglob("neutral_right.stl"))


def fits_a_sample(program: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        run(program, "fit", str(sample(program)), "--load", "standing", "--out", folder)
        profile = json.loads(Path(folder, "profile.json").read_text(encoding="utf-8"))
        assert len(profile["feet"]) == 1, profile
        assert Path(folder, "report.pdf").read_bytes().startswith(b"%PDF")


def tells_its_licences(program: Path) -> None:
    """What About reads is bundled: the metadata of every library, with the texts."""
    folders = list(program.resolve().parent.rglob("*.dist-info"))
    names = {folder.name.split("-")[0].lower() for folder in folders}
    missing = {"insole_fitter", "numpy", "scipy", "pillow", "fpdf2", "customtkinter", "sqlalchemy"} - names
    assert not missing, f"no metadata, so no licence, of {', '.join(sorted(missing))}"
    assert any("license" in file.name.lower() for folder in folders for file in folder.rglob("*"))


def opens_its_window(program: Path, stack: ExitStack) -> None:
    environment = dict(os.environ, HOME=stack.enter_context(tempfile.TemporaryDirectory()))
    if sys.platform == "linux" and shutil.which("Xvfb"):
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24"], pass_fds=(write,)
        )
        stack.callback(server.terminate)
        os.close(write)
        with os.fdopen(read) as answer:
            environment["DISPLAY"] = f":{answer.readline().strip()}"
    window = subprocess.Popen([str(program), "app", str(sample(program))], env=environment)
    stack.callback(window.kill)
    if sys.platform == "linux" and shutil.which("xdotool"):
        end = time.monotonic() + OPEN_SECONDS
        search = ["xdotool", "search", "--name", "Fitter"]
        while subprocess.run(search, env=environment, capture_output=True, check=False).returncode:
            if window.poll() is not None or time.monotonic() > end:
                sys.exit(f"the window did not open (exit status {window.poll()})")
            time.sleep(0.2)
    time.sleep(STAY_SECONDS)
    if window.poll() is not None:
        sys.exit(f"the window closed by itself (exit status {window.returncode})")
    window.send_signal(signal.SIGTERM)
    window.wait(20)


def main() -> None:
    program = Path(sys.argv[1])
    print(run(program, "--version").strip())
    fits_a_sample(program)
    print("a sample was fitted")
    tells_its_licences(program)
    print("the licences are there")
    with ExitStack() as stack:
        opens_its_window(program, stack)
    print("the window opened and closed")


if __name__ == "__main__":
    main()
