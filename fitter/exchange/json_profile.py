"""The fit profile as JSON, both ways.

The shape is the frozen dataclasses' own, with these readings of it:

- a reading is ``{"value", "u95", "unit"}``, with the ``known_u95`` in it that the scan or the ruler itself
  lets us know and, where it was read from something unusual, its ``basis``, or
  ``{"value": null, "reason": {"code", "text"}}``;
- ``measurements`` of a foot maps measure id to reading (side, load and source stand beside it);
- ``class_`` is written ``class``, and the posture's score carries its ``interval`` [low, high];
- what was not asked for (posture, support, knee, answers, ...) is absent.

Numbers are rounded once, when written: a profile read back and written again gives the same bytes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from cattrs import Converter, transform_error
from cattrs.errors import BaseValidationError
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.v import format_exception

from fitter.anatomy.measures import IDS
from fitter.anatomy.sizes import Sizes
from fitter.errors import FitterError
from fitter.knee.knee import Flag
from fitter.measurements import Measurements
from fitter.posture.flexibility import Flexibility
from fitter.posture.posture import Posture, Vote
from fitter.profile import SCHEMA_VERSION, CaptureRecord, FitProfile, FootFit
from fitter.quantity import Missing, Quantity, Reading
from fitter.support.support import Override, Parameter

# Decimals kept: a thousandth of a millimetre or a degree is far below every u95.
_DECIMALS: Mapping[str, int] = {"mm": 3, "deg": 3, "%": 3, "mm/kN": 3}
_OTHER_DECIMALS = 5

Tree = dict[str, Any]  # what json.loads gives


def to_json(profile: FitProfile) -> str:
    """The profile as text: two-space indent, keys in the order of the dataclasses, a newline at the end."""
    return json.dumps(to_tree(profile), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(data: bytes, where: str) -> FitProfile:
    """The profile of a JSON file; ``where`` names it in errors."""
    try:
        tree = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FitterError("is not UTF-8 text, expected a fit profile in JSON", where=where) from None
    except json.JSONDecodeError as e:
        raise FitterError(f"is not valid JSON (line {e.lineno}: {e.msg.lower()})", where=where) from None
    except RecursionError:
        raise FitterError("is not a fit profile (nested too deep)", where=where) from None
    return from_tree(tree, where)


def to_tree(profile: FitProfile) -> Tree:
    """The profile as plain dicts, lists, texts and rounded numbers."""
    tree: Tree = _converter().unstructure(profile, FitProfile)
    return tree


def from_tree(tree: object, where: str) -> FitProfile:
    """The inverse of `to_tree`, with every field checked."""
    version = tree.get("schema_version") if isinstance(tree, dict) else None
    if not isinstance(version, str):
        raise FitterError("is not a fit profile: it has no schema_version", where=where)
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        raise FitterError(
            f"has schema_version {version[:20]!r}, expected {SCHEMA_VERSION}",
            where=where,
            todo="Update Fitter",
        )
    try:
        return _converter().structure(tree, FitProfile)
    except BaseValidationError as e:
        raise FitterError(f"is not a fit profile: {_first_problem(e)}", where=where) from None


def _first_problem(error: BaseValidationError) -> str:
    """The first thing wrong, as "place: what was expected", on one line."""

    def told(problem: BaseException, kind: type | None) -> str:
        return str(problem) if isinstance(problem, ValueError) else format_exception(problem, kind)

    first = transform_error(error, path="profile", format_exception=told)[0]
    what, _, place = first.rpartition(" @ ")
    return " ".join(f"{place.removeprefix('profile.')}: {what}".split())[:300]


# ---------------------------------------------------------------------------------------- the mapping


@cache
def _converter() -> Converter:
    c = Converter(unstruct_collection_overrides={Mapping: dict, tuple: list})
    _numbers(c)
    _quantities(c)
    _renamed(c)
    _optional(c)
    return c


def _rounded(number: float, decimals: int = _OTHER_DECIMALS) -> float:
    return round(float(number), decimals) + 0.0  # + 0.0 turns -0.0 into 0.0


def _numbers(c: Converter) -> None:
    """Floats are rounded on the way out; nothing is silently converted on the way in."""

    def checked(kind: type, name: str) -> Any:
        def check(value: object, _: object) -> object:
            if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                raise ValueError(f"expected {name}, got {json.dumps(value)[:40]}")
            return value

        return check

    def number(value: object, _: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"expected a number, got {json.dumps(value)[:40]}")
        return float(value)

    def number_or_word(value: object, _: object) -> float | str:
        return value if isinstance(value, str) else number(value, None)

    c.register_unstructure_hook(float, _rounded)
    c.register_structure_hook(float, number)
    c.register_structure_hook(int, checked(int, "a whole number"))
    c.register_structure_hook(bool, checked(bool, "true or false"))
    c.register_structure_hook(str, checked(str, "a text"))
    c.register_structure_hook_func(lambda t: t == float | str, number_or_word)
    c.register_structure_hook_func(lambda t: t is object, lambda value, _: value)


def _quantities(c: Converter) -> None:
    def write(q: Quantity) -> Tree:
        decimals = _DECIMALS.get(q.unit, _OTHER_DECIMALS)
        tree: Tree = {"value": _rounded(q.value, decimals), "u95": _rounded(q.u95, decimals), "unit": q.unit}
        if q.known_u95 is not None:
            tree["known_u95"] = _rounded(q.known_u95, decimals)
        return {**tree, "basis": q.basis} if q.basis else tree

    def write_reading(reading: Reading) -> Tree:
        if isinstance(reading, Quantity):
            return write(reading)
        return {"value": None, "reason": c.unstructure(reading, Missing)}

    def read_reading(raw: Any, _: object) -> Reading:
        if isinstance(raw, dict) and raw.get("value") is None:
            return c.structure(raw.get("reason"), Missing)
        return c.structure(raw, Quantity)

    c.register_unstructure_hook(Quantity, write)
    c.register_unstructure_hook_func(lambda t: t == Reading, write_reading)
    c.register_structure_hook_func(lambda t: t == Reading, read_reading)


def _renamed(c: Converter) -> None:
    """``class`` for ``class_``, the score with its interval, and measurements without their envelope."""

    def write_score(score: Quantity | None) -> Tree | None:
        if score is None:
            return None
        tree: Tree = c.unstructure(score)
        low, high = tree["value"] - tree["u95"], tree["value"] + tree["u95"]
        return {**tree, "interval": [_rounded(low), _rounded(high)]}

    class_ = override(rename="class")
    c.register_unstructure_hook(Vote, make_dict_unstructure_fn(Vote, c, class_=class_))
    c.register_structure_hook(Vote, make_dict_structure_fn(Vote, c, class_=class_))
    c.register_unstructure_hook(Flexibility, make_dict_unstructure_fn(Flexibility, c, class_=class_))
    c.register_structure_hook(Flexibility, make_dict_structure_fn(Flexibility, c, class_=class_))
    score = override(unstruct_hook=write_score)
    c.register_unstructure_hook(Posture, make_dict_unstructure_fn(Posture, c, class_=class_, score=score))
    c.register_structure_hook(Posture, make_dict_structure_fn(Posture, c, class_=class_))
    c.register_unstructure_hook(
        Measurements,
        lambda m: {measure_id: c.unstructure(m.readings[measure_id], Reading) for measure_id in IDS},
    )


def _optional(c: Converter) -> None:
    """Parts that were not asked for are absent rather than null."""
    absent = override(omit_if_default=True)
    c.register_unstructure_hook(Override, make_dict_unstructure_fn(Override, c, follows=absent))
    c.register_unstructure_hook(Parameter, make_dict_unstructure_fn(Parameter, c, override=absent))
    c.register_unstructure_hook(CaptureRecord, make_dict_unstructure_fn(CaptureRecord, c, scanner=absent))
    c.register_unstructure_hook(
        FootFit,
        make_dict_unstructure_fn(
            FootFit, c, landmarks=absent, posture=absent, support=absent, norms=absent, sizes=absent
        ),
    )
    c.register_unstructure_hook(Flag, make_dict_unstructure_fn(Flag, c, overridden=absent))
    c.register_unstructure_hook(Sizes, make_dict_unstructure_fn(Sizes, c, refused=absent))
    c.register_unstructure_hook(
        FitProfile,
        make_dict_unstructure_fn(
            FitProfile,
            c,
            pairs=absent,
            sides=absent,
            answers=absent,
            knee=absent,
            red_flags=absent,
            disclaimer=absent,
            sizes=absent,
            try_on=absent,
            mode=absent,
            follow_up=absent,
        ),
    )
    read_foot = make_dict_structure_fn(FootFit, c)

    def read(raw: Any, kind: type[FootFit]) -> FootFit:
        return read_foot({**raw, "measurements": _enveloped(raw)} if isinstance(raw, dict) else raw, kind)

    c.register_structure_hook(FootFit, read)


def _enveloped(foot: Tree) -> Tree:
    """The readings of a foot as the tree of a `Measurements`, every measure of the registry in its order."""
    given = foot.get("measurements")
    if not isinstance(given, dict):
        raise ValueError("measurements: expected measure ids with their readings")
    unknown = [measure_id for measure_id in given if measure_id not in IDS]
    if unknown:
        raise ValueError(f"measurements: {unknown[0]!r} is not a measure this version knows")
    # The registry only grows: a profile written before a measure existed says so.
    absent = {"value": None, "reason": {"code": "not_recorded", "text": "Not recorded in this profile."}}
    readings = {measure_id: given.get(measure_id, absent) for measure_id in IDS}
    return {**{key: foot.get(key) for key in ("side", "load", "source")}, "readings": readings}
