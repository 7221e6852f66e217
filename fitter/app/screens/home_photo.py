"""A wet footprint read off a photo: a length that is known, then both edges of the print at three widths.

Places are picked with the mouse, or with the arrows and the space bar.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import customtkinter as ctk
from PIL import Image, ImageOps, ImageTk

from fitter import home
from fitter.anatomy.measures import BY_ID
from fitter.app import theme, wizard
from fitter.app.model import Photo
from fitter.app.state import AppState
from fitter.app.text import _, sentences
from fitter.errors import FitterError
from fitter.exchange.wording import pair_words
from fitter.lengths import shown, shown_error
from fitter.measurements import Side

# Pixels of the long side that are kept: a hand picks no finer on a screen, and a phone's photo of 12 million
# would take the window's time at every paint.
_LONGEST = 1800
_INKS = ("#0B5A94", "#B4470B", "#B4470B", "#B4470B")  # the known length apart from the widths


def open_photo(path: str) -> Image.Image:
    """A picture, upright, no larger than can be looked at. Raises FitterError where it is none."""
    name = Path(path).name
    try:
        with Image.open(path) as image:
            image.draft("RGB", (_LONGEST, _LONGEST))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise FitterError(
            _("this picture can't be read ({kind})").format(kind=type(error).__name__),
            where=name,
            todo=_("Save it as JPEG or PNG and choose it again"),
            code="unreadable_file",
        ) from error
    upright.thumbnail((_LONGEST, _LONGEST), Image.Resampling.LANCZOS)
    return upright


def _changed_at(path: str) -> int:
    """When a file was last changed (ns); 0 where there is none."""
    try:
        return Path(path).stat().st_mtime_ns if path else 0
    except OSError:
        return 0


class PhotoPage(ctk.CTkFrame):
    """The photo with what was picked on it, and beside it what to pick next."""

    def __init__(self, parent: Any, state: AppState, side: Side, choose: Callable[[], str]) -> None:
        super().__init__(parent, fg_color="transparent")
        self.state, self.side, self._choose = state, side, choose
        self.image: Image.Image | None = None
        self._path = ("", 0)  # and when the file was last changed
        self._painted: Any = None
        self._scale, self._shift = 1.0, (0.0, 0.0)
        self._cursor = (0.5, 0.5)  # shares of the picture
        self._showing = False
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        self._words()
        self.canvas = tk.Canvas(self, highlightthickness=2, borderwidth=0, takefocus=1, cursor="crosshair")
        self.canvas.grid(row=0, column=1, sticky="nsew")
        self.canvas.bind("<Configure>", lambda _event: self.paint())
        self.canvas.bind("<Button-1>", self._clicked)
        moves = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, -1), "Down": (0, 1)}
        for key, way in moves.items():
            self.canvas.bind(f"<{key}>", partial(self._move, way, 1))
            self.canvas.bind(f"<Shift-{key}>", partial(self._move, way, 20))
        self.canvas.bind("<space>", lambda _event: self._pick_here())
        self.canvas.bind("<Return>", lambda _event: self._pick_here())
        self.canvas.bind("<FocusIn>", lambda _event: self.paint(), add="+")
        self.canvas.bind("<FocusOut>", lambda _event: self.paint(), add="+")
        self._unlisten = state.listen(self._changed)
        self._follow()

    def _words(self) -> None:
        beside = theme.scroll_area(self)
        beside.configure(width=280)
        beside.grid(row=0, column=0, sticky="nsew", padx=(0, 14))
        hint = _(
            "Take the photo from straight above, with something in it whose length you know: a ruler, or the "
            "paper's edge (297 mm for A4, 11 in for letter)."
        )
        theme.wrapped(theme.label(beside, hint, 13, muted=True)).pack(fill="x")
        self.load = theme.quiet(beside, _("Choose a photo"), self.choose)
        self.load.pack(anchor="w", pady=8)
        theme.label(beside, _("The known length"), 14).pack(fill="x")
        self.length = tk.StringVar(self)
        self.length_entry = ctk.CTkEntry(
            beside, width=120, height=34, font=theme.font(15), textvariable=self.length
        )
        self.length_entry.pack(anchor="w")
        self.length.trace_add("write", lambda *_changed: self._length_typed())
        self.ask = theme.wrapped(theme.label(beside, "", 15, bold=True))
        self.ask.pack(fill="x", pady=(10, 4))
        self.again = theme.quiet(beside, _("Take back the last place"), self._take_back)
        self.again.pack(anchor="w", pady=4)
        self.found = theme.wrapped(theme.label(beside, "", 14))
        self.found.pack(fill="x", pady=(6, 0))
        keys_hint = _("By keyboard: the arrows move the cross (with Shift in large steps), Space picks.")
        theme.wrapped(theme.label(beside, keys_hint, 12, muted=True)).pack(fill="x", pady=(8, 0))

    def destroy(self) -> None:
        self._unlisten()
        super().destroy()

    # ------------------------------------------------------------------ what the person does

    @property
    def photo(self) -> Photo:
        return self.state.now.typed.photos.get(self.side, Photo())

    def choose(self) -> None:
        """Choose the picture file."""
        path = self._choose()
        if path:
            self.state.set_photo(self.side, Photo(path, self.photo.length))
            self._follow()  # the same file may have been taken anew

    def _length_typed(self) -> None:
        if not self._showing:
            self.state.set_photo(self.side, replace(self.photo, length=self.length.get()))

    def pick(self, x: float, y: float) -> None:
        """Pick a place, in pixels of the picture."""
        photo = self.photo
        if self.image is not None and len(photo.points) < 2 * len(home.PHOTO_PLACES):
            self.state.set_photo(self.side, replace(photo, points=(*photo.points, (x, y))))

    def _take_back(self) -> None:
        if self.photo.points:
            self.state.set_photo(self.side, replace(self.photo, points=self.photo.points[:-1]))

    def _clicked(self, event: Any) -> None:
        self.canvas.focus_set()
        if self.image is None:
            return
        x, y = (event.x - self._shift[0]) / self._scale, (event.y - self._shift[1]) / self._scale
        if 0 <= x < self.image.width and 0 <= y < self.image.height:
            self._cursor = (x / self.image.width, y / self.image.height)
            self.pick(x, y)

    def _move(self, way: tuple[int, int], by: int, _event: Any = None) -> str:
        if self.image is not None:
            step = by / self._scale
            x = self._cursor[0] + way[0] * step / self.image.width
            y = self._cursor[1] + way[1] * step / self.image.height
            self._cursor = (min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0))
            self._draw_places()
        return "break"

    def _pick_here(self) -> str:
        if self.image is not None:
            self.pick(self._cursor[0] * self.image.width, self._cursor[1] * self.image.height)
        return "break"

    # ------------------------------------------------------------------ showing

    def _changed(self, fields: frozenset[str]) -> None:
        if "typed" in fields and self.winfo_exists():
            self._follow()

    def _follow(self) -> None:
        photo = self.photo
        if photo.length != self.length.get():
            self._showing = True
            self.length.set(photo.length)
            self._showing = False
        wanted = (photo.path, _changed_at(photo.path))
        if wanted != self._path:
            self._path, self.image, self._painted = wanted, None, None
            if photo.path:
                self.state.jobs.run(
                    lambda _report: open_photo(photo.path),
                    done=lambda image: self._arrived(wanted, image),
                    failed=lambda error: self.state.complain(str(error)),
                )
        self._tell()
        self._draw_places()

    def _arrived(self, path: tuple[str, int], image: Image.Image) -> None:
        if self.winfo_exists() and path == self._path:
            self.image = image
            self._tell()
            self.paint()

    def _tell(self) -> None:
        photo = self.photo
        self.ask.configure(
            text=wizard.photo_asks(len(photo.points)) if self.image else _("Choose a photo first.")
        )
        self.again.configure(state="normal" if photo.points else "disabled")
        try:
            found = wizard.photo_read(self.state.now.typed, self.side) if len(photo.points) >= 4 else {}
        except FitterError as error:
            self.found.configure(text=sentences(str(error)), text_color=theme.MARK)
            return
        unit = self.state.now.typed.unit
        lines = [
            pair_words(_(BY_ID[name].name), f"{shown(q.value, unit)} ± {shown_error(q.u95, unit)}", _)
            for name, q in found.items()
        ]
        self.found.configure(text="\n".join(lines), text_color=theme.TEXT)

    def paint(self) -> None:
        """Fit the picture into its place."""
        self.canvas.configure(
            background=theme.pick(theme.SCENE), highlightbackground=theme.pick(theme.LINE),
            highlightcolor=theme.pick(theme.FOCUS),
        )  # fmt: skip
        wide, tall = self.canvas.winfo_width(), self.canvas.winfo_height()
        if self.image is not None and wide > 20 and tall > 20:
            self._scale = min(wide / self.image.width, tall / self.image.height)
            size = (max(1, int(self.image.width * self._scale)), max(1, int(self.image.height * self._scale)))
            self._shift = ((wide - size[0]) / 2, (tall - size[1]) / 2)
            if self._painted is None or (self._painted.width(), self._painted.height()) != size:
                small = self.image.resize(size, Image.Resampling.BILINEAR)
                self._painted = ImageTk.PhotoImage(small, master=self.canvas)
        else:
            self._painted = None
        self._draw_places()

    def _draw_places(self) -> None:
        canvas = self.canvas
        canvas.delete("all")
        if self._painted is None or self.image is None:
            return
        canvas.create_image(*self._shift, image=self._painted, anchor="nw")
        at = [self._on_canvas(p) for p in self.photo.points]
        for number in range(0, len(at), 2):
            pair, ink = at[number : number + 2], _INKS[number // 2]
            if len(pair) == 2:
                canvas.create_line(*pair[0], *pair[1], fill="#FFFFFF", width=5)
                canvas.create_line(*pair[0], *pair[1], fill=ink, width=2)
            for x, y in pair:
                canvas.create_oval(x - 5, y - 5, x + 5, y + 5, outline="#FFFFFF", width=4)
                canvas.create_oval(x - 5, y - 5, x + 5, y + 5, outline=ink, width=2)
        if canvas.focus_get() is canvas:
            x, y = self._on_canvas((self._cursor[0] * self.image.width, self._cursor[1] * self.image.height))
            for ink, width in (("#FFFFFF", 3), ("#000000", 1)):
                canvas.create_line(x - 12, y, x + 12, y, fill=ink, width=width)
                canvas.create_line(x, y - 12, x, y + 12, fill=ink, width=width)

    def _on_canvas(self, point: tuple[float, float]) -> tuple[float, float]:
        return self._shift[0] + point[0] * self._scale, self._shift[1] + point[1] * self._scale
