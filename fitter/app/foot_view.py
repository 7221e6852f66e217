"""The foot in 3D: a canvas that shows pictures of it and turns the camera with the hand.

While the hand moves, a coarse copy is drawn at half resolution; the still with smooth edges follows from the
background. Landmarks and measure lines are canvas items on top.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import customtkinter as ctk
import numpy as np

from fitter.app import theme
from fitter.app.jobs import Job
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.exchange.wording import with_error
from fitter.picture.camera import (
    Camera, Size, framing, orbit, pan, pixels_per_mm, project, towards, unproject, zoom,
)  # fmt: skip
from fitter.picture.raster import Image, Surface, coarse, render
from fitter.picture.shadow import Shadow, floor_shadow
from fitter.picture.views import HEIGHT_STEPS, foot_surface, shown
from fitter.scan.foot import Foot, Glimpse

if TYPE_CHECKING:
    from fitter.picture.lines import MeasureLine, Point

_STILL_AFTER_MS = 150
_DEGREES_PER_PIXEL = 0.5
_COARSE_FACES = 25_000
_HIDDEN_BEHIND_MM = 6.0  # a landmark estimated a little under the skin still counts as seen
_LINE_HIDDEN_MM = 1.5
_STEP_MM = 4.0
_SMALLEST = 40


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One foot ready to be drawn, whole and coarse."""

    foot: Foot | Glimpse
    fine: Surface
    quick: Surface
    shadow: Shadow
    points: dict[str, Point]  # landmarks in the foot frame
    lines: tuple[MeasureLine, ...]


@dataclass(frozen=True, slots=True)
class Picked:
    """What lies under a pixel: the place (mm, foot frame), the face of the foot's own mesh (-1 while the foot
    turns and only its coarse copy is drawn) and which foot of the result it is."""

    place: tuple[float, float, float]
    face: int
    foot: int


class Hand(Protocol):
    """Something drawn over the foot that can be taken hold of; pixels of the canvas."""

    def grab(self, x: float, y: float) -> bool:
        """Whether it was hit: then the foot is not turned, and `drag` and `drop` follow."""
        ...

    def drag(self, x: float, y: float) -> None: ...

    def drop(self, x: float, y: float) -> None: ...


class FootView(ctk.CTkFrame):
    """Shows the selected foot of the state.

    Others draw over it by `overlay`, find the skin under a pixel by `pick`, the pixel of a place on the foot
    by `pixels`, and take the mouse by `hand`.
    """

    def __init__(self, parent: Any, state: AppState) -> None:
        super().__init__(parent, fg_color=theme.SCENE, corner_radius=0)
        self.state = state
        self.canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=True)
        self.canvas.pack(fill="both", expand=True)
        self._picture = self.canvas.create_image(0, 0, anchor="nw")
        self._photo: Any = None
        self._scenes: dict[tuple[int, bool], Scene] = {}
        self._making: Foot | Glimpse | None = None
        self._last: Image | None = None
        self._last_camera: Camera | None = None
        self._still_job: Job | None = None
        self._still_timer = ""
        self._frame_due = False
        self._hand: tuple[int, int] | None = None
        self._overlays: list[Callable[[], None]] = []
        self._hands: list[Hand] = []
        self._held: Hand | None = None
        self.still = False  # whether the finished picture is shown; the tests wait for it
        self.frames = 0
        self._bind_hand()
        state.listen(self._changed)

    # ------------------------------------------------------------------ what is drawn

    @property
    def extent(self) -> Size:
        return max(self.canvas.winfo_width(), 1), max(self.canvas.winfo_height(), 1)

    @property
    def shape(self) -> Foot | Glimpse | None:
        """The foot being measured, else the selected one, where there is a scan of it."""
        now = self.state.now
        if now.preview is not None:
            return now.preview
        return now.result.shapes[now.foot] if now.result else None

    @property
    def scene(self) -> Scene | None:
        """The selected foot made ready to be drawn, or None while there is none or it is being made."""
        scene = self._scenes.get(self._key)
        return scene if scene and scene.foot is self.shape else None

    @property
    def _key(self) -> tuple[int, bool]:
        return self.state.now.foot, self.state.now.view == "sole"

    def _make_scene(self, foot: Foot | Glimpse, marks: Mapping[str, Point]) -> None:
        """Beside the window, because normals and the coarse copy of a large scan take a while."""
        if self._making is foot:
            return
        self._making, key = foot, self._key

        def arrived(scene: Scene) -> None:
            self._making = None
            result = self.state.now.result
            held = (*(result.shapes if result else ()), self.state.now.preview)
            self._scenes = {k: s for k, s in self._scenes.items() if s.foot in held} | {key: scene}
            self.refresh()

        def failed(error: Exception) -> None:
            self._making = None
            self._not_drawn(error)

        self.state.jobs.run(lambda progress: _scene(foot, marks, key[1]), done=arrived, failed=failed)

    def _not_drawn(self, error: Exception) -> None:
        told = _("The picture could not be drawn ({kind}).")
        self.state.complain(told.format(kind=type(error).__name__))

    @property
    def camera(self) -> Camera:
        """The camera of the state, or the preset view framed for this canvas."""
        now, scene = self.state.now, self.scene
        if now.camera is not None or scene is None:
            return now.camera or Camera()
        turned = towards(Camera(), now.view, scene.foot.side)
        if not _is_plan(turned):
            return framing(turned, scene.quick.vertices, self.extent)
        lines = (shown(scene.foot.side, line.points) for line in scene.lines)
        return framing(turned, np.vstack([scene.quick.vertices, *lines]), self.extent)

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"result", "foot", "view", "preview"} or (fields & {"camera"} and self._hand is None):
            self.refresh()
        elif fields & {"landmarks", "lines", "measure"}:
            self._draw_over()

    def refresh(self) -> None:
        """Draw anew: at once quickly, and properly when nothing moves any more."""
        self.still = False
        if not self._frame_due:
            self._frame_due = True
            self.after_idle(self._frame)

    def _frame(self) -> None:
        self._frame_due = False
        if min(self.extent) < _SMALLEST:
            return
        foot, scene, now = self.shape, self.scene, self.state.now
        if foot is None:
            self._empty()
            return
        if scene is None:
            self.canvas.delete("over")
            self._make_scene(foot, {} if now.preview or not now.result else now.result.landmarks[now.foot])
            return
        width, height = self.extent
        half = (max(width // 2, 1), max(height // 2, 1))
        background = theme.rgb(theme.SCENE)
        camera = self.camera
        image = render(scene.quick, camera, half, background=background, shadow=scene.shadow)
        self.frames += 1
        self._show(image, camera)
        if self._still_job:
            self._still_job.cancel()
        if self._still_timer:
            self.after_cancel(self._still_timer)
        self._still_timer = self.after(_STILL_AFTER_MS if self._hand else 10, self._ask_for_still)

    def _ask_for_still(self) -> None:
        self._still_timer = ""
        scene, camera, size = self.scene, self.camera, self.extent
        if scene is None:
            return
        background = theme.rgb(theme.SCENE)

        def arrived(image: Image) -> None:
            self.still = True
            self._show(image, camera)

        self._still_job = self.state.jobs.run(
            lambda progress: render(
                scene.fine, camera, size, background=background, supersample=2, shadow=scene.shadow
            ),
            done=arrived,
            failed=self._not_drawn,
        )

    def _show(self, image: Image, camera: Camera) -> None:
        from PIL import Image as Picture  # noqa: PLC0415 - only a window with a foot needs it
        from PIL import ImageTk  # noqa: PLC0415

        picture = Picture.fromarray(image.rgb)
        if picture.size != self.extent:
            picture = picture.resize(self.extent, Picture.Resampling.BILINEAR)
        if self._photo is None or (self._photo.width(), self._photo.height()) != picture.size:
            self._photo = ImageTk.PhotoImage(picture, master=self.canvas)
            self.canvas.itemconfigure(self._picture, image=self._photo)
        else:
            self._photo.paste(picture)
        self._last, self._last_camera = image, camera
        self.canvas.itemconfigure(self._picture, state="normal")
        self._draw_over()

    # ------------------------------------------------------------------ for whatever else is drawn over it

    def overlay(self, draw: Callable[[], None]) -> None:
        """``draw`` is called whenever the picture was drawn; what it draws on ``canvas`` with the tag "over"
        is deleted before the next time."""
        self._overlays.append(draw)

    def hand(self, hand: Hand) -> None:
        """Ask ``hand`` first when the left button is pressed."""
        self._hands.append(hand)

    def redraw_overlays(self) -> None:
        """Draw what lies over the picture again, and not the picture."""
        self._draw_over()

    def pick(self, x: float, y: float) -> Picked | None:
        """The skin under a pixel of the canvas, or None where there is none."""
        image, scene = self._last, self.scene
        if image is None or scene is None or self._last_camera is None:
            return None
        rows, columns = image.faces.shape
        width, height = self.extent
        column, row = int(x * columns / width), int(y * rows / height)
        if not (0 <= column < columns and 0 <= row < rows) or image.faces[row, column] < 0:
            return None
        fine = self.still and len(scene.fine.faces) > 0
        depth = float(image.depth[row, column])
        at = unproject(self._last_camera, np.array([[x, y, depth]]), self.extent)
        face = int(image.faces[row, column]) if fine else -1
        px, py, pz = shown(scene.foot.side, at)[0]
        return Picked((float(px), float(py), float(pz)), face, self.state.now.foot)

    def pixels(self, places: Any) -> Any:
        """Places (n, 3) of the selected foot (mm, foot frame) as (n, 3): pixels of the canvas, and depth."""
        scene = self.scene
        side = scene.foot.side if scene is not None else "right"
        return project(self.camera, shown(side, np.asarray(places, dtype=float)), self.extent)

    def seen(self, at: Any, behind_mm: float = _HIDDEN_BEHIND_MM) -> Any:
        """Which of the `pixels` (n, 3) have nothing between them and the eye but so much skin."""
        return self._seen(at, behind_mm)

    # ------------------------------------------------------------------ what is drawn over it

    def _draw_over(self) -> None:
        self.canvas.delete("over")
        scene = self.scene
        if scene is None or self._last is None or not self._photo:
            return
        if self.state.now.preview is not None:
            self._tell_preview()
        if self.state.now.lines:
            self._draw_lines(scene)
        if self.state.now.landmarks:
            self._draw_landmarks(scene)
        self.canvas.tag_raise("tag")
        self._draw_scale()
        for draw in self._overlays:
            draw()
        if self.state.now.view == "sole":
            self._draw_legend()

    def _project(self, scene: Scene, points: list[tuple[float, float, float]]) -> Any:
        return project(self.camera, shown(scene.foot.side, np.array(points)), self.extent)

    def _draw_lines(self, scene: Scene) -> None:
        picked = self.state.now.measure
        for line in scene.lines:
            chosen = line.measure == picked
            at = project(self.camera, shown(scene.foot.side, line.sampled(_STEP_MM)), self.extent)
            seen = self._seen(at, _LINE_HIDDEN_MM)
            if np.ptp(at[:, :2], axis=0).max() < theme.scaled(self, 12):
                continue  # seen end on
            if not (chosen or self._worth_drawing(line, at, seen)):
                continue
            colour = theme.pick(theme.MARK if chosen else theme.ACCENT_TEXT)
            dotted = chosen or not line.closed
            self._draw_runs(
                at, seen, colour=colour, width=theme.scaled(self, 3 if chosen else 2), dotted=dotted
            )
            for x, y, _depth in () if line.closed else (at[0], at[-1]):
                self._dot(x, y, 3 if chosen else 2, colour, colour)
            if chosen:
                x, y, _depth = at[np.argmin(at[:, 1])] if line.closed else at[len(at) // 2]
                self._tag_line(line.measure, x, y)

    def _worth_drawing(self, line: MeasureLine, at: Any, seen: Any) -> bool:
        """From straight above or below every line is; else those that lie open and within the picture."""
        within = ((at[:, :2] >= 0) & (at[:, :2] <= self.extent)).all()
        open_share = 0.25 if line.closed else 0.5
        return _is_plan(self.camera) or bool(within and seen.mean() > open_share)

    def _draw_runs(self, at: Any, seen: Any, *, colour: str, width: int, dotted: bool) -> None:
        """One line from its projected samples (n, 3): whole where seen, dotted behind the skin."""
        start = 0
        for i in range(1, len(at)):
            if seen[i] == seen[start] and i < len(at) - 1:
                continue
            if seen[start] or dotted:
                run = [float(value) for value in at[start : i + 1, :2].ravel()]
                dash = () if seen[start] else (2, 4)
                self.canvas.create_line(*run, fill=colour, width=width, dash=dash, tags="over")
            start = i

    def _tag_line(self, measure: str, x: float, y: float) -> None:
        fit = self.state.now.fit
        q = fit.measurements.get(measure) if fit else None
        if q is None:
            return
        text = self.canvas.create_text(
            x, y, text=with_error(q), font=theme.plain_font(self, 14, bold=True), fill=theme.pick(theme.TEXT),
            tags=("over", "tag"),
        )  # fmt: skip
        margin = theme.scaled(self, 6)
        x1, y1, x2, y2 = self.canvas.bbox(text)
        box = (x1 - margin, y1 - margin // 2, x2 + margin, y2 + margin // 2)
        back = self.canvas.create_rectangle(
            *box, fill=theme.pick(theme.PANEL), outline=theme.pick(theme.MARK), tags=("over", "tag")
        )
        self.canvas.tag_lower(back, text)

    def _draw_landmarks(self, scene: Scene) -> None:
        if not scene.points:
            return
        at = self._project(scene, list(scene.points.values()))
        for (x, y, _depth), seen in zip(at, self._seen(at, _HIDDEN_BEHIND_MM), strict=True):
            fill = theme.pick(theme.MARK) if seen else ""
            self._dot(x, y, 4, fill, theme.pick(theme.PANEL) if fill else theme.pick(theme.MARK))

    def _seen(self, at: Any, behind_mm: float) -> Any:
        """Which of the projected points (n, 3) have nothing between them and the eye."""
        if self._last is None:
            return np.ones(len(at), bool)
        rows, columns = self._last.depth.shape
        row = np.clip(at[:, 1] * rows / self.extent[1], 0, rows - 1).astype(int)
        column = np.clip(at[:, 0] * columns / self.extent[0], 0, columns - 1).astype(int)
        return at[:, 2] < self._last.depth[row, column] + behind_mm

    def _dot(self, x: float, y: float, radius: float, fill: str, outline: str) -> None:
        r = theme.scaled(self, radius)
        self.canvas.create_oval(x - r, y - r, x + r, y + r, fill=fill, outline=outline, tags="over")

    def _draw_scale(self) -> None:
        """A bar of 50 mm: the picture is orthographic, so it is true everywhere."""
        length = 50.0 * pixels_per_mm(self.camera, self.extent)
        if not 20 < length < self.extent[0] / 2:
            return
        x, y = theme.scaled(self, 18), self.extent[1] - theme.scaled(self, 18)
        colour, tick = theme.pick(theme.MUTED), theme.scaled(self, 4)
        self.canvas.create_line(x, y, x + length, y, fill=colour, tags="over")
        for end in (x, x + length):
            self.canvas.create_line(end, y - tick, end, y + tick, fill=colour, tags="over")
        self.canvas.create_text(
            x + length / 2, y - tick, text="50 mm", anchor="s", fill=colour, tags="over",
            font=theme.plain_font(self, 12),
        )  # fmt: skip

    def _draw_legend(self) -> None:
        """What the colours of the sole mean."""
        wide, tall = theme.scaled(self, 14), theme.scaled(self, 18)
        x = self.extent[0] - theme.scaled(self, 18) - wide
        y = self.extent[1] - theme.scaled(self, 14) - tall * len(HEIGHT_STEPS)
        colour, small = theme.pick(theme.MUTED), theme.plain_font(self, 12)
        told = _("mm above\nthe floor")
        self.canvas.create_text(
            x + wide, y - 6, text=told, anchor="se", justify="right", fill=colour, font=small, tags="over"
        )
        for mm, (red, green, blue) in reversed(HEIGHT_STEPS):
            fill = f"#{red:02x}{green:02x}{blue:02x}"
            self.canvas.create_rectangle(x, y, x + wide, y + tall, fill=fill, outline="", tags="over")
            self.canvas.create_text(
                x - 5, y + tall / 2, text=f"{mm:g}", anchor="e", fill=colour, font=small, tags="over"
            )
            y += tall

    def _tell_preview(self) -> None:
        """That the numbers of this foot are still to come."""
        margin = theme.scaled(self, 18)
        self.canvas.create_text(
            margin, margin, text=_("Being measured"), anchor="nw", tags="over",
            fill=theme.pick(theme.MUTED), font=theme.plain_font(self, 14, bold=True),
        )  # fmt: skip

    def _empty(self) -> None:
        """Nothing to turn: say what to do instead."""
        self.canvas.itemconfigure(self._picture, state="hidden")
        self.canvas.delete("over")
        self.canvas.configure(background=theme.pick(theme.SCENE))
        now = self.state.now
        head, text = (
            (_("Measured by hand"), _("There is no scan of this foot, so there is no shape to show."))
            if now.result
            else (
                _("Drop a scan of a foot here"),
                _("or use Open a scan on the left.\nSTL, OBJ, PLY, GLB, 3MF, XYZ; any unit, any pose."),
            )
        )
        width, height = self.extent
        self.canvas.create_text(
            width / 2, height / 2 - theme.scaled(self, 14), text=head, tags="over", anchor="s",
            fill=theme.pick(theme.TEXT), font=theme.plain_font(self, 20, bold=True), width=width * 0.8,
            justify="center",
        )  # fmt: skip
        self.canvas.create_text(
            width / 2, height / 2, text=text, fill=theme.pick(theme.MUTED), tags="over", anchor="n",
            font=theme.plain_font(self, 14), width=width * 0.8, justify="center",
        )  # fmt: skip
        self.still = True

    # ------------------------------------------------------------------ the hand

    def _bind_hand(self) -> None:
        canvas = self.canvas
        canvas.bind("<Configure>", lambda _event: self.refresh())
        for button in (1, 2, 3):
            canvas.bind(f"<ButtonPress-{button}>", self._grab)
            canvas.bind(f"<ButtonRelease-{button}>", self._let_go)
        canvas.bind("<B1-Motion>", self._turn)
        canvas.bind("<B2-Motion>", self._carry)
        canvas.bind("<B3-Motion>", self._carry)
        canvas.bind("<Shift-B1-Motion>", self._carry)
        canvas.bind("<MouseWheel>", lambda event: self._zoom(1.1 ** (event.delta / 120), (event.x, event.y)))
        canvas.bind("<Button-4>", lambda event: self._zoom(1.1, (event.x, event.y)))
        canvas.bind("<Button-5>", lambda event: self._zoom(1 / 1.1, (event.x, event.y)))
        canvas.bind("<Double-Button-1>", lambda _event: self.state.look_from(self.state.now.view))
        for key, right, up in (("Left", -10, 0), ("Right", 10, 0), ("Up", 0, 10), ("Down", 0, -10)):
            canvas.bind(f"<{key}>", lambda _event, r=right, u=up: self._turn_by(r, u))  # type: ignore[misc]
        for key, factor in (("plus", 1.15), ("equal", 1.15), ("KP_Add", 1.15), ("minus", 1 / 1.15)):
            canvas.bind(f"<{key}>", lambda _event, f=factor: self._zoom(f, None))  # type: ignore[misc]
        canvas.bind("<KP_Subtract>", lambda _event: self._zoom(1 / 1.15, None))
        canvas.bind("<FocusIn>", lambda _event: self._show_focus(True))
        canvas.bind("<FocusOut>", lambda _event: self._show_focus(False))

    def _show_focus(self, focused: bool) -> None:
        # The highlight is drawn inside the canvas, so the picture keeps its size.
        self.canvas.delete("focus")
        if focused:
            width, height = self.extent
            self.canvas.create_rectangle(
                1, 1, width - 2, height - 2, outline=theme.pick(theme.ACCENT_TEXT), width=2, tags="focus"
            )

    def _grab(self, event: Any) -> None:
        if event.num == 1:
            self._held = next((hand for hand in self._hands if hand.grab(event.x, event.y)), None)
        if self._held is None:
            self._hand = (event.x, event.y)

    def _let_go(self, event: Any) -> None:
        if self._held is not None:
            held, self._held = self._held, None
            held.drop(event.x, event.y)
            return
        self._hand = None
        if self.scene is not None and not self.still:
            self.refresh()

    def _moved(self, event: Any) -> tuple[int, int]:
        before = self._hand or (event.x, event.y)
        self._hand = (event.x, event.y)
        return event.x - before[0], event.y - before[1]

    def _turn(self, event: Any) -> None:
        if self._held is not None:
            self._held.drag(event.x, event.y)
            return
        dx, dy = self._moved(event)
        self._turn_by(dx * _DEGREES_PER_PIXEL, dy * _DEGREES_PER_PIXEL)

    def _turn_by(self, right: float, up: float) -> None:
        if self.scene is not None:
            self._move(orbit(self.camera, right, up))

    def _carry(self, event: Any) -> None:
        dx, dy = self._moved(event)
        if self.scene is not None:
            self._move(pan(self.camera, dx, dy, self.extent))

    def _zoom(self, factor: float, at: tuple[float, float] | None) -> None:
        if self.scene is not None:
            width, height = self.extent
            self._move(zoom(self.camera, factor, at or (width / 2, height / 2), self.extent))

    def _move(self, camera: Camera) -> None:
        self.state.move_camera(camera)
        self.refresh()

    def _set_appearance_mode(self, mode_string: str) -> None:
        super()._set_appearance_mode(mode_string)
        self.refresh()


def _is_plan(camera: Camera) -> bool:
    """Whether one looks nearly straight down or up: the picture reads as a drawing then."""
    return abs(camera.elevation) > 75.0


def _scene(foot: Foot | Glimpse, marks: Mapping[str, Point], by_height: bool) -> Scene:
    from fitter.picture.lines import measure_lines  # noqa: PLC0415 - brings SciPy, which no window waits for

    fine = foot_surface(foot, None) if by_height else foot_surface(foot)
    lines = measure_lines(marks, foot.mesh) if marks else ()
    return Scene(foot, fine, _quick(fine), floor_shadow(fine.vertices), dict(marks), lines)


def _quick(fine: Surface) -> Surface:
    """A copy small enough to turn under the hand."""
    copy, cell = fine, 1.5
    while max(len(copy.faces), len(copy.vertices)) > _COARSE_FACES:
        cell *= 1.4
        copy = coarse(copy, cell)
    return copy
