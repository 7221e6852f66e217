"""Draws a chart of `figures` in the window: pointing at a mark, or going there with the arrows, tells the
numbers behind it; Ctrl+C or a right click copies them all."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import customtkinter as ctk

from fitter.app import theme
from fitter.app.figures import Chart, Mark, Row
from fitter.app.text import _

# From low to high one hue family, lightest in the middle: the ends differ by hue (orange, blue), not by red
# and green, and by their names.
CONTINUUM: tuple[theme.Pair, ...] = (
    ("#E9B78F", "#8A5226"),
    ("#F4DCC6", "#5F4330"),
    ("#E6EBEE", "#37424A"),
    ("#CBE0EE", "#2B4A60"),
    ("#93BEDD", "#2B658F"),
)
BAND: tuple[theme.Pair, ...] = (("#E6EBEE", "#37424A"),)
_BAND_HEIGHT, _HEAD, _AXIS, _ROW, _EDGE = 36, 24, 22, 38, 8  # at scale 1
_NEAR = 14  # how near the mouse must be to a mark, at scale 1


class ChartView(ctk.CTkFrame):
    """One chart, as wide as its place."""

    def __init__(self, parent: Any, *, ground: theme.Pair = theme.PANEL) -> None:
        super().__init__(parent, fg_color="transparent")
        self.chart: Chart | None = None
        self._ground, self._at = ground, -1
        self._places: list[tuple[float, float, float]] = []  # of each mark: left, right, height
        ring = theme.scaled(self, 2)
        self.canvas = tk.Canvas(self, borderwidth=0, highlightthickness=ring, height=10, takefocus=True)
        self.canvas.pack(fill="x")
        self.told = theme.wrapped(theme.label(self, size=12, muted=True), 4)
        self.told.pack(fill="x", padx=4, pady=(2, 0))
        bind = self.canvas.bind
        bind("<Configure>", lambda _event: self.paint())
        bind("<Motion>", lambda event: self._point(self._nearest(event.x, event.y)))
        bind("<Leave>", lambda _event: self._point(-1))
        bind("<Button-1>", lambda _event: self.canvas.focus_set())
        bind("<Button-3>", self._menu)
        bind("<FocusIn>", lambda _event: self._point(max(self._at, 0)))
        bind("<FocusOut>", lambda _event: self._point(-1))
        bind("<Control-c>", lambda _event: self.copy())
        for key, by in (("Down", 1), ("Right", 1), ("Up", -1), ("Left", -1)):
            bind(f"<{key}>", lambda _event, step=by: self._step(step))  # type: ignore[misc]
        for key, end in (("Home", 0), ("End", -1)):
            bind(f"<{key}>", lambda _event, end=end: self._go_to(end))  # type: ignore[misc]

    def show(self, chart: Chart | None) -> None:
        """Turn to a chart; None empties it."""
        self.chart, self._at = chart, -1
        self._tell()
        self.paint()

    def copy(self) -> str:
        """The numbers behind the chart into the clipboard, as a table."""
        if self.chart is not None:
            self.clipboard_clear()
            self.clipboard_append(self.chart.copied)
            self.told.configure(text=_("Copied as a table."))
        return "break"

    # ------------------------------------------------------------------ pointing

    def _nearest(self, x: float, y: float) -> int:
        """The mark under the mouse, or -1: anywhere on its line of doubt."""
        near = theme.scaled(self, _NEAR)
        apart = [
            (abs(y - height) + max(left - x, x - right, 0.0), i)
            for i, (left, right, height) in enumerate(self._places)
        ]
        distance, found = min(apart, default=(near + 1.0, -1))
        return found if distance <= near else -1

    def _step(self, by: int) -> str:
        count = len(self._places)
        return self._go_to((self._at + by) % count if self._at >= 0 else 0) if count else "break"

    def _go_to(self, index: int) -> str:
        count = len(self._places)
        if count:
            self._point(index % count)
        return "break"

    def _point(self, index: int) -> None:
        if index != self._at:
            self._at = index
            self._tell()
            self.paint()

    def _tell(self) -> None:
        pointed = self.chart is not None and 0 <= self._at < len(self.chart.marks)
        if self.chart is None:
            text = ""
        else:
            text = self.chart.marks[self._at].told if pointed else self.chart.caption
        self.told.configure(text=text, text_color=theme.TEXT if pointed else theme.MUTED)

    def _menu(self, event: Any) -> None:
        menu = tk.Menu(self, tearoff=False)
        menu.add_command(label=_("Copy as a table"), command=self.copy)
        menu.tk_popup(event.x_root, event.y_root)

    # ------------------------------------------------------------------ drawing

    def x_of(self, value: float) -> float:
        """Where a value lies on the scale (pixels); what lies beyond it is drawn at its end."""
        assert self.chart is not None
        left = theme.scaled(self, _EDGE)
        right = self.canvas.winfo_width() - left
        share = (value - self.chart.low) / (self.chart.high - self.chart.low)
        return left + min(max(share, 0.0), 1.0) * (right - left)

    def paint(self) -> None:
        """Draw again: the room, the colours or the size of letters may be others now."""
        canvas, chart = self.canvas, self.chart
        canvas.delete("all")
        self._places = []
        ground, focus = theme.pick(self._ground), theme.pick(theme.FOCUS)
        canvas.configure(background=ground, highlightbackground=ground, highlightcolor=focus)
        tall = theme.scaled(self, self._height()) if chart is not None else 1
        if abs(int(float(canvas.cget("height"))) - tall) > 1:
            canvas.configure(height=tall)
        if chart is None or canvas.winfo_width() < 50:
            return
        low_names = self._draw_zones(chart, tall)
        y = theme.scaled(self, self._top(chart))
        if chart.lead is not None:
            middle = theme.scaled(self, _HEAD + _BAND_HEIGHT / 2)
            self._draw_mark(chart.lead, middle, theme.scaled(self, 7), caps=True)
        self._draw_ticks(chart, low_names)
        for row in chart.rows:
            self._draw_row(row, y)
            y += theme.scaled(self, _ROW)

    def _top(self, chart: Chart) -> float:
        """Where the rows begin, at scale 1."""
        return (_HEAD + _BAND_HEIGHT + _AXIS if chart.lead is not None else _AXIS) + 26

    def _height(self) -> float:
        assert self.chart is not None
        return self._top(self.chart) + _ROW * len(self.chart.rows) - 10

    def _draw_zones(self, chart: Chart, tall: int) -> float:
        """The zones: a band of their own where something lies on it, else behind the rows."""
        colours = CONTINUUM if chart.lead is not None or len(chart.zones) > 1 else BAND
        own = chart.lead is not None
        if (
            not own and colours is CONTINUUM
        ):  # words would not stand out on such colours: they lie in each row
            return float(theme.scaled(self, 4))
        top, bottom = (theme.scaled(self, _HEAD), theme.scaled(self, _HEAD + _BAND_HEIGHT))
        if not own:
            top, bottom = theme.scaled(self, _AXIS), tall
        for zone in chart.zones:
            left, right = self.x_of(zone.low), self.x_of(zone.high)
            fill = theme.pick(colours[zone.colour % len(colours)])
            self.canvas.create_rectangle(left, top, right, bottom, fill=fill, outline="")
            if own:
                self._text((left + right) / 2, top - theme.scaled(self, 4), zone.name, "s")
        return float(bottom if own else theme.scaled(self, 4))

    def _draw_ticks(self, chart: Chart, top: float) -> None:
        for value, text in chart.ticks:
            anchor = "nw" if value <= chart.low else "ne" if value >= chart.high else "n"
            self._text(self.x_of(value), top + theme.scaled(self, 2), text, anchor)

    def _draw_row(self, row: Row, y: float) -> None:
        assert self.chart is not None
        ends = self.x_of(self.chart.low), self.x_of(self.chart.high)
        if self.chart.lead is None and len(self.chart.zones) > 1:
            tall = theme.scaled(self, 5)
            for zone in self.chart.zones:
                left, right = self.x_of(zone.low), self.x_of(zone.high)
                fill = theme.pick(CONTINUUM[zone.colour])
                self.canvas.create_rectangle(left, y - tall, right, y + tall, fill=fill, outline="")
        self.canvas.create_line(ends[0], y, ends[1], y, fill=theme.pick(theme.LINE))
        up = y - theme.scaled(self, 7)
        name = self._text(ends[0], up, row.name, "sw", theme.TEXT)
        beside = self._text(ends[1], up, row.beside, "se")
        # The name goes first; a number that has no room beside it is told by pointing.
        if self.canvas.bbox(name)[2] + theme.scaled(self, 8) > self.canvas.bbox(beside)[0]:
            self.canvas.delete(beside)
        for mark in row.marks:
            self._draw_mark(mark, y, theme.scaled(self, 4))

    def _draw_mark(self, mark: Mark, y: float, r: float, *, caps: bool = False) -> None:
        assert self.chart is not None
        canvas, chart = self.canvas, self.chart
        ink = theme.pick({"main": theme.ACCENT_TEXT, "quiet": theme.EDGE, "loud": theme.MARK}[mark.tone])
        low, x, high = self.x_of(mark.low), self.x_of(mark.value), self.x_of(mark.high)
        line = theme.pick(theme.TEXT if caps else theme.MUTED)
        thick = theme.scaled(self, 3 if caps else 2)
        if chart.from_ is not None:  # a bar with a length
            tall = theme.scaled(self, 4)
            canvas.create_rectangle(self.x_of(chart.from_), y - tall, x, y + tall, fill=ink, outline="")
        canvas.create_line(low, y, high, y, fill=line, width=thick)
        for end, at in ((mark.low, low), (mark.high, high)):
            if caps and chart.low <= end <= chart.high:  # an interval that runs off the scale has no end mark
                canvas.create_line(at, y - r, at, y + r, fill=line, width=2)
        if not chart.low <= mark.value <= chart.high:  # it lies beyond the scale
            self._draw_arrow(x, y, r, ink, 1 if mark.value > chart.high else -1)
            self._remember(low, x, high, y, r)
            return
        draw = canvas.create_rectangle if mark.shape == "square" else canvas.create_oval
        draw(x - r, y - r, x + r, y + r, fill=ink, outline=theme.pick(self._ground), width=2 if caps else 1)
        self._remember(low, x, high, y, r)

    def _draw_arrow(self, x: float, y: float, r: float, ink: str, way: int) -> None:
        tip = (x + way * r, y)
        self.canvas.create_polygon(*tip, x - way * r, y - 1.6 * r, x - way * r, y + 1.6 * r, fill=ink)

    def _remember(self, low: float, x: float, high: float, y: float, r: float) -> None:
        """Where a mark can be pointed at; the one that is pointed at gets a ring."""
        self._places.append((min(low, x), max(high, x), y))
        if len(self._places) - 1 == self._at:
            grown = r + theme.scaled(self, 4)
            box = (x - grown, y - grown, x + grown, y + grown)
            self.canvas.create_oval(*box, outline=theme.pick(theme.TEXT), width=2)

    def _text(self, x: float, y: float, text: str, anchor: Any, ink: theme.Pair = theme.MUTED) -> int:
        return self.canvas.create_text(
            x, y, text=text, anchor=anchor, fill=theme.pick(ink), font=theme.plain_font(self, 12)
        )

    def _set_scaling(self, *scalings: float) -> None:
        super()._set_scaling(*scalings)
        self.paint()

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self.paint()
