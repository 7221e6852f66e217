"""The model of the window: what is open, what is being done, what was found. It knows no widget.

`AppState.now` is a frozen `Model`; every action replaces it and tells the listeners which fields changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

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
    from fitter.profile import CaptureRecord, FitResult, FootFit
    from fitter.scan.foot import Glimpse


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


Export = Callable[["FitResult", Path, "Progress"], Sequence[Path]]
CheckAnswers = Callable[[Mapping[str, object]], "Answers"]
Listener = Callable[[frozenset[str]], None]


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a result is made from."""

    captures: tuple[Capture, ...] = ()
    entered: tuple[EnteredFoot, ...] = ()
    answers: Answers | None = None

    @property
    def empty(self) -> bool:
        return not self.captures and not self.entered


@dataclass(frozen=True, slots=True)
class Notice:
    """One plain message: what happened, what to do, what was kept."""

    kind: Literal["error", "done"]
    text: str


@dataclass(frozen=True, slots=True)
class Model:
    """What the window shows. ``share`` is the share done (0..1) while ``busy``; ``preview`` the foot that is
    being measured, as soon as it is found in its file; ``camera`` is None where the preset ``view`` is looked
    at; ``measure`` is the id picked in the table, or empty."""

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
        start: Start = in_a_thread,
    ) -> None:
        self.now = Model()
        self.jobs = Jobs(start)
        self._journey, self._export, self._check_answers = journey, export, check_answers
        self._listeners: list[Listener] = []
        self._job: Job | None = None

    # ------------------------------------------------------------------ observing

    def listen(self, listener: Listener) -> None:
        """``listener`` is called with the names of the fields of `Model` that changed."""
        self._listeners.append(listener)

    def poll(self) -> int:
        """Take in what finished in the background; to be called often by whoever owns the event loop."""
        return self.jobs.poll()

    def _change(self, **changes: Any) -> None:
        before, self.now = self.now, replace(self.now, **changes)
        changed = frozenset(
            f.name for f in fields(Model) if getattr(before, f.name) is not getattr(self.now, f.name)
        )
        if changed:
            for listener in self._listeners:
                listener(changed)

    # ------------------------------------------------------------------ opening and entering

    def open_files(self, paths: Sequence[str | Path], *, add: bool = False) -> None:
        """Read scans or measurement files and fit them; ``add`` keeps what is open and fits all together.

        ``left:PATH`` and ``right:PATH`` state the side of one file.
        """
        chosen = tuple(str(path) for path in paths)
        if not chosen:
            return
        before = self.now.inputs

        def read(progress: Progress) -> Inputs:
            progress(0.0, _("Reading"))
            captures = tuple(_read(path) for path in chosen)
            if add:
                return replace(before, captures=before.captures + captures)
            return replace(before, captures=captures, entered=())

        foot = len(self.now.result.profile.feet) if add and self.now.result else 0
        self._fit(read, foot=foot, preview=True)

    def enter_measures(self, *feet: EnteredFoot) -> None:
        """Take measures typed in; they replace what was typed before for their sides and loads."""
        inputs, typed = self.now.inputs, {(f.side, f.load) for f in feet}
        others = tuple(f for f in inputs.entered if (f.side, f.load) not in typed)
        captures = inputs.captures if inputs.entered else ()
        entered = (*others, *feet)
        self._fit(lambda progress: replace(inputs, captures=captures, entered=entered), foot=len(entered) - 1)

    # ------------------------------------------------------------------ changing what was assumed

    def set_side(self, side: Side) -> None:
        """The foot looked at is a ``side`` one."""
        self._restate(side=side)

    def set_load(self, load: Load) -> None:
        """The foot looked at was captured under ``load``."""
        self._restate(load=load)

    def set_units(self, units: str | None) -> None:
        """The files of the foot looked at are in ``units``; None lets the program find out."""
        self._restate(units=units)

    def _restate(self, **stated: Any) -> None:
        result, fit = self.now.result, self.now.fit
        if result is None or fit is None:
            return
        inputs, record = self.now.inputs, result.profile.captures[self.now.foot]
        self._fit(lambda progress: _restated(inputs, fit, record, stated), foot=self.now.foot)

    def answer(self, values: Mapping[str, object]) -> None:
        """Take the answers of the form; a foot that is open is fitted again with them."""
        try:
            answers = self._check_answers(values)
        except FitterError as error:
            self._change(notice=Notice("error", str(error)))
            return
        inputs = replace(self.now.inputs, answers=answers)
        if inputs.empty:
            self._change(inputs=inputs, notice=Notice("done", _("Answers kept for the foot you open next.")))
        else:
            self._fit(lambda progress: inputs, foot=self.now.foot)

    # ------------------------------------------------------------------ the work itself

    def _fit(self, gather: Callable[[Progress], Inputs], *, foot: int, preview: bool = False) -> None:
        """Gather inputs and run the journey beside the window; what is open stays until that succeeds.

        With ``preview`` the new foot is shown as soon as it is found.
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
            return inputs, result

        def done(found: tuple[Inputs, FitResult]) -> None:
            inputs, result = found
            last = len(result.profile.feet) - 1
            warnings = sentences(*result.profile.warnings)
            self._change(
                inputs=inputs,
                result=result,
                busy=False,
                preview=None,
                notice=Notice("done", warnings) if warnings else None,
                foot=max(0, min(foot, last)),
                camera=None,
                measure="",
            )

        self._begin(work, done, _("Starting"))

    def export(self, folder: str | Path) -> None:
        """Write the profile and the report into ``folder`` and say where."""
        result = self.now.result
        if result is None:
            self._change(notice=Notice("error", _("There is nothing to export yet. Open a scan first.")))
            return

        def done(written: Sequence[Path]) -> None:
            names = ", ".join(path.name for path in written)
            text = _("Saved {names} in {folder}").format(names=names, folder=folder)
            self._change(busy=False, notice=Notice("done", text))

        self._begin(
            lambda progress: self._export(result, Path(folder), progress), done, _("Writing the report")
        )

    def _begin(self, work: Callable[[Report], Any], done: Callable[[Any], None], doing: str) -> None:
        if self._job:
            self._job.cancel()
        self._change(busy=True, share=0.0, doing=doing, preview=None, notice=None)
        self._job = self.jobs.run(
            work, done=done, failed=self._failed, progressed=self._progressed, shown=self._shown
        )

    def _progressed(self, share: float, doing: str) -> None:
        self._change(share=share, doing=doing)

    def _shown(self, glimpse: Glimpse) -> None:
        self._change(preview=glimpse, camera=None)

    def _failed(self, error: Exception) -> None:
        self._change(busy=False, preview=None, notice=Notice("error", self._told(error)))

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
            self._change(busy=False, preview=None, notice=told)

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


def _restated(inputs: Inputs, fit: FootFit, record: CaptureRecord, stated: Mapping[str, Any]) -> Inputs:
    """The inputs with something stated of the foot ``fit`` that came from ``record``."""
    captures = tuple(
        replace(c, **stated) if (c.name, sha256(c.data).hexdigest()) == (record.file, record.sha256) else c
        for c in inputs.captures
    )
    # Typed measures have no unit to state: each was typed with its own.
    known = {key: value for key, value in stated.items() if key != "units"}
    typed = fit.source == "entered" and captures == inputs.captures
    entered = tuple(
        replace(f, **known) if typed and (f.side, f.load) == (fit.side, fit.load) else f
        for f in inputs.entered
    )
    return replace(inputs, captures=captures, entered=entered)


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
