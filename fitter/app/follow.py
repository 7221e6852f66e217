"""How a screen follows the state: only while it is looked at, and only as long as there is one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Set
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fitter.app.state import AppState


def follow(widget: Any, state: AppState, fields: Set[str], show: Callable[[], object]) -> None:
    """Call ``show`` when one of the ``fields`` of the model changed: at once while ``widget`` is shown, else
    when it is next shown. It ends with the widget: a page that is gone is not told, nor kept in memory."""
    due = False

    def changed(names: frozenset[str]) -> None:
        nonlocal due
        if not fields & names:
            return
        if widget.winfo_ismapped():
            show()
        else:
            due = True

    def mapped(event: Any) -> None:
        nonlocal due
        if due and event.widget is widget:
            due = False
            show()

    def gone(event: Any) -> None:
        if event.widget is widget:
            end()

    end = state.listen(changed)
    tk.Misc.bind(widget, "<Map>", mapped, add="+")
    tk.Misc.bind(widget, "<Destroy>", gone, add="+")
