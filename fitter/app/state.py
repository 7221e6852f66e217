"""The model of the window: what is open, what is being done, what was found. It knows no widget.

`AppState.now` is a frozen `Model`; every action replaces it and tells the listeners which fields changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from fitter.app.history import History, Step
from fitter.app.jobs import Job, Jobs, Report, Start, in_a_thread
from fitter.app.text import _, sentences
from fitter.entry import stated_side
from fitter.errors import FitterError
from fitter.measurements import Load, Side
from fitter.picture.camera import Camera, View

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.captures import Capture, Preview, Progress
    from fitter.entry import EnteredFoot
    from fitter.insoles import Made
    from fitter.profile import CaptureRecord, FitProfile, FitResult, FootFit
    from fitter.records.people import Customer, SetByHand
    from fitter.scan.foot import Glimpse
    from fitter.support.trying import TryOn


class Journey(Protocol):
    """The one function of the journey, as the window calls it."""

    def __call__(
        self,
        captures: Sequence[Capture],
        *,
        entered: Sequence[EnteredFoot],
        answers: Answers | None,
        progress: Progress,
        preview: Preview | None,
    ) -> FitResult: ...


class MakeInsoles(Protocol):
    """What makes the insoles of some feet of a result, as the window calls it."""

    def __call__(
        self, result: FitResult, feet: tuple[int, ...], *, length: str, paper: str, progress: Progress
    ) -> Made: ...


Export = Callable[["FitResult", Path, "Progress"], Sequence[Path]]
MakeFiles = Callable[["Progress"], Mapping[str, bytes]]  # file name -> its bytes
CheckAnswers = Callable[[Mapping[str, object]], "Answers"]
Listener = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a result is made from: what was taken of the feet, what was answered, and what a person
    decided."""

    captures: tuple[Capture, ...] = ()
    entered: tuple[EnteredFoot, ...] = ()
    answers: Answers | None = None
    set_by_hand: tuple[SetByHand, ...] = ()
    try_on: TryOn | None = None

    @property
    def empty(self) -> bool:
        return not self.captures and not self.entered


@dataclass(frozen=True, slots=True)
class Typed:
    """The form for typed measures as it stands, letter by letter: ``texts`` of side -> row -> its repeats."""

    side: Side = "right"
    load: Load = "standing"
    unit: str = "mm"
    no_wall: bool = False
    texts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def row(self, side: str, row: str) -> tuple[str, ...]:
        return self.texts.get(side, {}).get(row, ())

    @property
    def empty(self) -> bool:
        return not any(text.strip() for rows in self.texts.values() for row in rows.values() for text in row)


@dataclass(frozen=True, slots=True)
class Notice:
    """One plain message: what happened, what to do, what was kept."""

    kind: Literal["error", "done"]
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Insoles:
    """Insoles made from some ``feet`` of a result, and not yet saved: what the gate said of them, and their
    files by name; none where it refused one."""

    result: FitResult
    feet: tuple[int, ...]
    text: str
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Model:
    """What the window shows. ``share`` is the share done (0..1) while ``busy``; ``preview`` the foot that is
    being measured, as soon as it is found in its file; ``camera`` is None where the preset ``view`` is looked
    at; ``measure`` is the id picked in the table, or empty.

    ``insoles`` were made last, perhaps from a result that has changed since.

    ``wanted`` are the inputs being fitted, where they are not those of the result; ``opening`` the files
    being read (``adding``: to what is open). ``typed`` and ``asked`` are the forms as they stand. ``undo``
    and ``redo`` name what Ctrl+Z and Ctrl+Y would do. ``customer`` and ``visit`` (its id) say whose feet
    these are.
    """

    inputs: Inputs = field(default_factory=Inputs)
    result: FitResult | None = None
    busy: bool = False
    share: float = 0.0
    doing: str = ""
    preview: Glimpse | None = None
    notice: Notice | None = None
    foot: int = 0
    view: View = "oblique"
    camera: Camera | None = None
    landmarks: bool = True
    lines: bool = True
    measure: str = ""
    wanted: Inputs | None = None
    opening: tuple[str, ...] = ()
    adding: bool = False
    typed: Typed = field(default_factory=Typed)
    asked: Mapping[str, object] = field(default_factory=dict)
    undo: str = ""
    redo: str = ""
    customer: Customer | None = None
    visit: str = ""
    insoles: Insoles | None = None

    @property
    def fit(self) -> FootFit | None:
        """The foot looked at."""
        return self.result.profile.feet[self.foot] if self.result else None

    @property
    def told(self) -> FootFit | None:
        """The foot whose numbers may stand beside the picture: none while it shows one being measured."""
        return None if self.preview else self.fit


class AppState:
    """The window's model and its actions. Nothing here blocks: work runs through ``start``."""

    def __init__(
        self,
        journey: Journey,
        *,
        export: Export,
        check_answers: CheckAnswers,
        make_insoles: MakeInsoles | None = None,
        start: Start = in_a_thread,
    ) -> None:
        self.now = Model()
        self.jobs = Jobs(start)
        self._journey, self._export, self._check_answers = journey, export, check_answers
        self._make_insoles = make_insoles
        self._listeners: list[Listener] = []
        self._job: Job | None = None
        self._history = History()

    # ------------------------------------------------------------------ observing

    def listen(self, listener: Listener) -> Callable[[], None]:
        """``listener`` is called with the names of the fields of `Model` that changed, until the function
        this gives back is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def poll(self) -> int:
        """Take in what finished in the background; to be called often by whoever owns the event loop."""
        return self.jobs.poll()

    def _change(self, **changes: Any) -> None:
        changes |= {"undo": self._history.undoable, "redo": self._history.redoable}
        before, self.now = self.now, replace(self.now, **changes)
        changed = frozenset(
            f.name for f in fields(Model) if not _same(getattr(before, f.name), getattr(self.now, f.name))
        )
        if changed:
            for listener in tuple(self._listeners):
                listener(changed)

    # ------------------------------------------------------------------ opening and entering

    def open_files(self, paths: Sequence[str | Path], *, add: bool = False) -> None:
        """Read scans or measurement files and fit them; ``add`` keeps what is open and fits all together.

        ``left:PATH`` and ``right:PATH`` state the side of one file.
        """
        chosen = tuple(str(path) for path in paths)
        if not chosen:
            return
        before = self._newest
        if add and self.now.adding:  # still reading what was added a moment ago
            chosen = (*self.now.opening, *chosen)

        def read(progress: Progress) -> Inputs:
            progress(0.0, _("Reading"))
            captures = tuple(_read(path) for path in chosen)
            if add:
                return replace(before, captures=before.captures + captures)
            # What was set by hand was set for other feet.
            return replace(before, captures=captures, entered=(), set_by_hand=(), try_on=None)

        foot = len(self.now.result.profile.feet) if add and self.now.result else 0
        opening = {"opening": chosen, "adding": add and not before.empty}
        self._fit(read, _("opening a scan"), foot=foot, preview=True, meanwhile=opening)

    def enter_measures(self, *feet: EnteredFoot) -> None:
        """Take measures typed in; they replace what was typed before for their sides and loads."""
        inputs, typed = self._newest, {(f.side, f.load) for f in feet}
        others = tuple(f for f in inputs.entered if (f.side, f.load) not in typed)
        captures = inputs.captures if inputs.entered else ()
        entered = (*others, *feet)
        wanted = replace(inputs, captures=captures, entered=entered)
        self._refit(wanted, _("typed measures"), foot=len(entered) - 1)

    # ------------------------------------------------------------------ changing what was assumed

    def set_side(self, side: Side) -> None:
        """The foot looked at is a ``side`` one."""
        self._restate(_("the side"), side=side)

    def set_load(self, load: Load) -> None:
        """The foot looked at was captured under ``load``."""
        self._restate(_("the load"), load=load)

    def set_units(self, units: str | None) -> None:
        """The files of the foot looked at are in ``units``; None lets the program find out."""
        self._restate(_("the units"), units=units)

    def set_landmark(self, name: str, place: tuple[float, float, float] | None) -> None:
        """A landmark of the foot looked at lies at ``place`` (x, y, z in its file's own coordinates and
        unit); None lets the program find it again."""
        result, fit = self.now.result, self.now.fit
        if result is None or fit is None or fit.source != "scan":
            return
        inputs, record = self._newest, result.profile.captures[self.now.foot]
        fitted = self.now.inputs.captures
        captures = tuple(_marked(c, name, place) if _is_of(c, record, fitted) else c for c in inputs.captures)
        self._refit(replace(inputs, captures=captures), _("a landmark"), foot=self.now.foot)

    def _restate(self, name: str, **stated: Any) -> None:
        result, fit = self.now.result, self.now.fit
        if result is None or fit is None:
            return
        record = result.profile.captures[self.now.foot]
        restated = _restated(self._newest, fit, record, stated, self.now.inputs.captures)
        self._refit(restated, name, foot=self.now.foot)

    def answer(self, values: Mapping[str, object]) -> None:
        """Take the answers of the form; a foot that is open is fitted again with them."""
        try:
            answers = self._check_answers(values)
        except FitterError as error:
            self._change(notice=Notice("error", str(error)))
            return
        inputs = replace(self._newest, answers=answers)
        if inputs.empty:
            self._did(_("answers"))
            self._change(inputs=inputs, notice=Notice("done", _("Answers kept for the foot you open next.")))
        else:
            self._refit(inputs, _("answers"), foot=self.now.foot)

    # ------------------------------------------------------------------ what a person decided

    def set_by_hand(self, parameter: str, value: float | str, reason: str, by: str) -> None:
        """Set one parameter of the support of the foot looked at; refused where the rules' bounds end."""
        from fitter.records.people import SetByHand  # noqa: PLC0415 - only whoever decides something

        if self.now.fit is not None:
            setting = SetByHand(self.now.fit.side, parameter, value, reason, by)
            others = tuple(s for s in self.now.inputs.set_by_hand if not _same_place(s, setting))
            self._decide(_("a setting by hand"), set_by_hand=(*others, setting))

    def restore(self, parameter: str) -> None:
        """Give one parameter of the foot looked at back to the rules."""
        side = self.now.fit.side if self.now.fit else ""
        kept = tuple(s for s in self.now.inputs.set_by_hand if (s.side, s.parameter) != (side, parameter))
        self._decide(_("a setting by hand"), set_by_hand=kept)

    def try_on(self, tried: TryOn | None) -> None:
        """Keep what was tried on and taken."""
        self._decide(_("trying on"), try_on=tried)

    def _decide(self, name: str, **decided: Any) -> None:
        if self.now.result is None or self.now.busy:
            return
        inputs = replace(self.now.inputs, **decided)
        try:
            result = decide(self.now.result, self.now.inputs, inputs)
        except FitterError as error:
            self._change(notice=Notice("error", str(error)))
            return
        self._did(name)
        self._change(inputs=inputs, result=result, notice=None)

    # ------------------------------------------------------------------ the forms, letter by letter

    def type_reading(self, side: Side, row: str, repeat: int, text: str) -> None:
        """The text of one field of the form for typed measures."""
        typed = self.now.typed
        texts = [*typed.row(side, row), *[""] * (repeat + 1)][: max(repeat + 1, len(typed.row(side, row)))]
        if texts[repeat] == text:
            return
        texts[repeat] = text
        rows = {**typed.texts.get(side, {}), row: tuple(texts)}
        self._did(_("typing"), key=("typed", side, row, repeat))
        self._change(typed=replace(typed, texts={**typed.texts, side: rows}))

    def set_form(self, **stated: Any) -> None:
        """What the form shows: its ``side`` (looking is no edit), ``load``, ``unit`` or ``no_wall``."""
        typed = replace(self.now.typed, **stated)
        if typed == self.now.typed:
            return
        if stated.keys() != {"side"}:
            self._did(_("the form"), key=("form", *stated))
        self._change(typed=typed)

    def ask(self, question: str, value: object) -> None:
        """What one question of the form says now; not yet handed over."""
        self._ask({question: value}, _("an answer"), key=("asked", question))

    def ask_all(self, values: Mapping[str, object]) -> None:
        """What several questions say now, as one edit."""
        self._ask(values, _("answers"))

    def _ask(self, values: Mapping[str, object], name: str, key: Hashable = None) -> None:
        asked = {question: told for question, told in self.now.asked.items() if question not in values}
        asked |= {question: told for question, told in values.items() if told not in (None, "")}
        if asked != self.now.asked:
            self._did(name, key=key)
            self._change(asked=asked)

    # ------------------------------------------------------------------ going back and forth

    def undo(self) -> None:
        """Take back the last edit; while something runs, that is what it cancels."""
        self._travel(self._history.undo, _("Undone: {what}."), _("There is nothing to undo."))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._travel(self._history.redo, _("Done again: {what}."), _("There is nothing to do again."))

    def _travel(self, move: Callable[[Step], Step | None], told: str, nothing: str) -> None:
        if self.now.busy:
            self.cancel()
            return
        step = move(self._step(""))
        if step is None:
            self._change(notice=Notice("done", nothing))
            return
        moved = step.result is not self.now.result
        self._change(
            inputs=step.inputs,
            typed=step.typed,
            asked=step.asked,
            result=step.result,
            foot=step.foot,
            notice=Notice("done", told.format(what=step.name)),
            **({"camera": None, "measure": ""} if moved else {}),
        )

    def _step(self, name: str) -> Step:
        now = self.now
        return Step(name, now.inputs, now.typed, now.asked, now.result, now.foot)

    def _did(self, name: str, key: Hashable = None) -> None:
        """To be called before an edit is made."""
        self._history.did(self._step(name), key)

    # ------------------------------------------------------------------ whose feet, and which work

    def belong_to(self, customer: Customer | None, visit: str = "") -> None:
        """The feet are this customer's; ``visit`` is the id of the visit they are kept as."""
        self._change(customer=customer, visit=visit)

    def begin(
        self,
        inputs: Inputs | None = None,
        *,
        wanted: Inputs | None = None,
        typed: Typed | None = None,
        asked: Mapping[str, object] | None = None,
        opening: Sequence[str] = (),
        adding: bool = False,
        foot: int = 0,
        customer: Customer | None = None,
        visit: str = "",
    ) -> None:
        """Put everything away and begin with what was kept of other work, or with nothing.

        The inputs stand at once, so that nothing is lost where measuring them again is cut short.
        """
        if self._job:
            self._job.cancel()
        self._history.clear()
        kept, now = inputs or Inputs(), self.now
        self._change(
            inputs=kept, wanted=wanted, typed=typed or Typed(), asked=asked or {}, customer=customer,
            visit=visit, result=None, busy=False, preview=None, notice=None, foot=foot, camera=None,
            insoles=None, measure="", opening=(), adding=False, view=now.view,
        )  # fmt: skip
        # What was half done when it ended is taken up where it can be; else what was done already.
        if opening:
            self.open_files(opening, add=adding)
        elif wanted is not None and not wanted.empty:
            self._refit(wanted, _("what was begun"), foot=foot)
        elif not kept.empty:
            self._refit(kept, "", foot=foot)

    # ------------------------------------------------------------------ the work itself

    @property
    def _newest(self) -> Inputs:
        """What the next edit builds on: an edit still being fitted is not forgotten for it."""
        return self.now.wanted or self.now.inputs

    def _refit(self, inputs: Inputs, name: str, *, foot: int) -> None:
        """Fit inputs that are known already."""
        self._fit(lambda progress: inputs, name, foot=foot, meanwhile={"wanted": inputs})

    def _fit(
        self,
        gather: Callable[[Progress], Inputs],
        name: str,
        *,
        foot: int,
        preview: bool = False,
        meanwhile: Mapping[str, Any],
    ) -> None:
        """Gather inputs and run the journey beside the window; what is open stays until that succeeds.

        ``name`` is the edit in a word (none: it can't be undone). With ``preview`` the new foot is shown as
        soon as it is found. ``meanwhile`` are fields of the model until it ended.
        """

        def work(report: Report) -> tuple[Inputs, FitResult]:
            inputs = gather(report)
            result = self._journey(
                inputs.captures,
                entered=inputs.entered,
                answers=inputs.answers,
                progress=report,
                preview=report.show if preview else None,
            )
            return inputs, decide(result, None, inputs)

        def done(found: tuple[Inputs, FitResult]) -> None:
            inputs, result = found
            last = len(result.profile.feet) - 1
            warnings = sentences(*result.profile.warnings)
            if name:
                self._did(name)
            self._change(
                **_IDLE,
                inputs=inputs,
                result=result,
                notice=Notice("done", warnings) if warnings else None,
                foot=max(0, min(foot, last)),
                camera=None,
                measure="",
            )

        def failed(error: Exception) -> None:
            self._failed(error)
            kept, told = self.now.inputs, self.now.notice
            # Work taken up again, of which only the last edit can't be done: what was done before it stays.
            if self.now.result is None and not kept.empty and meanwhile.get("wanted") is not kept:
                self._refit(kept, "", foot=foot)
                self._change(notice=told)

        self._begin(work, done, _("Starting"), failed=failed, meanwhile=meanwhile)

    def export(self, folder: str | Path) -> None:
        """Write the profile and the report into ``folder`` and say where."""
        result = self.now.result
        if result is None:
            self._change(notice=Notice("error", _("There is nothing to export yet. Open a scan first.")))
            return

        def done(written: Sequence[Path]) -> None:
            names = ", ".join(path.name for path in written)
            text = _("Saved {names} in {folder}").format(names=names, folder=folder)
            self._change(**_IDLE, notice=Notice("done", text))

        self._begin(
            lambda progress: self._export(result, Path(folder), progress), done, _("Writing the report")
        )

    @property
    def makes_insoles(self) -> bool:
        """Whether insoles can be made here."""
        return self._make_insoles is not None

    def insole_feet(self) -> tuple[int, ...]:
        """The feet of the result that insoles would be made for now."""
        from fitter.insoles import one_a_side  # noqa: PLC0415

        return one_a_side(self.now.result, self.now.foot) if self.now.result else ()

    def make_insoles(self, length: str, paper: str) -> None:
        """Make the insoles of the feet that are open, beside the window; to be saved afterwards."""
        result, make, feet = self.now.result, self._make_insoles, self.insole_feet()
        if result is None or make is None or not feet:
            return

        def done(made: Made) -> None:
            told = Notice("done", _("Made, and not saved yet. Read what was found, then save."))
            self._change(**_IDLE, insoles=Insoles(result, feet, made.text, made.files), notice=told)

        def failed(error: Exception) -> None:
            if isinstance(error, FitterError) and error.code == "not_certain":
                todo = _("State it in the column on the left")
                error = FitterError(error.what, where=error.where, todo=todo, code=error.code)
            self._failed(error)
            if isinstance(error, FitterError):
                self._change(insoles=Insoles(result, feet, str(error)))

        self._begin(
            lambda progress: make(result, feet, length=length, paper=paper, progress=progress),
            done,
            _("Starting"),
            failed=failed,
        )

    def save(self, folder: str | Path, make: MakeFiles, doing: str) -> None:
        """Write what ``make`` makes into ``folder``, beside the window, and say where."""

        def work(report: Report) -> tuple[str, ...]:
            made = make(report)
            report(0.9, doing)
            _written({Path(folder) / name: content for name, content in made.items()}, str(folder))
            return tuple(made)

        def done(names: tuple[str, ...]) -> None:
            told = _("Saved {names} in {folder}").format(names=", ".join(names), folder=folder)
            self._change(**_IDLE, notice=Notice("done", told))

        self._begin(work, done, doing)

    def _begin(
        self,
        work: Callable[[Report], Any],
        done: Callable[[Any], None],
        doing: str,
        *,
        failed: Callable[[Exception], None] | None = None,
        meanwhile: Mapping[str, Any] | None = None,
    ) -> None:
        if self._job:
            self._job.cancel()
        running = {**_IDLE, "busy": True, "share": 0.0, "doing": doing, "notice": None, **(meanwhile or {})}
        self._change(**running)
        self._job = self.jobs.run(
            work, done=done, failed=failed or self._failed, progressed=self._progressed, shown=self._shown
        )

    def _progressed(self, share: float, doing: str) -> None:
        self._change(share=share, doing=doing)

    def _shown(self, glimpse: Glimpse) -> None:
        self._change(preview=glimpse, camera=None)

    def _failed(self, error: Exception) -> None:
        self._change(**_IDLE, notice=Notice("error", self._told(error)))

    def _told(self, error: Exception) -> str:
        kept = "" if self.now.result is None else " " + _("What was open is still here.")
        if isinstance(error, FitterError):
            return f"{error}{kept}"
        if isinstance(error, MemoryError):
            return _("This file is too large for the memory of this computer. Reduce the scan first.") + kept
        told = _("Something went wrong inside the program ({kind}). Try another file, or report this.")
        return told.format(kind=type(error).__name__) + kept

    def cancel(self) -> None:
        """Stop what is being done; what was open stays."""
        if self._job and self.now.busy:
            self._job.cancel()
            told = Notice("done", _("Cancelled. Nothing was changed."))
            self._change(**_IDLE, notice=told)

    # ------------------------------------------------------------------ looking

    def dismiss(self) -> None:
        """The message was read."""
        self._change(notice=None)

    def complain(self, text: str) -> None:
        """Show one plain message about something that went wrong in the window itself."""
        self._change(notice=Notice("error", text))

    def select_foot(self, index: int) -> None:
        """Look at another foot of the result."""
        if self.now.result and 0 <= index < len(self.now.result.profile.feet):
            self._change(foot=index, camera=None, measure="")

    def look_from(self, view: View) -> None:
        """Look at the foot from a preset direction."""
        self._change(view=view, camera=None)

    def move_camera(self, camera: Camera) -> None:
        """Look at the foot from anywhere."""
        self._change(camera=camera)

    def show(self, *, landmarks: bool | None = None, lines: bool | None = None) -> None:
        """Switch what is drawn over the foot."""
        now = self.now
        self._change(
            landmarks=now.landmarks if landmarks is None else landmarks,
            lines=now.lines if lines is None else lines,
        )

    def pick_measure(self, measure_id: str) -> None:
        """Point out one measure on the foot."""
        self._change(measure=measure_id)


# The fields of the model that say something is going on, when nothing is.
_IDLE: Mapping[str, Any] = {"busy": False, "preview": None, "wanted": None, "opening": (), "adding": False}


def _same(before: object, after: object) -> bool:
    return before is after or (isinstance(before, str | tuple) and before == after)


def _same_place(a: SetByHand, b: SetByHand) -> bool:
    return (a.side, a.parameter) == (b.side, b.parameter)


def _is_of(capture: Capture, record: CaptureRecord, fitted: Sequence[Capture]) -> bool:
    """Whether a foot, recorded when ``fitted`` were measured, came from this capture."""
    if capture.name != record.file:
        return False
    named = [c for c in fitted if c.name == record.file]
    if len(named) == 1 and named[0].data is capture.data:
        return True  # without the sum of a large scan, for which the window would have to wait
    return (capture.name, sha256(capture.data).hexdigest()) == (record.file, record.sha256)


def _marked(capture: Capture, name: str, place: tuple[float, float, float] | None) -> Capture:
    others = {key: known for key, known in capture.marks.items() if key != name}
    return replace(capture, marks=others if place is None else {**others, name: place})


def decide(result: FitResult, before: Inputs | None, inputs: Inputs) -> FitResult:
    """The result with what a person decided. ``before``: what the result has already.

    A setting new since ``before`` that the rules' bounds refuse raises FitterError; without ``before``, one
    that no longer holds (the answers changed, say) is left out and told among the warnings.
    """
    if not inputs.set_by_hand and inputs.try_on is None and (before is None or not before.set_by_hand):
        without = result.profile.try_on is None or before is None
        return result if without else replace(result, profile=replace(result.profile, try_on=None))
    from fitter.by_hand import set_by_hand, taken_back  # noqa: PLC0415 - only whoever decides something
    from fitter.own_rules import behind  # noqa: PLC0415

    profile, warnings = result.profile, list(result.profile.warnings)
    rules = behind(_rules_stamp(profile))
    for old in before.set_by_hand if before else ():
        if _is_set(profile, old):
            profile = taken_back(profile, old.side, old.parameter, rules)
    for new in inputs.set_by_hand:
        if all(foot.side != new.side or foot.support is None for foot in profile.feet):
            continue
        try:
            profile = set_by_hand(profile, new.side, new.parameter, new.value, new.reason, new.by, rules)
        except FitterError as error:
            if before is not None and new not in before.set_by_hand:
                raise
            warnings.append(_("what was set by hand no longer holds: {why}").format(why=error))
    try_on = inputs.try_on if before is not None or inputs.try_on is not None else result.profile.try_on
    return replace(result, profile=replace(profile, warnings=tuple(warnings), try_on=try_on))


def _rules_stamp(profile: FitProfile) -> str:
    """What the rules behind a profile's support call themselves."""
    return next((foot.support.rule_set for foot in profile.feet if foot.support is not None), "")


def _is_set(profile: FitProfile, setting: SetByHand) -> bool:
    """Whether a parameter bears a hand of its own, and not only follows another."""
    supports = [foot.support for foot in profile.feet if foot.side == setting.side]
    return any(
        p.id == setting.parameter and p.override is not None and not p.override.follows
        for support in supports
        if support is not None
        for p in support.parameters
    )


def _restated(
    inputs: Inputs,
    fit: FootFit,
    record: CaptureRecord,
    stated: Mapping[str, Any],
    fitted: Sequence[Capture],
) -> Inputs:
    """The inputs with something stated of the foot ``fit`` that came from ``record``."""
    captures = tuple(replace(c, **stated) if _is_of(c, record, fitted) else c for c in inputs.captures)
    # Typed measures have no unit to state: each was typed with its own.
    known = {key: value for key, value in stated.items() if key != "units"}
    typed = fit.source == "entered" and captures == inputs.captures
    entered = tuple(
        replace(f, **known) if typed and (f.side, f.load) == (fit.side, fit.load) else f
        for f in inputs.entered
    )
    return replace(inputs, captures=captures, entered=entered)


def _written(files: Mapping[Path, bytes], folder: str) -> None:
    """Write all of them or none, and none over what isn't Fitter's."""
    from fitter.exchange.folder import refuse_foreign, write_files  # noqa: PLC0415

    refuse_foreign(files)
    try:
        write_files(files)
    except OSError as error:
        raise FitterError(
            _("can't write here ({reason})").format(reason=error.strerror or type(error).__name__),
            where=folder,
            todo=_("Choose another folder"),
            code="unwritable_folder",
        ) from error


def _read(path: str) -> Capture:
    """The bytes of one file, its side stated where the path says ``left:`` or ``right:``."""
    from fitter.captures import Capture  # noqa: PLC0415 - half a second that the window need not wait for

    side, path = stated_side(path)
    try:
        return Capture(Path(path).name, Path(path).read_bytes(), side)
    except OSError as error:
        raise FitterError(
            _("this file can't be read ({reason})").format(reason=error.strerror or type(error).__name__),
            where=Path(path).name,
            todo=_("Check that it is still there and that you may read it"),
            code="unreadable_file",
        ) from error
