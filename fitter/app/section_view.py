"""A section that slides through the foot: the plane on the foot itself, the drawing beside it in one true
scale, and what is read there."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import customtkinter as ctk
import numpy as np

from fitter.app import theme
from fitter.app.foot_view import FootView
from fitter.app.jobs import Job
from fitter.app.reader import Reader
from fitter.app.segments import Segments
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import plain, with_error
from fitter.picture.guides import DARK, LIGHT, Guide, Shape
from fitter.quantity import Quantity
from fitter.scan.foot import Foot, length_of

if TYPE_CHECKING:
    from fitter.anatomy.slices import Plane, Slice, Slicer, Way
    from fitter.picture.section import Room

_TALLEST = 0.38  # of the window's height that the drawing takes: the numbers below it stay in sight
_SETTLED_MS = 180  # after which the drawing is painted with smooth lines
_REACH = 9  # pixels at scale 1 within which the section's line is under the mouse
_HIDDEN_MM = 1.5
_MOST_POINTS = 400  # of one outline on the foot in 3D
_HEEL_AT, _INSTEP_AT = 0.15, 0.5  # of foot length, as the foot axis and the instep's girth have them


def ways() -> dict[str, str]:
    """The directions of a section, in plain words."""
    return {"across": _("Across"), "along": _("Lengthwise"), "level": _("Level")}


def stops() -> dict[str, str]:
    """Named places, all across the foot."""
    return {
        "heel": _("Heel"),
        "arch": _("Arch"),
        "instep": _("Instep"),
        "ball": _("Ball"),
    }


class SectionTool(ctk.CTkFrame):
    """Direction, place and stops; the drawing; the numbers; and files of it."""

    def __init__(
        self,
        parent: Any,
        view: FootView,
        state: AppState,
        close: Callable[[], None],
        choose_folder: Callable[[], str],
    ) -> None:
        super().__init__(parent, fg_color="transparent")
        self.view, self.state = view, state
        self._choose_folder = choose_folder
        self.way: Way = "across"
        self.place = 0.0  # mm
        self.stop = ""  # the named place the plane stands at
        self.cut: Slice | None = None
        self.shown = False
        self._slicer: Slicer | None = None
        self._room: Room | None = None
        self._making: Foot | None = None
        self._due = False
        self._held: tuple[float, float, float] | None = None
        self._build(close)
        view.overlay(self._draw_over)
        view.hand(self)
        state.listen(self._changed)

    # ------------------------------------------------------------------ building

    def _build(self, close: Callable[[], None]) -> None:
        head = ctk.CTkFrame(self, fg_color="transparent")
        head.pack(fill="x", padx=8, pady=(8, 4))
        theme.quiet(head, _("Close"), close, width=80).pack(side="right")
        theme.label(head, _("Section"), 18, bold=True).pack(side="left")
        page = theme.scroll_area(self)
        page.pack(fill="both", expand=True)
        self.directions = Segments(
            page, values=list(ways().values()), font=theme.font(13), height=32, command=self._turned
        )
        self.directions.set(ways()["across"])
        self.directions.pack(fill="x", padx=8, pady=(0, 8))
        row = ctk.CTkFrame(page, fg_color="transparent")
        row.pack(fill="x", padx=8)
        self.stop_buttons: dict[str, Any] = {}
        for column, (stop, text) in enumerate(stops().items()):
            row.columnconfigure(column, weight=1, uniform="stop")
            button = theme.quiet(row, text, lambda s=stop: self.go_to(s), width=20)
            button.grid(row=0, column=column, sticky="ew", padx=(0, 6 if column < 3 else 0))
            self.stop_buttons[stop] = button
        self.slider = ctk.CTkSlider(
            page, from_=0.0, to=1.0, command=self._slid, height=26, fg_color=theme.QUIET,
            progress_color=theme.ACCENT, button_color=theme.ACCENT, button_hover_color=theme.ACCENT_HOVER,
        )  # fmt: skip
        self.slider.pack(fill="x", padx=8, pady=(10, 2))
        self.where = theme.wrapped(theme.label(page, "", 14), 8)
        self.where.pack(fill="x", padx=8)
        self.drawing = _Drawing(page, self.state)
        self.drawing.pack(fill="x", padx=8, pady=6)
        self.notes = Reader(page, height=8)
        self.notes.pack(fill="x", padx=4)
        files = ctk.CTkFrame(page, fg_color="transparent")
        files.pack(fill="x", padx=8, pady=(6, 8))
        self.buttons = (
            theme.quiet(files, _("Save SVG"), lambda: self.save("svg"), width=20),
            theme.quiet(files, _("Save DXF"), lambda: self.save("dxf"), width=20),
            theme.quiet(files, _("Copy"), self.copy, width=20),
        )
        for column, button in enumerate(self.buttons):
            files.columnconfigure(column, weight=1, uniform="file")
            theme.wrapped_button(button, 14)
            button.grid(row=0, column=column, sticky="nsew", padx=(0, 6 if column < 2 else 0))

    # ------------------------------------------------------------------ the foot it goes through

    @property
    def foot(self) -> Foot | None:
        now = self.state.now
        if now.preview is not None or now.result is None or now.told is None:
            return None
        return now.result.shapes[now.foot]

    @property
    def length(self) -> float:
        """How long the foot is (mm); 1 where there is none."""
        return length_of(self.foot, self._marks)

    @property
    def _marks(self) -> Any:
        now = self.state.now
        return now.result.landmarks[now.foot] if now.result is not None else {}

    def open(self) -> None:
        """The tool is on the screen: cut the foot where it was cut last, or at half its length."""
        self.shown = True
        self._prepare()

    def closed(self) -> None:
        """The tool was closed: the plane is drawn no more."""
        self.shown = False
        self._draw_over()

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"result", "foot", "preview"} and self.shown:
            self._prepare()

    def _prepare(self) -> None:
        """Sort the surface for cutting, beside the window."""
        foot = self.foot
        if foot is None:
            self.cut = self._slicer = None
            self._show()
            return
        if (self._slicer is not None and self._slicer.foot is foot) or self._making is foot:
            self._cut_soon()
            return
        self._making, length = foot, self.length
        self.cut = None  # of another foot
        self._show()

        def done(slicer: Slicer) -> None:
            self._making = None
            if self.foot is slicer.foot:
                first = self._slicer is None
                self._slicer = slicer
                if first or not self._within():
                    self.go_to("instep")
                else:
                    self._face(self.way, self.place, self.stop)
            elif self.shown:
                self._prepare()

        def failed(error: Exception) -> None:
            self._making = None
            told = _("The section could not be made ({kind}).")
            self.state.complain(told.format(kind=type(error).__name__))

        self.state.jobs.run(lambda progress: _slicer(foot, length), done=done, failed=failed)

    def _range(self, way: Way) -> tuple[float, float]:
        from fitter.anatomy.slices import places  # noqa: PLC0415 - brings SciPy; loaded with the slicer

        assert self._slicer is not None
        low, high = places(way, self._slicer.foot.mesh)
        return low + 0.5, high - 0.5

    def _within(self) -> bool:
        low, high = self._range(self.way)
        return low <= self.place <= high

    # ------------------------------------------------------------------ where it stands

    def _turned(self, text: str) -> None:
        way = next(way for way, name in ways().items() if name == text)
        middle: dict[str, float] = {"across": _INSTEP_AT * self.length, "along": 0.0, "level": 20.0}
        if self._slicer is not None:
            low, high = self._range(way)  # type: ignore[arg-type]
            self._face(way, min(max(middle[way], low), high), "")  # type: ignore[arg-type]

    def go_to(self, stop: str) -> None:
        """Stand at a named place."""
        if self._slicer is None:
            return
        place = self._stop_at(stop)
        if place is not None:
            self._face("across", place, stop)

    def _stop_at(self, stop: str) -> float | None:
        marks = self._marks
        if stop == "ball":
            sides = ("metatarsale_tibiale", "metatarsale_fibulare")
            return float(np.mean([marks[s][0] for s in sides])) if all(s in marks for s in sides) else None
        if stop == "arch":
            return float(marks["arch_apex"][0]) if "arch_apex" in marks else None
        return (_HEEL_AT if stop == "heel" else _INSTEP_AT) * self.length

    def _face(self, way: Way, place: float, stop: str) -> None:
        """Stand at a place, with slider and buttons saying so."""
        from fitter.picture.section import room_for  # noqa: PLC0415 - loaded with the slicer

        assert self._slicer is not None
        if stop:
            place = self._stop_at(stop) or place
        self.way, self.place, self.stop = way, place, stop
        self.directions.set(ways()[way])
        low, high = self._range(way)
        self.slider.configure(from_=low, to=high, number_of_steps=max(1, round(high - low)))
        self.slider.set(place)
        foot = self._slicer.foot
        self._room = room_for(foot.mesh, way, foot.side, self._slicer.leg)
        self._cut_soon()

    def _slid(self, value: float) -> None:
        self.place, self.stop = float(value), ""
        self._cut_soon()

    def slide(self, mm: float) -> None:
        """Move the plane by so much."""
        if self._slicer is not None:
            low, high = self._range(self.way)
            self.slider.set(min(max(self.place + mm, low), high))
            self.place, self.stop = min(max(self.place + mm, low), high), ""
            self._cut_soon()

    def _plane(self) -> Plane:
        from fitter.anatomy.slices import ball_plane, plane_at  # noqa: PLC0415

        slanting = ball_plane(self._marks) if self.stop == "ball" else None
        return slanting or plane_at(self.way, self.place)

    def _cut_soon(self) -> None:
        if not self._due:
            self._due = True
            self.after_idle(self.cut_now)

    def cut_now(self) -> None:
        """Cut where the plane stands, and show it."""
        self._due = False
        if self._slicer is None or self.foot is not self._slicer.foot:
            return
        self.cut = self._slicer.at(self._plane())
        self._show()

    # ------------------------------------------------------------------ what is shown

    def _show(self) -> None:
        cut = self.cut
        there = cut is not None and bool(cut.outlines)
        for button, can in zip(self.buttons, (self._sized, self._sized, True), strict=True):
            _set(button, state="normal" if there and can else "disabled")
        for stop, button in self.stop_buttons.items():
            known = self._slicer is not None and self._stop_at(stop) is not None
            _set(button, state="normal" if known else "disabled")
            _set(button, fg_color=theme.DONE_BACK if known and stop == self.stop else theme.QUIET)
        if cut is None:
            told = "" if self.foot is not None else _("Open a scan of a foot: it can be cut here.")
            self.where.configure(text=told)
            self.drawing.show(None)
            self.notes.fill([])
        else:
            self.where.configure(text=self._where())
            self.drawing.show(self.picture())
            self.notes.fill(self._told(cut))
        self._draw_over()

    @property
    def _sized(self) -> bool:
        """Whether a millimetre of the scan is one of the foot: else nothing is drawn or written in mm."""
        return self.foot is not None and self.foot.scale_u95 is not None

    def _where(self) -> str:
        if self.stop == "ball":
            return _("Through both sides of the ball, upright")
        share = plain(100.0 * self.place / self.length, "")
        if not self._sized:
            return _("{share} % of the foot's length").format(share=share)
        told = {
            "across": _("{mm} mm from the heel, {share} % of the foot's length"),
            "along": _("{mm} mm from the foot axis to the inner side, {share} % of the foot's length"),
            "level": _("{mm} mm above the floor, {share} % of the foot's length"),
        }[self.way]
        return told.format(mm=plain(self.place, "mm"), share=share)

    def picture(self, notes: tuple[str, ...] = ()) -> Guide:
        """The drawing, in mm."""
        from fitter.picture.section import picture  # noqa: PLC0415

        assert self.cut is not None
        assert self._slicer is not None
        assert self._room is not None
        side = self._slicer.foot.side
        ends = (_("inner side"), _("outer side"))
        if self.way == "along":
            ends = (_("heel"), _("toes"))
        elif side == "left":
            ends = (ends[1], ends[0])
        bar = _("50 mm") if self._sized else ""
        return picture(self.cut, side, self._room, ends=ends, bar=bar, notes=notes)

    def readings(self, cut: Slice) -> list[tuple[str, Any]]:
        """What is read here: a name and the reading."""
        if self.way == "along":
            return [(_("Length here"), cut.width), (_("Highest above the floor"), cut.height)]
        if self.way == "level":
            return [(_("Length here"), cut.height), (_("Width here"), cut.width), (_("Around"), cut.girth)]
        girth = cut.girth
        fit = self.state.now.told
        if self.stop == "ball" and fit is not None:  # the measure itself, with all that is doubtful of it
            girth = fit.measurements.readings.get("ball_girth", girth)
        return [
            (_("Width here"), cut.width),
            (_("Highest above the floor"), cut.height),
            (_("Girth: a tape around"), girth),
        ]

    def _told(self, cut: Slice) -> list[tuple[str, str]]:
        parts: list[tuple[str, str]] = []
        pair = _("{name}: {value}")
        for name, reading in self.readings(cut):
            if isinstance(reading, Quantity):
                parts.append(("body", pair.format(name=name, value=with_error(reading))))
            else:
                parts.append(("note", pair.format(name=name, value=_(reading.text))))
        if cut.gaps:
            parts.append(("warn", _("The scan has a gap here; dashed is only the shortest way across.")))
        if any(outline.patched.any() for outline in cut.outlines):
            parts.append(("note", _("Dashed skin closes a hole in the scan and was not seen.")))
        parts.append(("note", _("Each error is that of the same kind of measure at its usual place.")))
        return parts

    # ------------------------------------------------------------------ taking it along

    @property
    def title(self) -> str:
        return _("Section, {side} foot. {where}").format(
            side=_(self.foot.side) if self.foot is not None else "", where=self._where()
        )

    def numbers(self) -> str:
        """The section as text: a table that a spreadsheet takes."""
        if self.cut is None:
            return ""
        rows = [self.title]
        for name, reading in self.readings(self.cut):
            told = with_error(reading) if isinstance(reading, Quantity) else _(reading.text)
            rows.append(f"{name}\t{told}")
        return "\n".join(rows)

    def copy(self) -> None:
        """Put the numbers on the clipboard."""
        self.clipboard_clear()
        self.clipboard_append(self.numbers())

    def save(self, kind: str) -> None:
        """Ask for a folder and write the section in true size."""
        cut, foot = self.cut, self.foot
        folder = self._choose_folder() if cut is not None and foot is not None and self._sized else ""
        if not folder or cut is None or foot is None:
            return
        # Who opens the file later sees what was read, and of what.
        lines = (self.title, *(row.replace("\t", ": ") for row in self.numbers().split("\n")[1:]))
        picture, title, side = self.picture(lines), self.title, foot.side
        name = f"section_{side}_{self.stop or f'{self.way}_{self.place:.1f}mm'}.{kind}"

        def made(_progress: Any) -> dict[str, bytes]:
            from fitter.exchange import section_files  # noqa: PLC0415 - brings ezdxf

            if kind == "svg":
                return {name: section_files.to_svg(picture)}
            return {name: section_files.to_dxf(cut, side, title)}

        self.state.save(folder, made, _("Writing the section"))

    # ------------------------------------------------------------------ on the foot in 3D

    def _draw_over(self) -> None:
        """The section's line on the skin: whole where seen, dotted behind."""
        self.view.canvas.delete("section")  # while it slides, only this is drawn again
        cut = self.cut
        if not self.shown or cut is None or self.foot is None or self._slicer is None:
            return
        if self._slicer.foot is not self.foot:
            return
        colour, wide = theme.pick(theme.MARK), theme.scaled(self.view, 3)
        for outline in cut.outlines:
            at = self.view.pixels(_thinned(outline.points, outline.closed))
            seen = self.view.seen(at, _HIDDEN_MM)
            start = 0
            for k in range(1, len(at)):
                if seen[k] == seen[start] and k < len(at) - 1:
                    continue
                run = at[start : k + 1, :2].ravel().tolist()
                if seen[start]:
                    self.view.canvas.create_line(*run, fill=colour, width=wide, tags=_TAGS)
                else:
                    self.view.canvas.create_line(*run, fill=colour, dash=(2, 6), tags=_TAGS)
                start = k

    def grab(self, x: float, y: float) -> bool:
        """Whether the section's line is under the mouse."""
        cut = self.cut
        if not self.shown or cut is None or not len(cut.points):
            return False
        at = np.concatenate([self.view.pixels(_thinned(o.points, o.closed)) for o in cut.outlines])
        near = np.hypot(at[:, 0] - x, at[:, 1] - y) < theme.scaled(self.view, _REACH)
        if not (near & self.view.seen(at, _HIDDEN_MM)).any():
            return False
        self._held = (x, y, self.place)
        self.view.canvas.configure(cursor="fleur")
        return True

    def drag(self, x: float, y: float) -> None:
        """The mouse moved with the button down: the plane follows it through the foot."""
        if self._held is None or self.cut is None:
            return
        x0, y0, place = self._held
        normal = {"across": (1.0, 0, 0), "along": (0, 1.0, 0), "level": (0, 0, 1.0)}[self.way]
        ends = self.view.pixels(np.array([(0.0, 0, 0), normal]))[:, :2]
        way = ends[1] - ends[0]  # pixels for a mm
        square = float(way @ way)
        if square < 0.05 * (min(self.view.extent) / self.view.camera.span) ** 2:
            return  # seen along the way it moves: no hand can tell how far
        wanted = place + float(np.array([x - x0, y - y0]) @ way) / square
        self.slide(wanted - self.place)

    def drop(self, x: float, y: float) -> None:
        """The button went up: the plane stays where it is."""
        self._held = None
        self.view.canvas.configure(cursor="")


_TAGS = ("over", "section")


def _set(widget: Any, **options: Any) -> None:
    """Options of a button that are not so already: each one draws it anew."""
    changed = {key: value for key, value in options.items() if widget.cget(key) != value}
    if changed:
        widget.configure(**changed)


def _thinned(points: Any, closed: bool) -> Any:
    step = max(1, len(points) // _MOST_POINTS)
    kept = points[::step]
    return np.vstack([kept, kept[:1]]) if closed else np.vstack([kept, points[-1:]])


def _slicer(foot: Foot, length: float) -> Slicer:
    import fitter.picture.section  # noqa: F401, PLC0415 - what it needs is loaded in this thread
    from fitter.anatomy.slices import Slicer  # noqa: PLC0415

    return Slicer(foot, length)


_ANCHORS: dict[str, Literal["w", "center", "e"]] = {"start": "w", "middle": "center", "end": "e"}


class _Drawing(tk.Canvas):
    """The drawing: at once in plain lines, and with smooth ones when it has settled."""

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, highlightthickness=0, borderwidth=0, height=10, width=10)
        self._state = state
        self.picture: Guide | None = None
        self._image: Any = None
        self._job: Job | None = None
        self._timer = ""
        self.bind("<Configure>", lambda _event: self._draw(), add="+")

    def show(self, picture: Guide | None) -> None:
        self.picture = picture
        self._draw()

    @property
    def wide(self) -> int:
        """The width of the picture in pixels."""
        if self.picture is None:
            return 1
        tallest = _TALLEST * self.winfo_toplevel().winfo_height()
        return max(1, int(min(self.winfo_width(), tallest * self.picture.width / self.picture.height)))

    def _draw(self) -> None:
        if self._job is not None:
            self._job.cancel()
        if self._timer:
            self.after_cancel(self._timer)
            self._timer = ""
        self.delete("all")
        self.configure(background=theme.pick(theme.PANEL))
        if self.picture is None or self.winfo_width() < 20:
            return
        scale = self.wide / self.picture.width
        tall = round(scale * self.picture.height)
        if abs(int(float(self.cget("height"))) - tall) > 1:
            self.configure(height=tall)
        inks, left = DARK if ctk.get_appearance_mode() == "Dark" else LIGHT, self._left
        for part in self.picture.parts:
            if not isinstance(part, Shape):
                anchor = _ANCHORS[part.anchor]
                font = (theme.plain_font(self.master, 12)[0], -max(8, round(part.size * scale)), "")
                self.create_text(left + part.at[0] * scale, part.at[1] * scale, text=part.text, font=font,
                                 fill=inks[part.ink], anchor=anchor)  # fmt: skip
                continue
            points = [c for x, y in part.points for c in (left + x * scale, y * scale)]
            if part.fill:
                self.create_polygon(*points, fill=inks[part.fill], outline="")
            if part.line:
                ring = points + points[:2] if part.closed else points
                thick = max(1.0, part.thick * scale)
                dash = (4, 3) if part.dashed else ()
                self.create_line(*ring, fill=inks[part.line], width=thick, dash=dash)
        self._timer = self.after(_SETTLED_MS, self._paint)

    @property
    def _left(self) -> int:
        return max(0, (self.winfo_width() - self.wide) // 2)

    def _paint(self) -> None:
        from fitter.app.guide_view import painted  # noqa: PLC0415

        self._timer = ""
        picture, wide, back = self.picture, self.wide, theme.pick(theme.PANEL)
        if picture is None:
            return
        dark = back == theme.PANEL[1]

        def done(image: Any) -> None:
            from PIL import ImageTk  # noqa: PLC0415

            if self.picture is picture and self.wide == wide:
                self._image = ImageTk.PhotoImage(image, master=self)
                self.delete("all")
                self.create_image(self._left, 0, image=self._image, anchor="nw")

        self._job = self._state.jobs.run(
            lambda progress: painted(picture, wide, back, dark=dark),
            done=done,
            failed=lambda error: None,  # the plain lines stay
        )
