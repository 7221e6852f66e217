"""How a screen follows the state: only while it is looked at, and only as long as there is one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitter.app.state import AppState


def follow(widget: Any, state: AppState, fields: Set[str], show: Callable[[], object]) -> Callable[[], None]:
    """Call ``show`` when one of the ``fields`` of the model changed: at once while ``widget`` is shown, else
    when it is next shown. It ends with the widget: a page that is gone is not told, nor kept in memory.

    What it gives back shows what is due at once, for whoever reads a page out of sight."""
    due = False

    def changed(names: frozenset[str]) -> None:
        nonlocal due
        if not fields & names:
            return
        if widget.winfo_ismapped():
            show()
        else:
            due = True

    def catch_up() -> None:
        nonlocal due
        if due:
            due = False
            show()

    def mapped(event: Any) -> None:
        if event.widget is widget:
            catch_up()

    def gone(event: Any) -> None:
        if event.widget is widget:
            end()

    end = state.listen(changed)
    tk.Misc.bind(widget, "<Map>", mapped, add="+")
    tk.Misc.bind(widget, "<Destroy>", gone, add="+")
    return catch_up
