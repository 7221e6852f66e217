"""What was given, read and stated anew, and what a person decided: pure steps between inputs and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fitter.app.model import Inputs, Notice
from fitter.entry import stated_side
from fitter.errors import FitterError
from fitter.files import cant_write, why, write_files
from fitter.saying import N_, joined, say

if TYPE_CHECKING:
    from fitter.captures import Capture
    from fitter.profile import CaptureRecord, FitProfile, FitResult, FootFit
    from fitter.records.people import SetByHand
    from fitter.support.catalogue import Catalogue

Found = tuple["Inputs", "FitResult", "Notice | None"]


def same(before: object, after: object) -> bool:
    """Whether a field of the model stayed: large things by which they are, words by what they say."""
    return before is after or (isinstance(before, str | tuple) and before == after)


def same_place(a: SetByHand, b: SetByHand) -> bool:
    """Whether two settings by hand are of the same parameter of the same foot."""
    return (a.side, a.parameter) == (b.side, b.parameter)


def is_of(capture: Capture, record: CaptureRecord, fitted: Sequence[Capture]) -> bool:
    """Whether a foot, recorded when ``fitted`` were measured, came from this capture."""
    if capture.name != record.file:
        return False
    named = [c for c in fitted if c.name == record.file]
    if len(named) == 1 and named[0].data is capture.data:
        return True  # without the sum of a large scan, for which the window would have to wait
    return (capture.name, sha256(capture.data).hexdigest()) == (record.file, record.sha256)


def marked(capture: Capture, places: Mapping[str, tuple[float, float, float] | None]) -> Capture:
    """The capture with landmarks set at ``places`` of its file; None lets one be found again."""
    marks = {**capture.marks, **places}
    return replace(capture, marks={name: place for name, place in marks.items() if place is not None})


def looks_alike(before: FitResult | None, after: FitResult | None, foot: int) -> bool:
    """Whether a foot lies where it lay, as when a landmark of it was moved: then one goes on looking from
    where one looked."""
    records = [r.profile.captures[foot : foot + 1] if r else () for r in (before, after)]
    told = [[(c.file, c.sha256, c.side, c.units, c.source) for c in found] for found in records]
    return bool(told[0]) and told[0] == told[1]


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
            warnings.append(say("what was set by hand no longer holds: {why}", why=error))
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


def restated(
    inputs: Inputs,
    fit: FootFit,
    record: CaptureRecord,
    stated: Mapping[str, Any],
    fitted: Sequence[Capture],
) -> Inputs:
    """The inputs with something stated of the foot ``fit`` that came from ``record``."""
    captures = tuple(replace(c, **stated) if is_of(c, record, fitted) else c for c in inputs.captures)
    # Typed measures have no unit to state: each was typed with its own.
    known = {key: value for key, value in stated.items() if key != "units"}
    typed = fit.source == "entered" and captures == inputs.captures
    entered = tuple(
        replace(f, **known) if typed and (f.side, f.load) == (fit.side, fit.load) else f
        for f in inputs.entered
    )
    return replace(inputs, captures=captures, entered=entered)


def written(files: Mapping[Path, bytes], folder: str) -> None:
    """Write all of them or none, and none over what isn't Fitter's."""
    from fitter.exchange.folder import refuse_foreign  # noqa: PLC0415

    refuse_foreign(files)
    try:
        write_files(files)
    except OSError as error:
        raise cant_write(error, folder) from error


WITHOUT_SCAN = N_(
    "A result that was kept, without its scan: it can be read, printed and exported, but not measured again."
)


def kept_result(captures: Sequence[Capture]) -> Found | None:
    """The result in a file that holds a profile, with what a person decided in it; None where the files hold
    anything else. Raises FitterError."""
    if len(captures) != 1:
        return None
    head = captures[0].data[:200].lstrip()
    if not (head.startswith(b"{") and b'"schema_version"' in head and b'"captures"' in captures[0].data):
        return None
    from fitter.exchange.json_profile import from_json  # noqa: PLC0415

    profile = from_json(captures[0].data, captures[0].name)
    inputs = Inputs(set_by_hand=decided(profile), try_on=profile.try_on)
    return inputs, without_scan(profile), Notice("done", WITHOUT_SCAN)


def without_scan(profile: FitProfile) -> FitResult:
    """A profile as a result whose scans are not at hand."""
    from fitter.profile import FitResult  # noqa: PLC0415

    return FitResult(profile, (None,) * len(profile.feet), ({},) * len(profile.feet))


def decided(profile: FitProfile) -> tuple[SetByHand, ...]:
    """What a person set in a profile, as it stands in it: once a side, as it is set."""
    from fitter.records.people import SetByHand  # noqa: PLC0415

    found = {
        (foot.side, p.id): SetByHand(foot.side, p.id, p.value, p.override.reason, p.override.by)
        for foot in profile.feet
        if foot.support is not None
        for p in foot.support.parameters
        if p.override is not None and not p.override.follows
    }
    return tuple(found.values())


def imported(catalogue: Catalogue) -> str:
    """How many articles are kept, and why the first of the others is not."""
    kept = say("{count} articles kept.", count=len(catalogue.items))
    bad = len({problem.line for problem in catalogue.problems})
    if not bad:
        return kept
    left = say(
        "{count} rows were left out; the first: {problem}.", count=bad, problem=str(catalogue.problems[0])
    )
    return joined(" ", (kept, left))


def read(path: str) -> Capture:
    """The bytes of one file, its side stated where the path says ``left:`` or ``right:``."""
    from fitter.captures import Capture  # noqa: PLC0415 - half a second that the window need not wait for

    side, path = stated_side(path)
    try:
        return Capture(Path(path).name, Path(path).read_bytes(), side)
    except OSError as error:
        raise FitterError(
            say("this file can't be read ({reason})", reason=why(error)),
            where=Path(path).name,
            todo=N_("Check that it is still there and that you may read it"),
            code="unreadable_file",
        ) from error
