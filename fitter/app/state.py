"""The model of the window: what is open, what is being done, what was found. It knows no widget.

`AppState.now` is a frozen `Model`; every action replaces it and tells the listeners which fields changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fitter.app.details import details
from fitter.app.history import History, Step
from fitter.app.inputs import (
    WITHOUT_SCAN,
    Found,
    decide,
    imported,
    is_of,
    kept_result,
    looks_alike,
    marked,
    read,
    restated,
    same,
    same_place,
    without_scan,
    written,
)
from fitter.app.jobs import Job, Jobs, Report, Start, in_a_thread
from fitter.app.model import Inputs, Insoles, Model, Notice, Photo, Trying, Typed
from fitter.app.together import joined as joined_files
from fitter.app.watch import Arrived
from fitter.errors import FitterError
from fitter.files import why
from fitter.measurements import Load, Side
from fitter.picture.camera import Camera, View
from fitter.saying import N_, joined, say, sentence

if TYPE_CHECKING:
    from fitter.answers import Answers
    from fitter.captures import Capture, Preview, Progress
    from fitter.entry import EnteredFoot
    from fitter.insoles import Made
    from fitter.picture.scene import Company, Paint
    from fitter.picture.under import Under
    from fitter.profile import FitProfile, FitResult, FootFit
    from fitter.records.people import Customer
    from fitter.scan.foot import Foot, Glimpse
    from fitter.support.catalogue import Catalogue
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


LieUnder = Callable[["FootFit", "Foot", "Progress"], "Under"]  # the insole that would lie under a foot
Export = Callable[["FitResult", Path, "Progress"], Sequence[Path]]
MakeFiles = Callable[["Progress"], Mapping[str, bytes]]  # file name -> its bytes
CheckAnswers = Callable[[Mapping[str, object]], "Answers"]
Listener = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class _TakeIn:
    """How files are taken in: ``work`` reads and fits them with the inputs there are; ``foot`` as in
    `AppState._begin_fit`."""

    work: Callable[[Inputs, Report], Found]
    files: tuple[str, ...]
    adding: bool
    foot: int


class AppState:
    """The window's model and its actions. Nothing here blocks: work runs through ``start``."""

    def __init__(
        self,
        journey: Journey,
        *,
        export: Export,
        check_answers: CheckAnswers,
        make_insoles: MakeInsoles | None = None,
        lie_under: LieUnder | None = None,
        start: Start = in_a_thread,
    ) -> None:
        self.now = Model()
        self.jobs = Jobs(start)
        self._journey, self._export, self._check_answers = journey, export, check_answers
        self._make_insoles = make_insoles
        self.lie_under = lie_under
        self._listeners: list[Listener] = []
        self._lasting: list[Listener] = []
        self._job: Job | None = None
        self._history = History()
        self._taking: _TakeIn | None = None  # how the files being opened are taken in
        self._fitting = ""  # the edit being fitted, in a word
        self._after: Callable[[], None] | None = None  # asked for while an edit was fitted; done with it

    # ------------------------------------------------------------------ observing

    def listen(self, listener: Listener, *, lasting: bool = False) -> Callable[[], None]:
        """``listener`` is called with the names of the fields of `Model` that changed, until the function
        this gives back is called; one that is not ``lasting`` until the screens are built anew."""
        self._listeners.append(listener)
        if lasting:
            self._lasting.append(listener)

        def end() -> None:
            for listeners in (self._listeners, self._lasting):
                if listener in listeners:
                    listeners.remove(listener)

        return end

    def forget_screens(self) -> None:
        """The screens are gone, and nobody of them listens any more."""
        self._listeners = list(self._lasting)

    def poll(self) -> int:
        """Take in what finished in the background; to be called often by whoever owns the event loop."""
        return self.jobs.poll()

    def _change(self, **changes: Any) -> None:
        changes |= {"undo": self._history.undoable, "redo": self._history.redoable}
        before, self.now = self.now, replace(self.now, **changes)
        changed = frozenset(
            f.name for f in fields(Model) if not same(getattr(before, f.name), getattr(self.now, f.name))
        )
        if changed:
            for listener in tuple(self._listeners):  # one may go, or come, meanwhile
                listener(changed)

    # ------------------------------------------------------------------ opening and entering

    def open_files(self, paths: Sequence[str | Path], *, add: bool = False) -> None:
        """Read scans or measurement files and fit them; ``add`` keeps what is open and fits all together.

        ``left:PATH`` and ``right:PATH`` state the side of one file.
        """
        chosen = tuple(str(path) for path in paths)
        if not chosen:
            return
        if add and self.now.opening:  # still reading what was opened or added a moment ago
            chosen, add = (*self.now.opening, *chosen), self.now.adding
        add = add and not self._newest.empty

        def take_in(before: Inputs, report: Report) -> Found:
            report(0.0, N_("Reading"))
            captures = tuple(read(path) for path in chosen)
            if not add and (kept := kept_result(captures)):
                return kept
            if add:
                inputs = replace(before, captures=before.captures + captures)
            else:  # what was set by hand was set for other feet
                inputs = replace(before, captures=captures, entered=(), set_by_hand=(), try_on=None)
            return inputs, decide(self._run(inputs, report), None, inputs), None

        foot = len(self.now.result.profile.feet) if add and self.now.result else 0
        self._take_in(_TakeIn(take_in, chosen, add, foot), self._newest)

    def bring(self, paths: Sequence[str | Path]) -> None:
        """Take files that were dropped or that a scanner saved, without asking: beside what is open where
        they are the same person's other foot, else in its place. What was assumed is told, and its other way
        is one button away (`other_way`).
        """
        before, customer = self._newest, self.now.customer
        # What is still being read belongs to it: the second foot may be dropped a moment after the first.
        chosen = tuple(dict.fromkeys((*self.now.opening, *(str(path) for path in paths))))
        if not paths:
            return
        if before.empty or before.entered:
            self.open_files(chosen)
            return

        def take_in(before: Inputs, report: Report) -> Found:
            report(0.0, N_("Reading"))
            new = tuple(read(path) for path in chosen)
            if kept := kept_result(new):
                return kept
            found = joined_files(
                before, new, lambda inputs: self._run(inputs, report), whole_visit=customer is not None
            )
            change = N_("Open it alone") if found.kept else N_("Keep both")
            told = Notice("done", found.text, change, found.instead) if found.text else None
            return found.inputs, decide(found.result, None, found.inputs), told

        self._take_in(_TakeIn(take_in, chosen, True, -1), before)

    def _take_in(self, taking: _TakeIn, before: Inputs) -> None:
        """Read files beside the window and fit them with ``before``, which may hold an edit not fitted yet:
        it is not lost, whether they are feet or not."""
        edited = before is not self.now.inputs
        meanwhile = {
            "opening": taking.files, "adding": taking.adding, "wanted": before if edited else None,
        }  # fmt: skip
        work = lambda report: taking.work(before, report)  # noqa: E731
        self._begin_fit(work, N_("opening a scan"), foot=taking.foot, meanwhile=meanwhile)
        self._taking = taking

    def other_way(self) -> None:
        """Do what the message offers instead of what was assumed."""
        told = self.now.notice
        if told is not None and told.instead is not None and not self.now.busy:
            self._refit(told.instead, N_("opening a scan"), foot=0)

    def scans_arrived(self, found: Sequence[Arrived]) -> None:
        """Scans came into the watched folder."""
        again = {one.path for one in found}
        others = (one for one in self.now.arrived if one.path not in again)
        self._change(arrived=(*others, *found))

    def open_arrived(self) -> None:
        """Open what came into the watched folder."""
        paths = [one.path for one in self.now.arrived]
        self._change(arrived=())
        self.bring(paths)

    def put_aside(self) -> None:
        """Don't offer what came into the watched folder any longer, nor tell that it is missed."""
        self._change(arrived=(), missed="")

    def folder_missed(self, name: str) -> None:
        """The watched folder ``name`` can't be reached; empty when it is there again."""
        self._change(missed=name)

    def enter_measures(self, *feet: EnteredFoot) -> None:
        """Take measures typed in; they replace what was typed before for their sides and loads."""
        inputs, typed = self._newest, {(f.side, f.load) for f in feet}
        if inputs.empty:  # what was decided for a result without its scan was decided for other feet
            inputs = Inputs(answers=inputs.answers)
        others = tuple(f for f in inputs.entered if (f.side, f.load) not in typed)
        captures = inputs.captures if inputs.entered else ()
        entered = (*others, *feet)
        wanted = replace(inputs, captures=captures, entered=entered)
        self._refit(wanted, N_("typed measures"), foot=len(entered) - 1, instead=True)

    def measure_at_home(self, feet: Sequence[EnteredFoot], asked: Mapping[str, object]) -> None:
        """Take all that was measured by hand, and the answers, in place of everything before."""
        inputs = self._newest
        if inputs.empty:
            inputs = Inputs(answers=inputs.answers)
        try:
            answers = self._check_answers(asked) if asked else inputs.answers
        except FitterError as error:
            self._change(notice=Notice("error", str(error)))
            return
        wanted = replace(inputs, captures=(), entered=tuple(feet), answers=answers)
        standing = next((i for i, f in enumerate(feet) if f.load == "standing"), 0)
        self._refit(wanted, N_("measures taken at home"), foot=standing, instead=True)

    # ------------------------------------------------------------------ changing what was assumed

    def set_side(self, side: Side) -> None:
        """The foot looked at is a ``side`` one."""
        self._restate(N_("the side"), side=side)

    def set_load(self, load: Load) -> None:
        """The foot looked at was captured under ``load``."""
        self._restate(N_("the load"), load=load)

    def set_units(self, units: str | None) -> None:
        """The files of the foot looked at are in ``units``; None lets the program find out."""
        self._restate(N_("the units"), units=units)

    def set_landmark(self, name: str, place: tuple[float, float, float] | None) -> None:
        """A landmark of the foot looked at lies at ``place`` (x, y, z in its file's own coordinates and
        unit); None lets the program find it again."""
        self._mark({name: place}, N_("a landmark"))

    def reset_landmarks(self) -> None:
        """Let the program find every landmark of the foot looked at that a person set."""
        result = self.now.result
        shape = result.shapes[self.now.foot] if result else None
        if shape is not None and shape.marks:
            self._mark(dict.fromkeys(shape.marks), N_("all landmarks"))

    def _mark(self, places: Mapping[str, tuple[float, float, float] | None], name: str) -> None:
        result, fit = self.now.result, self.now.fit
        if result is None or fit is None or fit.source != "scan":
            return
        inputs, record = self._newest, result.profile.captures[self.now.foot]
        fitted = self.now.inputs.captures
        captures = tuple(marked(c, places) if is_of(c, record, fitted) else c for c in inputs.captures)
        self._refit(replace(inputs, captures=captures), name, foot=self.now.foot)

    def _restate(self, name: str, **stated: Any) -> None:
        result, fit = self.now.result, self.now.fit
        if result is None or fit is None:
            return
        record = result.profile.captures[self.now.foot]
        wanted = restated(self._newest, fit, record, stated, self.now.inputs.captures)
        self._refit(wanted, name, foot=self.now.foot)

    def answer(self, values: Mapping[str, object]) -> None:
        """Take the answers of the form; a foot that is open is fitted again with them."""
        try:
            answers = self._check_answers(values)
        except FitterError as error:
            self._change(notice=Notice("error", str(error)))
            return
        inputs = replace(self._newest, answers=answers)
        if inputs.empty:
            self._did(N_("answers"))
            self._change(inputs=inputs, notice=Notice("done", N_("Answers kept for the foot you open next.")))
            if self.now.opening and self._taking is not None:  # which is being read: it gets them at once
                self._take_in(self._taking, inputs)
        else:
            self._refit(inputs, N_("answers"), foot=self.now.foot)

    # ------------------------------------------------------------------ what a person decided

    def set_by_hand(self, parameter: str, value: float | str, reason: str, by: str) -> None:
        """Set one parameter of the support of the foot looked at; refused where the rules' bounds end."""
        from fitter.records.people import SetByHand  # noqa: PLC0415 - only whoever decides something

        if self.now.fit is not None:
            setting = SetByHand(self.now.fit.side, parameter, value, reason, by)
            others = tuple(s for s in self.now.inputs.set_by_hand if not same_place(s, setting))
            self._decide(N_("a setting by hand"), set_by_hand=(*others, setting))

    def restore(self, parameter: str) -> None:
        """Give one parameter of the foot looked at back to the rules."""
        side = self.now.fit.side if self.now.fit else ""
        kept = tuple(s for s in self.now.inputs.set_by_hand if (s.side, s.parameter) != (side, parameter))
        self._decide(N_("a setting by hand"), set_by_hand=kept)

    def try_on(self, tried: TryOn | None) -> None:
        """Keep what was tried on and taken."""
        self._decide(N_("trying on"), try_on=tried)
        if self.now.inputs.try_on is tried:
            self._change(trying=None)

    def jot_trying(self, trying: Trying) -> None:
        """What is being tried on, letter by letter; kept on the disk, and no edit of its own to undo."""
        self._change(trying=trying)

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
        self._did(N_("typing"), key=("typed", side, row, repeat))
        self._change(typed=replace(typed, texts={**typed.texts, side: rows}))

    def type_readings(self, changes: Sequence[tuple[Side, str, int, str]], name: str) -> None:
        """Several fields (side, row, repeat, text) as one edit: what was mended, or read off a photo."""
        texts = {side: dict(rows) for side, rows in self.now.typed.texts.items()}
        for side, row, repeat, text in changes:
            old = texts.setdefault(side, {}).get(row, ())
            new = [*old, *[""] * (repeat + 1 - len(old))]
            new[repeat] = text
            texts[side][row] = tuple(new)
        typed = replace(self.now.typed, texts=texts)
        if typed != self.now.typed:
            self._did(name)
            self._change(typed=typed)

    def set_photo(self, side: Side, photo: Photo | None) -> None:
        """The photo of a print as it is being read; None takes it away."""
        photos = {s: p for s, p in self.now.typed.photos.items() if s != side}
        self.set_form(photos=photos if photo is None else {**photos, side: photo})

    def set_form(self, **stated: Any) -> None:
        """What the form shows: its ``side`` or ``page`` (looking is no edit), ``load``, ``unit`` ..."""
        typed = replace(self.now.typed, **stated)
        if typed == self.now.typed:
            return
        if not stated.keys() <= {"side", "page"}:
            self._did(N_("the form"), key=("form", *stated))
        self._change(typed=typed)

    def ask(self, question: str, value: object) -> None:
        """What one question of the form says now; not yet handed over."""
        self._ask({question: value}, N_("an answer"), key=("asked", question))

    def ask_all(self, values: Mapping[str, object]) -> None:
        """What several questions say now, as one edit."""
        self._ask(values, N_("answers"))

    def _ask(self, values: Mapping[str, object], name: str, key: Hashable = None) -> None:
        asked = {question: told for question, told in self.now.asked.items() if question not in values}
        asked |= {question: told for question, told in values.items() if told not in (None, "")}
        if asked != self.now.asked:
            self._did(name, key=key)
            self._change(asked=asked)

    # ------------------------------------------------------------------ going back and forth

    def undo(self) -> None:
        """Take back the last edit; while something runs, that is what it cancels."""
        self._travel(self._history.undo, N_("Undone: {what}."), N_("There is nothing to undo."))

    def redo(self) -> None:
        """Do again what was undone last."""
        self._travel(self._history.redo, N_("Done again: {what}."), N_("There is nothing to do again."))

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
            notice=Notice("done", say(told, what=step.name)),
            **(self._looking(step.result, step.foot) if moved else {}),
        )

    def _step(self, name: str) -> Step:
        now = self.now
        return Step(name, now.inputs, now.typed, now.asked, now.result, now.foot)

    def _did(self, name: str, key: Hashable = None) -> None:
        """To be called before an edit is made."""
        self._history.did(self._step(name), key)

    # ------------------------------------------------------------------ whose feet, and which work

    def belong_to(self, customer: Customer | None, visit: str = "", revision: int = 0) -> None:
        """The feet are this customer's; ``visit`` is the id of the visit they are kept as, ``revision`` what
        was kept of it last."""
        self._change(customer=customer, visit=visit, visit_revision=revision)

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
        visit_revision: int = 0,
        trying: Trying | None = None,
        profile: FitProfile | None = None,
    ) -> None:
        """Put everything away and begin with what was kept of other work, or with nothing.

        The inputs stand at once, so that nothing is lost where measuring them again is cut short. ``profile``
        is shown where there is nothing to measure again.
        """
        if self._job:
            self._job.cancel()
        self._history.clear()
        self._after = None
        kept, now = inputs or Inputs(), self.now
        self._change(
            inputs=kept, wanted=wanted, typed=typed or Typed(), asked=asked or {}, customer=customer,
            visit=visit, visit_revision=visit_revision,
            trying=trying, result=None, busy=False, preview=None, notice=None, foot=foot, camera=None,
            insoles=None, measure="", opening=(), adding=False, view=now.view,
        )  # fmt: skip
        # What was half done when it ended is taken up where it can be; else what was done already.
        if opening:
            self.open_files(opening, add=adding)
        elif wanted is not None and not wanted.empty:
            self._refit(wanted, N_("what was begun"), foot=foot)
        elif not kept.empty:
            self._refit(kept, "", foot=foot)
        elif profile is not None and profile.feet:
            last = len(profile.feet) - 1
            told = Notice("done", WITHOUT_SCAN)
            self._change(result=without_scan(profile), foot=min(foot, last), notice=told)

    # ------------------------------------------------------------------ the work itself

    @property
    def _newest(self) -> Inputs:
        """What the next edit builds on: an edit still being fitted is not forgotten for it."""
        return self.now.wanted or self.now.inputs

    def _refit(self, inputs: Inputs, name: str, *, foot: int, instead: bool = False) -> None:
        """Fit inputs that are known already, and files that are just being read with them, unless they come
        ``instead`` of those."""
        if self.now.opening and self._taking is not None and not instead:
            self._take_in(self._taking, inputs)
            return
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

        def work(report: Report) -> tuple[Inputs, FitResult, Notice | None]:
            inputs = gather(report)
            return inputs, decide(self._run(inputs, report, preview), None, inputs), None

        self._begin_fit(work, name, foot=foot, meanwhile=meanwhile)

    def _run(self, inputs: Inputs, report: Report, preview: bool = True) -> FitResult:
        return self._journey(
            inputs.captures,
            entered=inputs.entered,
            answers=inputs.answers,
            progress=report,
            preview=report.show if preview else None,
        )

    def _begin_fit(
        self,
        work: Callable[[Report], tuple[Inputs, FitResult, Notice | None]],
        name: str,
        *,
        foot: int,
        meanwhile: Mapping[str, Any],
    ) -> None:
        """Do it beside the window; ``foot`` is looked at then (-1: the last). See `_fit`."""

        # An edit that was being fitted comes back where what is begun over it can't be done.
        lost, lost_name = self.now.wanted, self._fitting
        if meanwhile.get("opening"):
            lost, lost_name = meanwhile.get("wanted"), self._fitting or name
        elif lost is meanwhile.get("wanted"):
            lost = None
        if not meanwhile.get("opening"):
            self._fitting = name

        def done(found: Found) -> None:
            inputs, result, told = found
            self._fitting = ""
            last = len(result.profile.feet) - 1
            warnings = joined(" ", map(sentence, result.profile.warnings))
            if told is not None and warnings:
                told = replace(told, text=joined(" ", (told.text, warnings)))
            wrong = self.now.notice if self.now.notice and self.now.notice.kind == "error" else None
            if name:
                self._did(name)
            whose: dict[str, Any] = {}
            if inputs.empty and self.now.customer is not None:
                # A result from a file may be anybody's: it is not this customer's, whose feet aren't to be
                # undone into nobody's either. Their visit stays in the records.
                self._history.clear()
                whose = {"customer": None, "visit": "", "visit_revision": 0}
            self._change(
                **_IDLE,
                **whose,
                inputs=inputs,
                result=result,
                notice=told or wrong or (Notice("done", warnings) if warnings else None),
                foot=last if foot < 0 else max(0, min(foot, last)),
                **self._looking(result, last if foot < 0 else max(0, min(foot, last))),
            )
            after, self._after = self._after, None
            if after is not None:
                after()

        def failed(error: Exception) -> None:
            self._fitting, self._after = "", None
            self._failed(error)
            kept, told = self.now.inputs, self.now.notice
            if lost is not None and not lost.empty:
                self._refit(lost, lost_name, foot=self.now.foot)
                self._change(notice=told)
                return
            # Work taken up again, of which only the last edit can't be done: what was done before it stays.
            if self.now.result is None and not kept.empty and meanwhile.get("wanted") is not kept:
                self._refit(kept, "", foot=foot)
                self._change(notice=told)

        self._begin(work, done, N_("Starting"), failed=failed, meanwhile=meanwhile)

    def _looking(self, result: FitResult | None, foot: int) -> Mapping[str, Any]:
        """What is looked at, and from where, once there is another result."""
        if foot == self.now.foot and looks_alike(self.now.result, result, foot):
            return {}
        return {"camera": None, "measure": ""}

    def export(self, folder: str | Path) -> None:
        """Write the profile and the report into ``folder`` and say where."""
        result = self.now.result
        if result is None:
            self._change(notice=Notice("error", N_("There is nothing to export yet. Open a scan first.")))
            return
        if self._put_off(lambda: self.export(folder)):
            return

        def done(written: Sequence[Path]) -> None:
            names = ", ".join(path.name for path in written)
            text = say("Saved {names} in {folder}", names=names, folder=folder)
            self._change(**_IDLE, notice=Notice("done", text))

        self._begin(
            lambda progress: self._export(result, Path(folder), progress), done, N_("Writing the report")
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
        if (
            result is None
            or make is None
            or not feet
            or self._put_off(lambda: self.make_insoles(length, paper))
        ):
            return

        def done(made: Made) -> None:
            told = Notice("done", N_("Made, and not saved yet. Read what was found, then save."))
            self._change(**_IDLE, insoles=Insoles(result, feet, made.lines, made.files), notice=told)

        def failed(error: Exception) -> None:
            if isinstance(error, FitterError) and error.code == "not_certain":
                todo = N_("State it in the column on the left")
                error = FitterError(error.what, where=error.where, todo=todo, code=error.code)
            self._failed(error)
            if isinstance(error, FitterError):
                self._change(insoles=Insoles(result, feet, (str(error),)))

        self._begin(
            lambda progress: make(result, feet, length=length, paper=paper, progress=progress),
            done,
            N_("Starting"),
            failed=failed,
        )

    def import_shelf(self, path: str | Path) -> None:
        """Check a stock list and keep its good rows in place of what was kept before; say how many, and what
        is wrong with the first that was left out."""
        if self._put_off(lambda: self.import_shelf(path)):
            return

        def work(_report: Report) -> Catalogue:
            from fitter import shop  # noqa: PLC0415 - it loads what matches
            from fitter.support.catalogue import read_catalogue  # noqa: PLC0415

            name = Path(path).name
            try:
                catalogue = read_catalogue(name, Path(path).read_bytes())
                if not catalogue.items and catalogue.problems:
                    raise FitterError(str(catalogue.problems[0]), where=name, code="no_good_rows")
                shop.keep(catalogue)
            except OSError as error:
                raise FitterError(
                    say("this file can't be read ({reason})", reason=why(error)),
                    where=name,
                    code="unreadable_file",
                ) from error
            return catalogue

        def done(catalogue: Catalogue) -> None:
            self._change(**_IDLE, shelf=self.now.shelf + 1, notice=Notice("done", imported(catalogue)))

        self._begin(work, done, N_("Reading the stock list"))

    def save(self, folder: str | Path, make: MakeFiles, doing: str) -> None:
        """Write what ``make`` makes into ``folder``, beside the window, and say where."""
        if self._put_off(lambda: self.save(folder, make, doing)):
            return

        def work(report: Report) -> tuple[str, ...]:
            made = make(report)
            report(0.9, doing)
            written({Path(folder) / name: content for name, content in made.items()}, str(folder))
            return tuple(made)

        def done(names: tuple[str, ...]) -> None:
            told = say("Saved {names} in {folder}", names=", ".join(names), folder=folder)
            self._change(**_IDLE, notice=Notice("done", told))

        self._begin(work, done, doing)

    def print_files(self, make: MakeFiles, name: str, printer: str = "") -> None:
        """Print what ``make`` makes, beside the window; ``name`` is what the print queue shows."""
        if self._put_off(lambda: self.print_files(make, name, printer)):
            return

        def work(report: Report) -> None:
            from fitter.app.printing import print_pdf  # noqa: PLC0415

            report(0.0, N_("Printing"))
            made = make(report)
            report(0.8, N_("Printing"))
            for pdf in made.values():
                print_pdf(pdf, f"Fitter: {name}", printer)

        def done(_nothing: None) -> None:
            told = say("{name}: handed to the printer.", name=name)
            self._change(**_IDLE, notice=Notice("done", told))

        self._begin(work, done, N_("Printing"))

    def _put_off(self, action: Callable[[], None]) -> bool:
        """Whether ``action`` must wait for an edit that is being fitted or a scan that is being read: begun
        now, it would throw those away."""
        waits = self.now.busy and (self.now.wanted is not None or bool(self.now.opening))
        if waits:
            self._after = action
        return waits

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
        self._change(**_IDLE, notice=Notice("error", self._told(error), details=details(error, self.now)))

    def _told(self, error: Exception) -> str:
        kept = "" if self.now.result is None else N_("What was open is still here.")
        if isinstance(error, FitterError):
            return joined(" ", (str(error), kept))
        if isinstance(error, MemoryError):
            much = N_("This file is too large for the memory of this computer. Reduce the scan first.")
            return joined(" ", (much, kept))
        told = say(
            "Something went wrong inside the program ({kind}). Try another file; Copy details has what "
            "whoever mends it needs.",
            kind=type(error).__name__,
        )
        return joined(" ", (told, kept))

    def cancel(self) -> None:
        """Stop what is being done; what was open stays."""
        if self._job and self.now.busy:
            self._job.cancel()
            self._fitting, self._after = "", None
            told = Notice("done", N_("Cancelled. Nothing was changed."))
            self._change(**_IDLE, notice=told)

    # ------------------------------------------------------------------ looking

    def dismiss(self) -> None:
        """The message was read."""
        self._change(notice=None)

    def tell(self, text: str) -> None:
        """Show one plain message about something that was done."""
        self._change(notice=Notice("done", text))

    def complain(self, text: str, error: BaseException | None = None) -> None:
        """Show one plain message about something that went wrong in the window itself."""
        self._change(notice=Notice("error", text, details=details(error, self.now) if error else ""))

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

    def show(
        self,
        *,
        landmarks: bool | None = None,
        lines: bool | None = None,
        paint: Paint | None = None,
        company: Company | None = None,
        insole: bool | None = None,
    ) -> None:
        """Switch what is drawn of the foot, over it and beside it."""
        wanted = {
            "landmarks": landmarks, "lines": lines, "paint": paint, "company": company, "insole": insole,
        }  # fmt: skip
        chosen = {name: value for name, value in wanted.items() if value is not None}
        # What stands beside the foot needs room, and so does a foot that stands alone again.
        framed = {"camera": None} if {"company", "insole"} & chosen.keys() else {}
        self._change(**chosen, **framed)

    def pick_measure(self, measure_id: str) -> None:
        """Point out one measure on the foot."""
        self._change(measure=measure_id)


# The fields of the model that say something is going on, when nothing is.
_IDLE: Mapping[str, Any] = {"busy": False, "preview": None, "wanted": None, "opening": (), "adding": False}
