"""The foot in 3D: a canvas that shows pictures of it and turns the camera with the hand.

While the hand moves, a coarse copy is drawn at half resolution; the still with smooth edges follows from the
background. Landmarks and measure lines are canvas items on top. Drawn by NumPy alone: the same
picture on every machine, with no graphics driver, and what lies under a pixel is known.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import customtkinter as ctk
import numpy as np

from fitter.anatomy.measures import BY_ID
from fitter.app import theme
from fitter.app.canvas_picture import drawn_over, items
from fitter.app.foot_words import told
from fitter.app.jobs import Job, Report
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.errors import FitterError
from fitter.exchange.wording import with_error
from fitter.picture.camera import (
    Camera,
    Size,
    View,
    framing,
    orbit,
    pan,
    pixels_per_mm,
    project,
    towards,
    unproject,
    zoom,
)
from fitter.picture.colours import Meaning, Scale
from fitter.picture.raster import Image, Surface, render
from fitter.picture.scene import Look, Scene, partner, scenes
from fitter.picture.views import shown
from fitter.quantity import Quantity
from fitter.scan.foot import Foot, Glimpse

if TYPE_CHECKING:
    from fitter.picture.lines import MeasureLine, Point
    from fitter.picture.under import Under
    from fitter.profile import FootFit
    from fitter.support.support import SupportProfile

_STILL_AFTER_MS = 150
_DEGREES_PER_PIXEL = 0.5
_HIDDEN_BEHIND_MM = 6.0  # a landmark estimated a little under the skin still counts as seen
_LINE_HIDDEN_MM = 1.5
_STEP_MM = 4.0
_SMALLEST = 40
# On a slow or busy machine pictures are drawn smaller while the foot turns, to keep up with the hand.
_SLOW_S, _QUICK_S, _SMALLEST_SHARE = 0.040, 0.018, 4
_KEPT = 6
_BAR_ROOM = 26  # of the height that the bar of 50 mm takes
_SCALE_ROOM = 110  # pixels at scale 1 of the width that a scale of colours takes
VIEWS_BY_KEY: tuple[View, ...] = ("oblique", "top", "medial", "lateral", "heel", "sole")


@dataclass(frozen=True, slots=True)
class Picked:
    """What lies under a pixel: the place (mm, foot frame), the face of the foot's own mesh there
    (where a coarser copy is drawn, one within its grain), and which foot of the result it is."""

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
        self.told = theme.wrapped(theme.label(self, size=13, muted=True), 8)
        self.told.pack(side="bottom", fill="x", padx=8, pady=(2, 4), before=self.canvas)
        self._picture = self.canvas.create_image(0, 0, anchor="nw")
        self._photo: Any = None
        self._scenes: dict[tuple[int, Look], Scene] = {}
        self._making: tuple[object, ...] | None = None
        self._framed: tuple[tuple[Any, ...], Camera] | None = None  # of a preset view, while nothing changes
        self._under: tuple[Foot, SupportProfile | None, Under] | None = None
        self._last_drawn: Surface | None = None
        self._last: Image | None = None
        self._last_camera: Camera | None = None
        self._still_job: Job | None = None
        self._still_timer = ""
        self._frame_due = False
        self._shrunk = 2  # how many times smaller than its place the picture is drawn while it turns
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
        if scene is None or scene.foot is not self.shape or scene.other is not self._other:
            return None
        return scene

    @property
    def look(self) -> Look:
        """What is shown of the foot and with it, as far as there is anything."""
        now, foot = self.state.now, self.shape
        sole = now.view == "sole" and not now.insole
        paint = now.paint or ("height" if sole else "")
        if not isinstance(foot, Foot):
            return Look(paint="height" if paint == "height" else "")
        insole = now.insole and self.has_insole
        if paint == "gap" and not self.has_insole:
            paint = ""
        return Look(now.company if self._other is not None else "one", paint, insole)

    @property
    def has_insole(self) -> bool:
        """Whether an insole can be laid under the foot looked at."""
        fit = self.state.now.told
        known = fit is not None and fit.support is not None and bool(fit.support.parameters)
        return known and self.state.lie_under is not None and isinstance(self.shape, Foot)

    @property
    def _support(self) -> SupportProfile | None:
        """What the insole under the foot looked at is made to."""
        fit = self.state.now.fit
        return fit.support if fit is not None else None

    @property
    def other(self) -> int | None:
        """Which foot of the result stands beside the one looked at."""
        return self.companion(self.state.now.company)

    def companion(self, company: Any) -> int | None:
        """Which foot of the result would stand beside the one looked at."""
        now = self.state.now
        if now.result is None or now.preview is not None:
            return None
        # A foot measured by hand has no shape.
        scanned = [n for n, shape in enumerate(now.result.shapes) if shape is not None]
        if now.foot not in scanned:
            return None
        feet = now.result.profile.feet
        found = partner([(feet[n].side, feet[n].load) for n in scanned], scanned.index(now.foot), company)
        return None if found is None else scanned[found]

    @property
    def _other(self) -> Foot | None:
        result, other = self.state.now.result, self.other
        return result.shapes[other] if result is not None and other is not None else None

    @property
    def _key(self) -> tuple[int, Look]:
        return self.state.now.foot, self.look

    def _make_scene(self, foot: Foot | Glimpse, marks: Mapping[str, Point]) -> None:
        """Beside the window, because normals and the coarse copy of a large scan take a while."""
        key, other = self._key, self._other
        needed = key[1].insole or key[1].paint == "gap"
        support = self._support if needed else None
        wanted = (foot, other, *key, support)
        if self._making is not None and all(
            a is b or a == b for a, b in zip(self._making, wanted, strict=True)
        ):
            return
        self._making = wanted
        now, lie_under = self.state.now, self.state.lie_under
        kept = self._under
        under = kept[2] if kept is not None and kept[0] is foot and kept[1] == support else None
        angles = _angles(now.told)

        def work(report: Report) -> tuple[Scene, Under | None]:
            lying = under
            if needed and lying is None and lie_under is not None and isinstance(foot, Foot):
                assert now.fit is not None
                lying = lie_under(now.fit, foot, report)
            *_first, last = (
                report.show(scene) or scene
                for scene in scenes(foot, key[1], other=other, under=lying, marks=marks, angles=angles)
            )
            return last, lying

        def arrived(scene: Scene) -> None:
            if needed and self._support != support:  # set otherwise meanwhile
                self.refresh()
                return
            result = self.state.now.result
            held = (*(result.shapes if result else ()), self.state.now.preview)
            self._scenes = {k: s for k, s in self._scenes.items() if s.foot in held} | {key: scene}
            # Of looks beside the usual ones only the last is kept: each is as large as the scan.
            while len(self._scenes) > _KEPT:
                del self._scenes[next(iter(self._scenes))]
            self.refresh()

        def done(made: tuple[Scene, Under | None]) -> None:
            if self._making is wanted:
                self._making = None
            if made[1] is not None and isinstance(foot, Foot):
                self._under = (foot, support, made[1])
            arrived(made[0])

        def failed(error: Exception) -> None:
            if self._making is wanted:
                self._making = None
            if needed and isinstance(error, FitterError):
                self.state.complain(str(error))
                self.state.show(insole=False, paint="" if key[1].paint == "gap" else None)
            else:
                self._not_drawn(error)

        self.state.jobs.run(work, done=done, failed=failed, shown=arrived)

    def _not_drawn(self, error: Exception) -> None:
        told = _("The picture could not be drawn ({kind}).")
        self.state.complain(told.format(kind=type(error).__name__))

    @property
    def camera(self) -> Camera:
        """The camera of the state, or the preset view framed for this canvas."""
        now, scene = self.state.now, self.scene
        if now.camera is not None or scene is None:
            return now.camera or Camera()
        wanted = (scene, now.view, self.extent, theme.scaled(self, 100))
        if self._framed is None or self._framed[0] != wanted:
            self._framed = (wanted, self._frame_view(scene, now.view))
        return self._framed[1]

    def _frame_view(self, scene: Scene, view: View) -> Camera:
        """The camera of a preset ``view`` that has all of the foot in the picture."""
        turned = towards(Camera(), view, scene.foot.side)
        points = scene.quick.vertices
        if _is_plan(turned):
            points = np.vstack([points, *(shown(scene.foot.side, line.points) for line in scene.lines)])
        # The scales of colour stand at the right and the bar at the bottom, and nothing behind them.
        width, height = self.extent
        kept = min(theme.scaled(self, _SCALE_ROOM) * len(scene.scales), width // 2)
        under = min(theme.scaled(self, _BAR_ROOM), height // 4)
        framed = framing(turned, points, (width - kept, height - under))
        span = framed.span * min(width, height) / min(width - kept, height - under)
        return pan(replace(framed, span=span), -kept / 2.0, -under / 2.0, self.extent)

    def _changed(self, fields: frozenset[str]) -> None:
        drawn = {"result", "foot", "view", "preview", "paint", "company", "insole"}
        if "result" in fields:  # an insole may be set otherwise now, under the same scan
            self._scenes = {
                key: scene
                for key, scene in self._scenes.items()
                if not (key[1].insole or key[1].paint == "gap")
            }
        if fields & drawn or (fields & {"camera"} and self._hand is None):
            self.refresh()
        elif fields & {"landmarks", "lines", "measure"}:
            self._draw_over()
        if fields & (drawn | {"camera"}):
            self._tell()

    def refresh(self) -> None:
        """Draw anew: at once quickly, and properly when nothing moves any more."""
        self.still = False
        if not self._frame_due:
            self._frame_due = True
            self.after_idle(self._frame)

    def _frame(self) -> None:
        self._frame_due = False
        if not self.canvas.winfo_exists() or min(self.extent) < _SMALLEST:
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
        few = (max(width // self._shrunk, 1), max(height // self._shrunk, 1))
        background = theme.rgb(theme.SCENE)
        camera = self.camera
        start = time.perf_counter()
        image = render(scene.quick, camera, few, background=background, shadow=scene.shadow)
        self._last_drawn = scene.quick
        self._show(image, camera)
        self.frames += 1
        took = time.perf_counter() - start
        if took > _SLOW_S:
            self._shrunk = min(self._shrunk + 1, _SMALLEST_SHARE)
        elif took < _QUICK_S:
            self._shrunk = max(self._shrunk - 1, 2)
        if self._still_job:
            self._still_job.cancel()
        if self._still_timer:
            self.after_cancel(self._still_timer)
        self._still_timer = self.after(_STILL_AFTER_MS if self._hand else 10, self._ask_for_still)

    def _ask_for_still(self) -> None:
        self._still_timer = ""
        scene, camera, size = self.scene, self.camera, self.extent
        if scene is None or scene.fine is None:
            return  # it follows when the scene is whole
        background, drawn = theme.rgb(theme.SCENE), scene.for_still(camera, size)

        def arrived(image: Image) -> None:
            if self.canvas.winfo_exists():  # else the screens were built anew meanwhile
                self.still, self._last_drawn = True, drawn
                self._show(image, camera)

        self._still_job = self.state.jobs.run(
            lambda progress: render(
                drawn, camera, size, background=background, supersample=2, shadow=scene.shadow
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
        self._tell()
        self.canvas.itemconfigure(self._picture, state="normal")
        self._draw_over()

    def _tell(self) -> None:
        """Say what the picture shows."""
        scene = self.scene
        meanings = [scale.meaning for scale in scene.scales] if scene is not None else []
        text = told(self.state.now, self.look, self.other, meanings) if scene is not None else ""
        if text != self.told.cget("text"):
            self.told.configure(text=text)

    def picture(self, scale: int = 1) -> tuple[str, Callable[[], bytes]]:
        """A file name for what is shown, and what makes it as PNG, ``scale`` times as large as on the screen;
        that may be called in another thread."""
        scene, camera, size = self.scene, self.camera, self.extent
        assert scene is not None
        over, background = items(self.canvas, "over"), theme.rgb(theme.SCENE)
        large = (size[0] * scale, size[1] * scale)
        now = self.state.now
        view = now.view if now.camera is None else "turned"

        def make() -> bytes:
            from io import BytesIO  # noqa: PLC0415

            from PIL import Image as Picture  # noqa: PLC0415

            drawn = scene.for_still(camera, large)
            image = render(drawn, camera, large, background=background, supersample=2, shadow=scene.shadow)
            out = BytesIO()
            drawn_over(Picture.fromarray(image.rgb), over, scale).save(out, "PNG")
            return out.getvalue()

        return f"foot-{scene.foot.side}-{view}.png", make

    # ------------------------------------------------------------------ for whatever else is drawn over it

    def overlay(self, draw: Callable[[], None]) -> None:
        """``draw`` is called whenever the picture was drawn; what it draws on ``canvas`` with the tag "over"
        is deleted before the next time."""
        self._overlays.append(draw)

    def hand(self, hand: Hand) -> None:
        """Ask ``hand`` first when the left button is pressed."""
        self._hands.append(hand)

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
        face = int(image.faces[row, column])
        if self._last_drawn is not None and self._last_drawn.of is not None:
            face = int(self._last_drawn.of[face])
        if not 0 <= face < max(scene.own, 1) and len(scene.foot.mesh.faces):
            return None  # the insole, or what stands beside the foot
        depth = float(image.depth[row, column])
        at = unproject(self._last_camera, np.array([[x, y, depth]]), self.extent)
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
        for place, scale in enumerate(scene.scales):
            self._draw_legend(scale, place)

    def _project(self, scene: Scene, points: list[tuple[float, float, float]]) -> Any:
        return project(self.camera, shown(scene.foot.side, np.array(points)), self.extent)

    def _draw_lines(self, scene: Scene) -> None:
        from fitter.picture.lines import ways_of  # noqa: PLC0415 - whoever has lines has loaded it

        picked = self.state.now.measure
        ways, told = ways_of(picked) if picked else frozenset[str](), False
        for line in scene.lines:
            chosen = line.measure in ways
            if line.asked and line.measure != picked:
                continue
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
            if chosen and not told:
                told = True
                x, y, _depth = at[np.argmin(at[:, 1])] if line.closed else at[len(at) // 2]
                self._tag_line(picked, x, y)

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
            x, y, text=f"{_(BY_ID[measure].name)}\n{with_error(q)}", justify="center",
            font=theme.plain_font(self, 14, bold=True), fill=theme.pick(theme.TEXT), tags=("over", "tag"),
        )  # fmt: skip
        margin = theme.scaled(self, 6)
        x1, y1, x2, y2 = self.canvas.bbox(text)
        # Kept whole within the picture.
        (wide, tall), edge = self.extent, 2 * margin
        right = max(edge - x1, 0) - max(x2 + edge - wide, 0)
        down = max(edge - y1, 0) - max(y2 + edge - tall, 0)
        self.canvas.move(text, right, down)
        x1, y1, x2, y2 = x1 + right, y1 + down, x2 + right, y2 + down
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

    def _draw_legend(self, scale: Scale, place: int) -> None:
        """What the colours mean; a second scale stands left of the first."""
        wide, tall = theme.scaled(self, 14), theme.scaled(self, 18)
        room = theme.scaled(self, _SCALE_ROOM) * place
        x = self.extent[0] - theme.scaled(self, 18) - wide - room
        y = self.extent[1] - theme.scaled(self, 14) - tall * len(scale.steps)
        if y < 3 * tall:
            return  # no room; the line under the picture says what the colours mean
        colour, small = theme.pick(theme.MUTED), theme.plain_font(self, 12)
        told = _legend(scale.meaning)
        self.canvas.create_text(
            x + wide, y - 6, text=told, anchor="se", justify="right", fill=colour, font=small,
            tags=("over", "legend"), width=theme.scaled(self, _SCALE_ROOM - 8),
        )  # fmt: skip
        for value, (red, green, blue) in reversed(scale.steps):
            fill = f"#{red:02x}{green:02x}{blue:02x}"
            self.canvas.create_rectangle(
                x, y, x + wide, y + tall, fill=fill, outline="", tags=("over", "legend")
            )
            number = f"{value:+g}" if scale.meaning == "change" else f"{value:g}"
            self.canvas.create_text(
                x - 5, y + tall / 2, text=number.replace("-", "\u2212"), anchor="e", fill=colour, font=small,
                tags=("over", "legend"),
            )  # fmt: skip
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
        self.told.configure(text="")
        self.canvas.itemconfigure(self._picture, state="hidden")
        self.canvas.delete("over")
        self.canvas.configure(background=theme.pick(theme.SCENE))
        now = self.state.now
        if now.fit is None:
            head = _("Drop a scan of a foot here")
            text = _("or use Open a scan on the left.\nSTL, OBJ, PLY, GLB, 3MF, XYZ; any unit, any pose.")
        else:  # also a foot that was scanned has no shape in a profile that was kept
            head = _("Measured by hand") if now.fit.source != "scan" else _("No scan of this foot")
            text = _("There is no scan of this foot, so there is no shape to show.")
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
        for key, view in zip("123456", VIEWS_BY_KEY, strict=True):
            canvas.bind(f"<Key-{key}>", lambda _event, v=view: self._look_from(v))  # type: ignore[misc]
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

    def _look_from(self, view: View) -> None:
        if self.scene is not None:
            self.state.look_from(view)

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


def _angles(fit: FootFit | None) -> dict[str, float]:
    """The angles that were measured (degrees)."""
    readings = fit.measurements.readings if fit is not None else {}
    return {key: q.value for key, q in readings.items() if isinstance(q, Quantity) and q.unit == "deg"}


def _legend(meaning: Meaning) -> str:
    """What a scale of colours tells, with its unit."""
    return {
        "height": _("mm above\nthe floor"),
        "gap": _("mm between skin\nand insole"),
        "seen": _("% of the region\nthat was seen"),
        "change": _("mm outside of\nthe other"),
        "thickness": _("mm thickness\nof the insole"),
    }[meaning]
