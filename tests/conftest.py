"""A screen for the tests that drive the real window: the one there is, or a virtual one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, settings

from fitter.app import fonts

# What the tester chose for the program is no part of a test, and no test changes it.
_CONFIG = tempfile.TemporaryDirectory(prefix="fitter-config-")
os.environ["FITTER_CONFIG"] = _CONFIG.name

with suppress(ImportError):  # without Tk there is no window to test
    fonts.load()  # before a test imports it in the way that breaks the windows of others

# A busy machine is no fault of a foot: what a test claims never hangs on the clock.
settings.register_profile("fitter", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("fitter")


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """The name of an X display, 24 bits deep. On Windows and macOS there always is one.

    Without a display and without Xvfb the test is skipped, or fails where FITTER_REQUIRE_DISPLAY is 1.
    """
    if os.name == "nt" or os.uname().sysname == "Darwin":
        yield ""
        return
    if shutil.which("Xvfb") is None:
        if os.environ.get("DISPLAY"):
            yield os.environ["DISPLAY"]
            return
        if os.environ.get("FITTER_REQUIRE_DISPLAY") == "1":
            pytest.fail("FITTER_REQUIRE_DISPLAY is 1, but there is neither a display nor Xvfb")
        pytest.skip("neither a display nor Xvfb")
    yield from _virtual()


def _virtual() -> Iterator[str]:
    """An own virtual screen with a free number: a window on the tester's desktop would catch their mouse."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    if not number:
        pytest.fail("Xvfb is there but did not start")
    name = f":{number}"
    before = os.environ.get("DISPLAY")
    os.environ["DISPLAY"] = name
    yield name
    if before is None:
        del os.environ["DISPLAY"]
    else:
        os.environ["DISPLAY"] = before
    server.terminate()
    server.wait(10)
