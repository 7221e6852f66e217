"""The controls under the foot in 3D: what its colours tell, what stands beside it, what is drawn over it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import customtkinter as ctk

from fitter.app import theme
from fitter.app.foot_view import FootView
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.picture.scene import Company, Paint

_GAP = 8  # pixels at scale 1
_MOST_ROWS = 2  # more would take the room of the picture: a button brings them


def _paints() -> dict[Paint, str]:
    return {
        "": _("Natural colours"),
        "height": _("Height above the floor"),
        "gap": _("Distance to the insole"),
        "seen": _("Quality of the scan"),
    }


def _companies() -> dict[Company, str]:
    return {
        "one": _("This foot alone"),
        "both": _("Both feet"),
        "beside": _("Before and after, side by side"),
        "change": _("Before and after, the change"),
    }


class FootControls(ctk.CTkFrame):
    """They stand in a row as long as there is room, else in several."""

    def __init__(
        self, parent: Any, state: AppState, foot: FootView, *, choose_folder: Callable[[], str]
    ) -> None:
        super().__init__(parent, fg_color="transparent", height=40)
        self._waiting = ""
        self.state, self.foot, self._choose_folder = state, foot, choose_folder
        self.paint = self._menu(lambda name: state.show(paint=_key(_paints(), name)))
        self.company = self._menu(lambda name: state.show(company=_key(_companies(), name)))
        self.landmarks = self._tick(_("Landmarks"), lambda on: state.show(landmarks=on))
        self.lines = self._tick(_("Measure lines"), lambda on: state.show(lines=on))
        self.insole = self._tick(_("Insole"), lambda on: state.show(insole=on))
        self.save = theme.quiet(self, _("Save picture"), self.save_picture, height=28, width=60)
        self.more = theme.quiet(self, _("What is shown"), self._fold, height=28, width=60)
        self.tight = False  # whether the picture needs their room: then all of them come on demand
        self._all = False  # whether all are shown where they take many rows
        self._row: tuple[Any, ...] = (
            self.landmarks, self.lines, self.insole, self.paint, self.company, self.save,
        )  # fmt: skip
        for widget in (self, *self._row):
            tk.Frame.bind(widget, "<Configure>", lambda _event: self._flow_soon(), add="+")
        tk.Frame.bind(self, "<Map>", lambda _event: self._flow_soon(), add="+")
        foot.canvas.bind("<Key-s>", lambda _event: self.save_picture())
        state.listen(self._changed)
        self.follow()

    def destroy(self) -> None:
        if self._waiting:
            self.after_cancel(self._waiting)
        super().destroy()

    def _menu(self, command: Callable[[str], None]) -> Any:
        menu = ctk.CTkOptionMenu(
            self, values=[""], command=command, height=28, font=theme.font(13), dropdown_font=theme.font(13),
            dynamic_resizing=True,
        )  # fmt: skip
        return theme.calm(menu)

    def _tick(self, text: str, command: Callable[[bool], None]) -> Any:
        box = theme.tick(self, text, 13)
        box.configure(command=lambda: command(bool(box.get())))
        return box

    def _flow_soon(self) -> None:
        """When all is drawn, and once: in the midst of laying out it would lay out within itself."""
        if not self._waiting:
            self._waiting = self.after(1, self.flow)

    def flow(self) -> None:
        """Place them from left to right, in as many rows as it takes."""
        self._waiting = ""
        rows, places = self._places(self._row)
        if rows > _MOST_ROWS or self.tight:
            shown = (self.more, *self._row) if self._all else (self.more,)
            rows, places = self._places(shown)
        for widget in (self.more, *self._row):
            if (at := places.get(widget)) is not None:
                tk.Place.place_configure(widget, x=at["x"], y=at["y"])  # the library's own scales x and y
            else:
                tk.Place.place_forget(widget)
        tall = max((at["y"] + widget.winfo_reqheight() for widget, at in places.items()), default=1)
        scale = ctk.ScalingTracker.get_widget_scaling(self)
        if abs(self.cget("height") - tall / scale) > 1:
            self.configure(height=tall / scale)

    def _places(self, widgets: tuple[Any, ...]) -> tuple[int, dict[Any, dict[str, int]]]:
        """In how many rows they stand, and where each."""
        gap, room = theme.scaled(self, _GAP), self.winfo_width()
        x, y, tall, rows = 0, 0, 0, 1
        places = {}
        for widget in widgets:
            wide, high = widget.winfo_reqwidth(), widget.winfo_reqheight()
            if x and x + wide > room:
                x, y, tall, rows = 0, y + tall + gap // 2, 0, rows + 1
            places[widget] = {"x": x, "y": y}
            x, tall = x + wide + gap, max(tall, high)
        return rows, places

    def _fold(self) -> None:
        """Show all of them, or the picture in their place."""
        self._all = not self._all
        self.more.configure(text=_("Fewer choices") if self._all else _("What is shown"))
        self._flow_soon()

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"result", "foot", "preview", "landmarks", "lines", "paint", "company", "insole"}:
            self.follow()

    def follow(self) -> None:
        """Show what the state says, and offer what there is."""
        now, there = self.state.now, self.foot.shape is not None
        paints, companies = _paints(), _companies()
        told = now.told is not None
        offered: dict[Any, bool] = {
            "": there,
            "height": there,
            "gap": self.foot.has_insole,
            "seen": there and told,
        }
        self._offer(self.paint, [paints[p] for p in get_args(Paint) if offered[p]], paints[now.paint])
        beside: list[Company] = [
            c for c in get_args(Company) if c == "one" or self.foot.companion(c) is not None
        ]
        shown = now.company if now.company in beside else "one"
        self._offer(self.company, [companies[c] for c in beside], companies[shown])
        for box, on in ((self.landmarks, now.landmarks), (self.lines, now.lines), (self.insole, now.insole)):
            (box.select if on else box.deselect)()
            box.configure(state="normal" if there else "disabled")
        self.insole.configure(state="normal" if self.foot.has_insole else "disabled")
        self.save.configure(state="normal" if there else "disabled")
        self._flow_soon()

    def _offer(self, menu: Any, names: list[str], chosen: str) -> None:
        if list(menu.cget("values")) != names:
            menu.configure(values=names)
        menu.set(chosen if chosen in names else next(iter(names), chosen))
        menu.configure(state="normal" if len(names) > 1 else "disabled")

    def save_picture(self) -> None:
        """Ask for a folder and save what is shown there, at twice its size."""
        if self.foot.scene is None:
            return
        folder = self._choose_folder()
        if folder:
            name, make = self.foot.picture(scale=2)
            self.state.save(folder, lambda progress: {_free(Path(folder), name): make()}, _("Drawing"))


def _key(names: Any, name: str) -> Any:
    return next(key for key, text in names.items() if text == name)


def _free(folder: Path, name: str) -> str:
    """A name that no file there has: a picture replaces nothing."""
    number, stem = 1, Path(name).stem
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}.png"
    return name
