"""Landmarks taken in hand: dragged over the skin with the mouse or stepped over it with the arrows, with what
that does to the numbers and to the class while it happens.

The state gets a landmark once it is let go; until then nothing is changed. Where it may lie and what hangs on
it is the engine's: it measures the foot that is open again, in a thread, always for the newest place.
"""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass, field
from tkinter import ttk
from typing import TYPE_CHECKING, Any, Literal

import customtkinter as ctk
import numpy as np

from fitter.anatomy.measures import BY_ID, LANDMARKS
from fitter.app import theme, words
from fitter.app.foot_view import FootView
from fitter.app.reader import Reader
from fitter.app.state import AppState
from fitter.app.text import _
from fitter.errors import FitterError
from fitter.exchange.wording import plain, with_error
from fitter.quantity import Quantity
from fitter.scan.foot import Foot, length_of

if TYPE_CHECKING:
    from fitter.anatomy.landmarks import Views
    from fitter.picture.skin import Skin
    from fitter.profile import FitProfile, FootFit

_REACH = 11  # pixels at scale 1 within which a landmark is under the mouse
_CLICK = 3  # pixels: less than that is a click, which chooses
_STEP_MM, _FAR_STEP_MM = 0.5, 2.0
_TOLD = 6  # measures told over the picture; all stand in the list
_TALL = 340  # at scale 1; in a tool less tall the list and what a move does have all the room
_NOTICED = 0.05  # in a measure's last shown decimal: less is rounding


def names() -> dict[str, str]:
    """Every landmark that can be set, in plain words."""
    return {
        "pternion": _("Back of the heel"),
        "acropodion": _("Tip of the longest toe"),
        "second_toe_tip": _("Tip of the second toe"),
        "great_toe_tip": _("Tip of the big toe"),
        "metatarsale_tibiale": _("Ball, inner side"),
        "metatarsale_fibulare": _("Ball, outer side"),
        "heel_medial": _("Heel, inner side"),
        "heel_lateral": _("Heel, outer side"),
        "dorsum_50": _("Top of the instep"),
        "navicular": _("Navicular, the knob above the arch"),
        "arch_apex": _("Top of the arch"),
        "medial_malleolus": _("Inner ankle"),
    }


@dataclass(frozen=True, slots=True)
class Mark:
    """A landmark as it is: ``at`` (3,) in the foot frame, how sure its place is (None: not known)."""

    at: tuple[float, float, float]
    u95: float | None = None
    by_hand: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """What a landmark moved there does: the foot measured and judged again, or why it may not lie there."""

    fit: FootFit | None = None
    fault: str = ""


@dataclass(slots=True, eq=False)
class Trial:
    """A landmark in hand."""

    name: str
    start: Any  # (3,)
    at: Any  # (3,)
    effect: Effect = field(default_factory=Effect)
    by_keys: bool = False

    @property
    def moved(self) -> float:
        return float(np.linalg.norm(self.at - self.start))


def marks_of(state: AppState) -> dict[str, Mark]:
    """The landmarks of the foot looked at."""
    result, fit = state.now.result, state.now.told
    if result is None or fit is None or result.shapes[state.now.foot] is None:
        return {}
    shape = result.shapes[state.now.foot]
    places = result.landmarks[state.now.foot]
    known = fit.landmarks
    return {
        name: Mark(at, known[name].u95 if name in known else None, shape is not None and name in shape.marks)
        for name, at in places.items()
    }


class LandmarkHand:
    """Draws landmarks over a foot and moves them; ``listen`` hears whenever what is in hand changed."""

    def __init__(self, view: FootView, state: AppState) -> None:
        self.view, self.state = view, state
        self.trial: Trial | None = None
        self.pending: Trial | None = None  # let go, and being fitted
        self.over = ""  # the landmark under the mouse
        self.named = False  # whether all are named
        self.asleep = False  # while something else on the foot is moved, landmarks stay
        self._pressed = (0.0, 0.0)
        self._skin: tuple[Foot, Skin] | None = None
        self._views: list[tuple[Any, Views]] = []
        self._discs: dict[str, tuple[Any, Any]] = {}
        self._warmed: Foot | None = None
        self._running = False
        self._again = False
        self._listeners: list[Callable[[], None]] = []
        view.overlay(self.redraw)
        view.hand(self)
        view.canvas.bind("<Motion>", self._hover, add="+")
        view.canvas.bind("<Leave>", lambda _event: self._point_at(""), add="+")
        state.listen(self._changed)

    def listen(self, listener: Callable[[], None]) -> None:
        """``listener`` is called whenever what is in hand changed."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    @property
    def foot(self) -> Foot | None:
        """The foot whose landmarks can be moved now."""
        now = self.state.now
        if now.preview is not None or now.result is None or now.told is None:
            return None
        return now.result.shapes[now.foot]

    def skin(self) -> Skin | None:
        """The surface of the foot that is shown; None without one."""
        foot = self.foot
        if foot is None:
            return None
        if self._skin is None or self._skin[0] is not foot:
            from fitter.picture.skin import Skin  # noqa: PLC0415 - only a window with a foot

            self._skin = (foot, Skin(foot.mesh, foot.side))
            self._discs = {}
        return self._skin[1]

    def _changed(self, fields: frozenset[str]) -> None:
        if fields & {"result", "foot", "preview"}:
            self.trial, self.over, self._views = None, "", []
            if "result" in fields:
                self.pending = None
            self._tell()
        elif "busy" in fields and not self.state.now.busy and self.pending is not None:
            self.pending = None  # refused, or cancelled: it is where it was
            self.redraw()
            self._tell()

    # ------------------------------------------------------------------ the mouse

    def grab(self, x: float, y: float) -> bool:
        """The button went down at a pixel: whether a landmark lies there to be taken."""
        name = self._hit(x, y)
        if not name or self.state.now.busy:
            return False
        self._pressed = (x, y)
        self.begin(name)
        return True

    def drag(self, x: float, y: float) -> None:
        """The mouse moved with the button down: the landmark slides over the skin under it."""
        skin, trial = self.skin(), self.trial
        if skin is None or trial is None:
            return
        if trial.moved == 0.0 and math.dist((x, y), self._pressed) < _CLICK:
            return
        # Beside the foot, or behind what else is shown, it stays where it was last. The view says what is
        # seen there, perhaps of a coarse copy; the place is taken from the whole surface.
        if self.view.pick(x, y) is None:
            return
        place = skin.under(self.view.camera, self.view.extent, x, y)
        if place is not None:
            self._move_to(place)

    def drop(self, x: float, y: float) -> None:
        """The button went up: the landmark is set where it is, or put back where feet don't have it."""
        if self.trial is not None and self.trial.moved == 0.0:
            self.back()
        else:
            self.set()

    def _hit(self, x: float, y: float) -> str:
        """The landmark under a pixel that is seen there."""
        if self.asleep or not self.state.now.landmarks or self.foot is None:
            return ""
        marks = marks_of(self.state)
        if not marks:
            return ""
        at = self.view.pixels([mark.at for mark in marks.values()])
        away = np.where(self.view.seen(at), np.hypot(at[:, 0] - x, at[:, 1] - y), np.inf)
        best = int(np.argmin(away))
        return list(marks)[best] if away[best] < theme.scaled(self.view, _REACH) else ""

    def _hover(self, event: Any) -> None:
        if self.trial is None:
            self._point_at(self._hit(event.x, event.y))

    def _point_at(self, name: str) -> None:
        if name != self.over and self.trial is None:
            self.over = name
            if name:
                self._warm()
            self.view.canvas.configure(cursor="hand2" if name else "")
            self.redraw()

    def _warm(self) -> None:
        """A hand comes near: what measuring needs is loaded, and seen of this foot, before it pulls."""
        foot, known = self.foot, self._views
        if foot is None or self._warmed is foot:
            return
        self._warmed = foot
        self.state.jobs.run(
            lambda progress: _views(foot, known), done=lambda _seen: None, failed=lambda _error: None
        )

    # ------------------------------------------------------------------ mouse and keys alike

    def begin(self, name: str, *, by_keys: bool = False) -> bool:
        """Take a landmark in hand; False where none can be now."""
        skin, mark = self.skin(), marks_of(self.state).get(name)
        if skin is None or self.state.now.busy:
            return False
        at = np.array(mark.at) if mark is not None else self._usual(name, skin)
        self.over = name
        self._warm()
        self.trial = Trial(name, at, at, by_keys=by_keys)
        if by_keys and not self.state.now.landmarks:
            self.state.show(landmarks=True)
        self.redraw()
        self._tell()
        return True

    def _usual(self, name: str, skin: Skin) -> Any:
        """Where to begin with a landmark that was not found: on the skin nearest to where feet have it."""
        from fitter.resources import table  # noqa: PLC0415

        region = table("scan/landmarks.toml")["region"][name]
        middle = [sum(region[way]) / 2.0 for way in ("along", "across", "up")]
        return skin.nearest(np.array(middle) * self._length())[0]

    def _length(self) -> float:
        return length_of(self.foot, {name: mark.at for name, mark in marks_of(self.state).items()})

    def step(self, right: float, up: float, *, far: bool = False) -> None:
        """One step over the skin, as one looks at it."""
        skin, trial = self.skin(), self.trial
        if skin is not None and trial is not None:
            mm = _FAR_STEP_MM if far else _STEP_MM
            self._move_to(skin.stepped(trial.at, self.view.camera, right * mm, up * mm))

    def _move_to(self, place: Any) -> None:
        assert self.trial is not None
        self.trial.at = place
        self._measure()
        self.redraw()
        self._tell()

    def set(self) -> None:
        """Let it go where it is."""
        trial, foot = self.trial, self.foot
        self.trial = None
        if trial is None or foot is None:
            return
        if trial.moved == 0.0:  # where the program has it, or would begin, is no place set by hand
            self.back()
            return
        fault = self._fault(trial, foot)
        if fault:
            self.state.complain(_("{why}. It was put back.").format(why=fault))
        else:
            x, y, z = foot.placement.to_file(trial.at[None])[0].tolist()
            self.pending = trial
            self.state.set_landmark(trial.name, (x, y, z))
        self.redraw()
        self._tell()

    def back(self) -> None:
        """Put it back where it was."""
        self.trial = None
        self.redraw()
        self._tell()

    def _fault(self, trial: Trial, foot: Foot) -> str:
        """Why no foot has it there, or nothing."""
        from fitter.anatomy.marks import misplaced  # noqa: PLC0415 - not before something is moved

        if any(why.code == "forefoot_missing" for why in foot.unsupported.values()):
            return ""
        return misplaced(trial.name, trial.at / self._length()) or ""

    # ------------------------------------------------------------------ what it does to the numbers

    def _measure(self) -> None:
        """Measure again beside the window; while that runs only the newest place is remembered."""
        self._again = True
        if self._running or self.trial is None or self.foot is None or self.state.now.result is None:
            return
        self._running, self._again = True, False
        trial, foot, number = self.trial, self.foot, self.state.now.foot
        name, place, length, known = trial.name, trial.at, self._length(), self._views
        profile = self.state.now.result.profile

        def ended(effect: Effect) -> None:
            self._running = False
            if self.trial is trial and self.foot is foot:
                trial.effect = effect
                self.redraw()
                self._tell()
            if self._again:
                self._measure()

        def failed(error: Exception) -> None:
            ended(Effect(fault=error.what if isinstance(error, FitterError) else type(error).__name__))

        self.state.jobs.run(
            lambda progress: _effect(profile, number, foot, name, place, length, known),
            done=ended, failed=failed,
        )  # fmt: skip

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What changes with what is in hand: the name, before, now."""
        trial = self.trial or self.pending
        before = self.state.now.told
        if trial is None or before is None or trial.effect.fit is None:
            return []
        return changes(before, trial.effect.fit)

    def told(self) -> list[tuple[str, str]]:
        """What is in hand and what it does, as paragraphs for a `Reader`."""
        trial = self.trial or self.pending
        if trial is None:
            return []
        parts = [("head", _("{name}: moved {mm} mm").format(
            name=names()[trial.name], mm=plain(trial.moved, "mm")))]  # fmt: skip
        if trial.effect.fault:
            return [*parts, ("warn", _("It can't stay here: {why}.").format(why=trial.effect.fault))]
        if trial.name in _TURNING:
            return [*parts, ("note", _("The foot's axis turns to it: the numbers follow when it is set."))]
        if trial.effect.fit is None:
            return [*parts, ("note", _("Measuring"))] if trial.moved else parts
        found = self.lines
        if not found:
            return [*parts, ("note", _("No number changes."))]
        change = _("{name}: {value}")
        return parts + [("body", change.format(name=n, value=f"{a} → {b}")) for n, a, b in found]

    # ------------------------------------------------------------------ drawing

    def redraw(self) -> None:
        """Draw names, discs and what is in hand."""
        self.view.canvas.delete("mark")  # while one is moved, only this is drawn again
        skin = self.skin()
        if skin is None or not self.state.now.landmarks:
            return
        marks = marks_of(self.state)
        if not marks:
            return
        canvas, taken = self.view.canvas, list[tuple[int, ...]]()
        at = self.view.pixels([mark.at for mark in marks.values()])
        seen = self.view.seen(at)
        held, r = self.trial or self.pending, theme.scaled(self.view, 5)
        # A name hides no other landmark; its own it keeps clear of anyway.
        taken += [(int(x) - r, int(y) - r, int(x) + r, int(y) + r) for x, y, _depth in at[seen]]
        for (name, mark), (x, y, _depth), there in zip(marks.items(), at, seen, strict=True):
            picked = name == self.over
            if there and mark.u95 and (picked or self.named):
                self._disc(name, mark.at, mark.u95, theme.MARK)
            if there and picked and held is None:
                self._ring(x, y, theme.MARK)
            if there and (picked or self.named) and (held is None or held.name != name):
                self._name(names()[name], x, y, taken)
        if held is not None:
            self._draw_held(held)
        canvas.tag_raise("held")

    def _disc(self, name: str, place: Any, radius: float, colour: theme.Pair) -> None:
        """The stated error of a place in its true size, lying on the skin."""
        skin = self.skin()
        assert skin is not None
        key = (tuple(np.round(place, 4)), radius)
        if self._discs.get(name, (None,))[0] != key:
            self._discs[name] = (key, skin.disc(np.asarray(place, dtype=float), radius))
        flat = self.view.pixels(self._discs[name][1])[:, :2].ravel().tolist()
        self.view.canvas.create_polygon(
            *flat, fill="", outline=theme.pick(colour), width=theme.scaled(self.view, 2), tags=_TAGS
        )

    def _ring(self, x: float, y: float, colour: theme.Pair) -> None:
        r, width = theme.scaled(self.view, 8), theme.scaled(self.view, 2)
        self.view.canvas.create_oval(
            x - r, y - r, x + r, y + r, outline=theme.pick(colour), width=width, tags=_TAGS
        )

    def _name(self, text: str, x: float, y: float, taken: list[tuple[int, ...]]) -> None:
        """Beside its landmark, where there is room: at one of its sides, else not at all."""
        canvas, gap, width = self.view.canvas, theme.scaled(self.view, 12), self.view.extent[0]
        sides: tuple[tuple[Literal["w", "e"], int], ...] = (("w", gap), ("e", -gap))
        for anchor, dx in sides:
            item = canvas.create_text(
                x + dx, y, text=text, anchor=anchor, tags=_TAGS, font=theme.plain_font(self.view, 12),
                fill=theme.pick(theme.TEXT),
            )  # fmt: skip
            box = canvas.bbox(item)
            clear = all(box[2] < b[0] or b[2] < box[0] or box[3] < b[1] or b[3] < box[1] for b in taken)
            if clear and box[0] >= 0 and box[2] <= width:
                taken.append(box)
                back = canvas.create_rectangle(
                    box[0] - 3, box[1] - 1, box[2] + 3, box[3] + 1, outline="", tags=_TAGS,
                    fill=theme.pick(theme.PANEL),
                )  # fmt: skip
                canvas.tag_lower(back, item)
                return
            canvas.delete(item)

    def _draw_held(self, held: Trial) -> None:
        """The landmark in hand, the way from where it was, and what that does."""
        canvas = self.view.canvas
        (x1, y1, _d1), (x, y, _d2) = self.view.pixels([held.start, held.at])
        colour = theme.pick(theme.MARK)
        canvas.create_line(x1, y1, x, y, fill=colour, dash=(3, 3), width=2, tags=_TAGS)
        self._disc("", held.at, _by_hand_u95(), theme.MARK)
        r = theme.scaled(self.view, 6)
        fill = theme.pick(theme.PANEL) if held.effect.fault else colour
        canvas.create_oval(x - r, y - r, x + r, y + r, fill=fill, outline=colour, width=3, tags=_TAGS)
        if self.trial is not None and not self.named:  # else it stands beside the foot
            self._draw_effect()

    def _draw_effect(self) -> None:
        """Before and now over the picture, at its top."""
        canvas, margin = self.view.canvas, theme.scaled(self.view, 10)
        rows = [text for _style, text in self.told()]
        if len(rows) > _TOLD + 1:
            more = len(rows) - _TOLD - 1
            rows = [*rows[: _TOLD + 1], _("and {count} more").format(count=more)]
        item = canvas.create_text(
            2 * margin, 2 * margin, anchor="nw", text="\n".join(rows), tags=(*_TAGS, "held"),
            font=theme.plain_font(self.view, 13), fill=theme.pick(theme.TEXT),
            width=max(80, self.view.extent[0] - 4 * margin),
        )  # fmt: skip
        x1, y1, x2, y2 = canvas.bbox(item)
        back = canvas.create_rectangle(
            x1 - margin, y1 - margin, x2 + margin, y2 + margin, fill=theme.pick(theme.PANEL),
            outline=theme.pick(theme.MARK), tags=(*_TAGS, "held"),
        )  # fmt: skip
        canvas.tag_raise(item, back)


_TAGS = ("over", "mark")
_TURNING = ("second_toe_tip",)  # as `fitter.scanned.TURNS_THE_FOOT`, which only a thread may import


def _by_hand_u95() -> float:
    from fitter.anatomy.measures import BY_HAND_U95  # noqa: PLC0415

    return BY_HAND_U95


def _effect(
    profile: FitProfile,
    number: int,
    foot: Foot,
    name: str,
    place: Any,
    length: float,
    known: list[tuple[Any, Views]],
) -> Effect:
    """What a landmark at ``place`` does to one foot of a profile; ``known`` keeps views from one place to the
    next. In a thread."""
    from fitter.anatomy.measure import measure  # noqa: PLC0415
    from fitter.journey import measured_again  # noqa: PLC0415
    from fitter.scanned import TURNS_THE_FOOT, with_mark  # noqa: PLC0415

    moved = with_mark(foot, name, place, length)
    if name in TURNS_THE_FOOT:
        return Effect()
    # Heel and toe tip move the frame itself: then all is seen anew.
    seen = None if name in ("pternion", "acropodion") else _views(foot, known)
    return Effect(measured_again(profile, number, measure(moved, seen).measurements))


def _views(foot: Foot, known: list[tuple[Any, Views]]) -> Views | None:
    """The foot seen from all sides, once; None where a person set its toe tip."""
    import fitter.journey  # noqa: F401, PLC0415 - loaded here, in a thread
    from fitter.anatomy.landmarks import Views  # noqa: PLC0415

    if "acropodion" in foot.marks:
        return None
    seen = next((views for mesh, views in known if mesh is foot.mesh), None)
    if seen is None:
        seen = Views.of(foot.mesh)
        known[:] = [(foot.mesh, seen)]
    return seen


def changes(before: FootFit, after: FootFit) -> list[tuple[str, str, str]]:
    """Class, score and measures that are not what they were: the name, before, now."""
    found = []
    if before.posture is not None and after.posture is not None:
        a, b = words.class_title(before.posture), words.class_title(after.posture)
        if a != b or _score(before) != _score(after):
            found.append((_("Arch"), f"{a}{_score(before)}", f"{b}{_score(after)}"))
    for measure_id, was in before.measurements.readings.items():
        now = after.measurements.readings.get(measure_id, was)
        a, b = _reading(was), _reading(now)
        if a != b and not _alike(was, now):
            found.append((_(BY_ID[measure_id].name), a, b))
    return found


def _score(fit: FootFit) -> str:
    score = fit.posture.score if fit.posture is not None else None
    return f" ({with_error(score)})" if score is not None else ""


def _reading(reading: Any) -> str:
    if not isinstance(reading, Quantity):
        return "–"
    return with_error(reading)


def _alike(was: Any, now: Any) -> bool:
    if not (isinstance(was, Quantity) and isinstance(now, Quantity)):
        return False
    last = {"ratio": 0.001, "sd": 0.01}.get(was.unit, 0.1)
    return max(abs(was.value - now.value), abs(was.u95 - now.u95)) < _NOTICED * last


class LandmarkTool(ctk.CTkFrame):
    """The landmarks as a list, to be moved with the keyboard, and what a move does."""

    def __init__(self, parent: Any, hand: LandmarkHand, close: Callable[[], None]) -> None:
        super().__init__(parent, fg_color="transparent")
        self.hand, self.state = hand, hand.state
        head = ctk.CTkFrame(self, fg_color="transparent")
        # With large letters list and notes get shorter, down to what can still be read, and nothing is cut.
        self.columnconfigure(0, weight=1)
        head.grid(row=0, column=0, sticky="ew", padx=8, pady=(8, 4))
        theme.quiet(head, _("Close"), close, width=80).pack(side="right")
        theme.label(head, _("Landmarks"), 18, bold=True).pack(side="left")
        self.help = theme.wrapped(theme.label(self, "", 13, muted=True), 8)
        self.help.grid(row=1, column=0, sticky="ew", padx=8)
        self.notes = Reader(self, height=3)
        self.notes.grid(row=4, column=0, sticky="nsew", padx=4, pady=(theme.GAP, 8))
        row = ctk.CTkFrame(self, fg_color="transparent")
        row.grid(row=3, column=0, sticky="ew", padx=8)
        holder = ctk.CTkFrame(self, fg_color="transparent")
        holder.grid(row=2, column=0, sticky="nsew", padx=4, pady=4)
        holder.rowconfigure(0, weight=1)
        holder.columnconfigure(0, weight=1)
        self.list = ttk.Treeview(
            holder, columns=("name", "error", "set"), show="headings", style="Fitter.Treeview",
            selectmode="browse", height=3,
        )  # fmt: skip
        for column, text, width in (("name", _("Landmark"), 150), ("error", _("95 % error"), 90),
                                    ("set", "", 96)):  # fmt: skip
            self.list.heading(column, text=text, anchor="w")
            self.list.column(column, anchor="w", width=width)
        theme.columns(self.list, [("name", 150), ("error", 90), ("set", 104)], wide="name")
        self.list.bind("<Configure>", self._share_columns, add="+")
        bar = theme.scroll_bar(holder, self.list)
        self.list.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.one = theme.quiet(row, _("This one as found"), self._reset_one)
        self.all = theme.quiet(row, _("All as found"), self.state.reset_landmarks)
        for place, button in enumerate((self.one, self.all)):
            row.columnconfigure(place, weight=1, uniform="half")
            button.grid(row=0, column=place, sticky="ew", padx=(0, 8) if place == 0 else 0)
        row.lift()  # Tab goes from the list to the buttons to the notes
        self.notes.lift()
        self.list.bind("<<TreeviewSelect>>", lambda _event: self._selected())
        self._bind_keys()
        tk.Frame.bind(self, "<Configure>", self._share, add="+")
        hand.listen(self._told)
        self.state.listen(lambda fields: self._fill() if fields & {"result", "foot", "preview"} else None)
        self._fill()

    def _share_columns(self, event: Any) -> None:
        """Where there is little room the names come first: the buttons below tell what is set by hand."""
        every = ("name", "error", "set")
        wanted: Any = every if theme.has_room(self.list, event.width, every) else every[:2]
        if tuple(self.list.cget("displaycolumns")) != wanted:
            self.list.configure(displaycolumns=wanted)

    def _share(self, event: Any) -> None:
        """Where there is little height, what a move does is worth more than how to move."""
        self.rowconfigure(2, weight=1, minsize=3 * theme.row_height(self.list))
        self.rowconfigure(4, weight=1, minsize=3 * theme.row_height(self.list))
        tall = event.height >= theme.scaled(self, _TALL)
        if tall != bool(self.help.winfo_manager()):
            if tall:
                self.help.grid(row=1, column=0, sticky="ew", padx=8)
            else:
                self.help.grid_forget()

    def open(self) -> None:
        """The tool is on the screen: all landmarks bear their names."""
        self.hand.named = True
        if not self.state.now.landmarks:
            self.state.show(landmarks=True)
        self.hand.redraw()
        rows = self.list.get_children()
        if rows and not self.chosen:
            self.list.selection_set(rows[0])
            self.list.focus(rows[0])
        self.list.focus_set()

    def closed(self) -> None:
        """The tool was closed: what is in hand goes back."""
        self.hand.named, self.hand.over = False, ""
        if self._moving:
            self.hand.back()
        self.hand.redraw()

    def _bind_keys(self) -> None:
        """Before the list's own keys: while a landmark is in hand they move it."""
        own = f"FitterMove{self.list}"
        self.list.bindtags((own, *self.list.bindtags()))
        ways = {"Left": (-1, 0), "Right": (1, 0), "Up": (0, 1), "Down": (0, -1)}
        for key, (right, up) in ways.items():
            for shift in ("", "Shift-"):
                self.list.bind_class(
                    own, f"<{shift}{key}>",
                    lambda _event, r=right, u=up, far=bool(shift): self._step(r, u, far),  # type: ignore[misc]
                )  # fmt: skip
        for key in ("<Return>", "<KP_Enter>"):
            self.list.bind_class(own, key, lambda _event: self._enter())
        self.list.bind_class(own, "<Escape>", lambda _event: self._escape())

    @property
    def chosen(self) -> str:
        picked = self.list.selection()
        return picked[0] if picked else ""

    @property
    def _moving(self) -> bool:
        return self.hand.trial is not None and self.hand.trial.by_keys

    def _step(self, right: int, up: int, far: bool) -> str | None:
        if not self._moving:
            return None
        self.hand.step(right, up, far=far)
        return "break"

    def _enter(self) -> str | None:
        if self._moving:
            self.hand.set()
        elif self.chosen:
            self.hand.begin(self.chosen, by_keys=True)
        return "break"

    def _escape(self) -> str | None:
        if not self._moving:
            return None
        self.hand.back()
        return "break"

    def _reset_one(self) -> None:
        if self.chosen:
            self.state.set_landmark(self.chosen, None)

    def _selected(self) -> None:
        if self._moving and self.hand.trial is not None and self.hand.trial.name != self.chosen:
            self.hand.back()
        self.hand.over = self.chosen
        self.hand.redraw()
        self._told()

    def _fill(self) -> None:
        marks, kept = marks_of(self.state), self.chosen
        self.list.delete(*self.list.get_children())
        if self.hand.foot is not None:
            for name in LANDMARKS:
                mark = marks.get(name)
                error = (
                    _("± {mm} mm").format(mm=plain(mark.u95, "mm"))
                    if mark is not None and mark.u95 is not None
                    else ""
                )
                how = _("not found") if mark is None else _("by hand") if mark.by_hand else _("found")
                self.list.insert("", "end", iid=name, values=(names()[name], error, how))
        rows = self.list.get_children()
        if kept in rows:
            self.list.selection_set(kept)
            self.list.focus(kept)
        self._told()

    def _told(self) -> None:
        marks = marks_of(self.state)
        if self.hand.foot is None:
            told = _("Open a scan of a foot: its landmarks can be moved here.")
        elif self._moving:
            told = _(
                "Arrows move it over the skin by 0.5 mm as you look at it, with Shift by 2 mm. "
                "Return sets it, Esc puts it back."
            )
        else:
            told = _("Drag a landmark on the foot, or choose one here and press Return to move it by keys.")
        if self.help.cget("text") != told:
            self.help.configure(text=told)
        by_hand = [name for name, mark in marks.items() if mark.by_hand]
        self.one.configure(state="normal" if self.chosen in by_hand else "disabled")
        self.all.configure(state="normal" if by_hand else "disabled")
        self.notes.fill(self.hand.told() or self._about())

    def _about(self) -> list[tuple[str, str]]:
        """What hangs on the landmark that is chosen."""
        if not self.chosen:
            return []
        hang = [_(m.name) for m in BY_ID.values() if self.chosen in m.landmarks]
        parts = [("head", names()[self.chosen])]
        if hang:
            parts.append(("body", _("On it hang: {measures}.").format(measures=", ".join(hang))))
        return parts
