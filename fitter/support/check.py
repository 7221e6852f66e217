"""The proof of a table of support rules: complete, free of conflict, monotone, safe, and without idle rows.

A table that passes answers every foot and every person with exactly one row a parameter. The proof tries
every combination of the axes that a parameter's rows name, so it is no sample; a number that hangs on a
measure is linear in it between its bounds, and is tried at both ends and in between.
"""

from __future__ import annotations

import itertools
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fitter.anatomy.measures import BY_ID
from fitter.errors import FitterError
from fitter.support.rule_set import Rule, RuleSet, Where, numbers, rows_of, shipped, within

EVIDENCE = ("trial", "measured", "expert", "convention", "fit")
_ARCH = {
    "highest_arch": "arch_height"
}  # of which measure a value that no single capture shows has the bounds
_NUMBERS = ("value", "share", "plus", "per_sd", "minus", "more")
_FLAGS = ("times_load", "doubt_lowers")
_TEXTS = ("reason", "source", "evidence", "changes")
# A shop's own table may say these its own way, but has to say the same things.
_SAME_KEYS = (
    "texts", "strategy", "watch_for", "load_share", "highest_arch_share", "footwear_is", "body_mass_from",
    "big_toe_leans", "sides_differ", "arch_score", "axis_names",
)  # fmt: skip
# And these it may not change: the program finds a foot's place on the axes, and what must hold isn't theirs.
_SAME = ("axes", "derived", "monotone", "caution", "arch_score")
_TOLD_A_PARAMETER = 4  # of one kind: one gap can show in hundreds of combinations

Tree = Mapping[str, Any]


def checked(rules: RuleSet, where: str) -> RuleSet:
    """The rules, found sound; raises FitterError with the first thing that is wrong with them."""
    if rules is shipped():
        return rules
    wrong = check_rules(rules.tree)
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        raise FitterError(
            f"these rules can't be used: {wrong[0]}{more}",
            where=where,
            todo="See fitter rules check",
            code="bad_rules",
        )
    return rules


def check_rules(tree: Tree) -> list[str]:
    """Everything wrong with a table of rules, each with the row; empty where it is sound."""
    wrong = [*_wrong_frame(tree, shipped().tree)]
    wrong = wrong or [*_wrong_parameters(tree, shipped().tree)]
    wrong = wrong or [*_wrong_rows(tree)]
    # What a derived axis is derived from must be sound before anything that hangs on it can be looked at.
    derived = [p for p in tree["parameter"] if p["id"] in tree["derived"].values()] if not wrong else []
    others = [p for p in tree["parameter"] if p not in derived] if not wrong else []
    answers: dict[str, _Answers] = {}
    for parameters in (derived, others):
        if not wrong:
            answers |= {p["id"]: _Answers(tree, p["id"]) for p in parameters}
            wrong = [*_wrong_answers(tree, parameters, answers)]
    return wrong


# ------------------------------------------------------------------------------------- the form of the table


def _wrong_frame(tree: Tree, known: Tree) -> Iterator[str]:
    """What a table lacks or holds that the program can't read; compared with the shipped one."""
    version = tree.get("version")
    if not isinstance(version, str) or not version.strip():
        yield "version: is missing"
    for key in tree:
        if key not in known:
            yield f"[{key}]: there is no such table"
    for key in known:
        if key not in tree or type(tree[key]) is not type(known[key]):
            yield f"[{key}]: is missing"
        elif key in _SAME and tree[key] != known[key]:
            yield f"[{key}]: differs from the table that Fitter came with, and may not"
        elif key in _SAME_KEYS:
            yield from _unlike(tree[key], known[key], key)
    for key in ("rule", "parameter", "strategy_option"):
        rows = tree.get(key, [])
        if isinstance(rows, list) and not all(isinstance(row, dict) for row in rows):
            yield f"[[{key}]]: holds something that is no row"
        elif isinstance(rows, list):
            # Rows are found by these words, so they must be words before anything else is looked at.
            words = ("id", "parameter") if key == "rule" else ("id",)
            nameless = [n for n, row in enumerate(rows, 1) if not all(_is_word(row.get(w)) for w in words)]
            yield from (f"[[{key}]] number {n}: needs {' and '.join(words)}" for n in nameless)
    if isinstance(tree.get("footwear_is"), dict):
        strange = [
            shoe for shoe, word in tree["footwear_is"].items() if word not in known["axes"]["footwear"]
        ]
        yield from (f"[footwear_is] {shoe}: expected roomy, slim or unknown" for shoe in strange)
    yield from _wrong_masses(tree.get("body_mass_from"), known["axes"]["body_mass"])


def _is_word(value: object) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(value.strip())


def _wrong_masses(bands: object, order: Sequence[str]) -> Iterator[str]:
    """Bands of body mass that don't begin at 0 and rise: what holds along them would hold of nothing."""
    if not isinstance(bands, dict):
        return
    starts: list[Any] = [bands[band] for band in order if band in bands]
    if not all(_is_number(start) for start in starts) or starts[:1] != [0] or starts != sorted(set(starts)):
        yield "[body_mass_from]: expected 0 and then rising numbers, in kg"


def _unlike(own: Mapping[str, Any], known: Mapping[str, Any], table: str) -> Iterator[str]:
    for key in {**known, **own}:
        where = f"[{table}] {key}"
        if key not in own or key not in known:
            yield f"{where}: {'is missing' if key in known else 'is unknown'}"
        elif isinstance(known[key], float):
            # A share of load or of arch: a foot under load is never higher, nor half as high.
            share = table in ("load_share", "highest_arch_share")
            low, high = (0.5, 1.0) if share else (0.0, 1000.0)
            if not _is_number(own[key]) or not low <= own[key] <= high:
                yield f"{where}: expected a number from {low:g} to {high:g}"
        elif isinstance(known[key], str):
            if not isinstance(own[key], str) or not own[key].strip():
                yield f"{where}: expected a text"
            elif not _fields(own[key]) <= _fields(known[key]):
                yield f"{where}: has a placeholder that nothing fills"
        elif isinstance(known[key], list) and (
            not isinstance(own[key], list)
            or not own[key]
            or any(not x or type(x) is not type(known[key][0]) for x in own[key])
        ):
            yield f"{where}: expected a list like that of the table that Fitter came with"


def _fields(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:  # a brace too many
        return {"{"}


def _wrong_parameters(tree: Tree, known: Tree) -> Iterator[str]:
    yield from _wrong_strategies(tree["strategy_option"], known["strategy_option"])
    own, ours = ({p.get("id"): p for p in t["parameter"]} for t in (tree, known))
    if len(own) != len(tree["parameter"]):
        yield "[[parameter]]: one stands there twice or has no id"
    for id_ in [*ours, *(i for i in own if i not in ours)]:
        if id_ not in own or id_ not in ours:
            yield f"{id_}: this parameter is {'missing' if id_ in ours else 'unknown'}"
            continue
        p, our = own[id_], ours[id_]
        if set(p) != set(our) or p["unit"] != our["unit"]:
            yield f"{id_}: expected {', '.join(our)}, with the unit '{our['unit']}'"
        elif not all(isinstance(p[k], str) and p[k].strip() for k in ("name", "changes")):
            yield f"{id_}: needs a name, and what would change it"
        elif "words" in our:
            if p["words"] != our["words"]:
                yield f"{id_}: its words are {', '.join(our['words'])}"
        elif not _is_number(p["low"]) or not _is_number(p["high"]):
            yield f"{id_}: expected numbers for low and high"
        elif not our["low"] <= p["low"] <= p["high"] <= our["high"]:
            yield f"{id_}: its bounds leave the safe ones, {our['low']:g} to {our['high']:g} {our['unit']}"


def _wrong_strategies(own: Sequence[Mapping[str, Any]], known: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    ids = [o["id"] for o in known]
    if [o.get("id") for o in own] != ids or [o["default"] for o in own if "default" in o] != [True]:
        yield f"[[strategy_option]]: expected {', '.join(ids)}, one of them the default"
        return
    for option, our in zip(own, known, strict=True):
        if option.get("needs_rest") != our.get("needs_rest"):
            yield f"{option.get('id')}: needs_rest may not be changed"
        if option.get("default") and our.get("needs_rest"):
            yield f"{option['id']}: can't be the default, since few captures can show it"
        if not all(isinstance(option.get(k), str) and option[k] for k in ("name", "changes", "source")):
            yield f"{option.get('id')}: needs a name, what it changes and a source"


def _wrong_rows(tree: Tree) -> Iterator[str]:
    parameters = {p["id"]: p for p in tree["parameter"]}
    ids = [r.get("id") for r in tree["rule"]]
    yield from (f"{i}: stands there twice" for i in sorted({str(i) for i in ids if ids.count(i) > 1}))
    for r in tree["rule"]:
        if r["parameter"] not in parameters:
            yield f"{r['id']}: unknown parameter {r.get('parameter')}"
        else:
            problems = _wrong_row(r, parameters[r["parameter"]], tree)
            yield from (f"{r['id']}: {problem}" for problem in problems)


def _wrong_row(r: Rule, parameter: Mapping[str, Any], tree: Tree) -> Iterator[str]:
    axes, derived = tree["axes"], tree["derived"]
    allowed = {"id", "parameter", "of", *axes, *_NUMBERS, *_FLAGS, *_TEXTS}
    yield from (f"'{key}' is no axis and nothing else a row can hold" for key in r if key not in allowed)
    for axis, known in axes.items():
        if axis in r and (
            not isinstance(r[axis], list) or not r[axis] or not set(map(str, r[axis])) <= set(known)
        ):
            yield f"{axis} holds something the axis doesn't know"
        if axis in r and axis in derived and parameter["id"] in derived.values():
            yield f"may not use {axis}, which is itself made from rules"
    if r.get("evidence") not in EVIDENCE:
        yield f"evidence must be one of {', '.join(EVIDENCE)}"
    if not all(isinstance(r.get(key), str) and r[key].strip() for key in ("reason", "source")):
        yield "needs a reason and a source"
    if "changes" in r and (not isinstance(r["changes"], str) or not r["changes"].strip()):
        yield "changes must be a sentence"
    if "words" not in parameter:
        yield from _wrong_number(r, parameter)
    elif r.get("value") not in parameter["words"]:
        yield "its word is not among the parameter's words"


def _wrong_number(r: Rule, parameter: Mapping[str, Any]) -> Iterator[str]:
    if any(key in r and not _is_number(r[key]) for key in _NUMBERS):
        yield "holds a word where a number belongs"
    elif any(not isinstance(r.get(key, False), bool) for key in _FLAGS):
        yield "times_load and doubt_lowers are true or false"
    elif "of" in r and r["of"] not in BY_ID and r["of"] not in _ARCH:
        yield f"there is no measure {r['of']}"
    elif not 0.0 < r.get("share", 1.0) <= 2.0:
        yield "share must be above 0 and at most 2"
    elif "of" not in r and "value" not in r:
        yield "gives no value"
    elif "minus" not in r or "more" not in r or r["minus"] < 0 or r["more"] < 0:
        yield "its range is missing or upside down"
    elif "value" in r and not _holds(parameter, r["value"] - r["minus"], r["value"] + r["more"]):
        yield f"leaves the bounds {parameter['low']:g} to {parameter['high']:g}"


def _holds(parameter: Mapping[str, Any], low: float, high: float) -> bool:
    return bool(parameter["low"] <= low and high <= parameter["high"])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e6


# ------------------------------------------------------------------------------------- what the rows answer


class _Answers:
    """The row of one parameter at every place, looked up once and kept: the proof asks for millions."""

    def __init__(self, tree: Tree, parameter_id: str) -> None:
        self.rows = rows_of(tree, parameter_id)
        self.axes = [axis for axis in tree["axes"] if any(axis in r for r in self.rows)]
        self.kept: dict[tuple[str, ...], list[Where]] = {}
        words = [tree["axes"][axis] for axis in self.axes]
        self.found: dict[tuple[str, ...], list[Rule]] = {at: [] for at in itertools.product(*words)}
        for r in self.rows:
            for at in itertools.product(
                *(dict.fromkeys(r.get(a, all_)) for a, all_ in zip(self.axes, words, strict=True))
            ):
                self.found[at].append(r)

    def places(self) -> Iterator[tuple[Where, list[Rule]]]:
        """Every combination of the axes that the rows name, and the rows that answer there."""
        for words, rows in self.found.items():
            yield dict(zip(self.axes, words, strict=True)), rows

    def __call__(self, where: Where) -> Rule:
        """The row that answers; only for a parameter that has one everywhere."""
        return self.found[tuple([where[axis] for axis in self.axes])][0]


def _wrong_answers(
    tree: Tree, parameters: Sequence[Mapping[str, Any]], answers: Mapping[str, _Answers]
) -> Iterator[str]:
    """Gaps, overlaps, contradictions, idle rows, unsafe values and steps in the wrong direction."""
    for parameter in parameters:
        own = answers[parameter["id"]]
        unsound = [*_not_one_row(parameter, own)]
        yield from _few(unsound)
        if unsound:
            continue
        reached = {own(where)["id"] for where in _real_places(tree, own.axes, answers)}
        yield from (f"{r['id']}: no foot ever gets here" for r in own.rows if r["id"] not in reached)
        yield from _few(_unsafe(tree, parameter, own.rows))
        yield from _few(_turned_round(tree, parameter, own, answers))


def _few(problems: Iterator[str] | list[str]) -> list[str]:
    """Each problem once, and of very many the first, with how many more there are."""
    found = [*dict.fromkeys(problems)]
    more = len(found) - _TOLD_A_PARAMETER
    return found if more <= 0 else [*found[:-more], f"{found[0].split(':')[0]}: and {more} more like these"]


def _places(tree: Tree, axes: Sequence[str]) -> Iterator[dict[str, str]]:
    """Every combination of these axes."""
    for combination in itertools.product(*(tree["axes"][axis] for axis in axes)):
        yield dict(zip(axes, combination, strict=True))


def _real_places(tree: Tree, axes: Sequence[str], answers: Mapping[str, _Answers]) -> list[Where]:
    """The combinations that a foot can stand in: a derived axis follows from the others."""
    derived = {axis: answers[p] for axis, p in tree["derived"].items() if axis in axes}
    beneath = {axis for of in derived.values() for axis in of.axes} | {*axes} - {*derived}
    used = tuple(a for a in tree["axes"] if a in beneath)
    if not derived:
        return [*_places(tree, used)]
    # Several parameters hang on the same derived axis.
    kept = next(iter(derived.values())).kept
    if used not in kept:
        kept[used] = [
            where | {axis: of(where)["value"] for axis, of in derived.items()}
            for where in _places(tree, used)
        ]
    return kept[used]


def _not_one_row(parameter: Mapping[str, Any], answers: _Answers) -> Iterator[str]:
    for where, found in answers.places():
        if len(found) == 1:
            continue
        at = _at(where) or "everyone"
        if not found:
            apart = {
                r["id"]: sum(word not in r.get(a, [word]) for a, word in where.items()) for r in answers.rows
            }
            near = [id_ for id_, axes in apart.items() if axes == min(apart.values())]
            hint = f"; nearest: {', '.join(near)}" if near else ""
            yield f"{parameter['id']}: a gap, no row answers {at}{hint}"
            continue
        a, b = found[:2]
        same = all(a.get(k) == b.get(k) for k in (*_NUMBERS, *_FLAGS, "of"))
        how = "overlap, both answer the same" if same else "contradict each other"
        yield f"{a['id']} and {b['id']}: {how} for {at}"


def _at(where: Where) -> str:
    return ", ".join(f"{axis} {word}" for axis, word in where.items())


def _unsafe(tree: Tree, parameter: Mapping[str, Any], rows: Sequence[Rule]) -> Iterator[str]:
    for caution in tree["caution"]:
        if caution["parameter"] != parameter["id"]:
            continue
        named = {axis: caution[axis] for axis in tree["axes"] if axis in caution}
        for r in rows:
            if not all(set(words) & set(r.get(axis, words)) for axis, words in named.items()):
                continue
            if "words" in caution:
                fine = r["value"] in caution["words"]
            else:
                top, bottom = _reach(parameter, r)
                fine = caution.get("low", bottom) <= bottom and top <= caution.get("high", top)
            if not fine:
                yield f"{r['id']}: unsafe, {caution['why'][:1].lower()}{caution['why'][1:]}"


def _reach(parameter: Mapping[str, Any], r: Rule) -> tuple[float, float]:
    """The highest and the lowest that a row can give."""
    if "of" in r or r.get("per_sd"):
        return parameter["high"], parameter["low"]
    return (
        within(r["value"] + r["more"], parameter["low"], parameter["high"]),
        within(r["value"] - r["minus"], parameter["low"], parameter["high"]),
    )


# ------------------------------------------------------------------------------------- what may not turn


def _turned_round(
    tree: Tree, parameter: Mapping[str, Any], own: _Answers, answers: Mapping[str, _Answers]
) -> Iterator[str]:
    for wish in tree["monotone"]:
        if wish["parameter"] != parameter["id"]:
            continue
        along = wish["along"]
        axes = [a for a in tree["axes"] if a in own.axes or a == along]
        # A derived axis moved by itself stands free; else it follows from the axis that is moved.
        places = _places(tree, axes) if along in tree["derived"] else _real_places(tree, axes, answers)
        seen: set[tuple[str, str, float, float]] = set()
        for steps in _steps(tree, wish, places):
            for (here, score), (there, next_score) in itertools.pairwise(steps):
                a, b = own(here), own(there)
                # Two rows step alike wherever they meet.
                key = (a["id"], b["id"], score, next_score)
                if key not in seen:
                    seen.add(key)
                    yield from _step(parameter, wish, (a, score), (b, next_score), there)


def _steps(
    tree: Tree, wish: Mapping[str, Any], places: Iterable[Where]
) -> Iterator[Sequence[tuple[Where, float]]]:
    """Runs of places, each with an arch score, along which only what is wished for changes."""
    along, order = wish["along"], wish.get("order", [])
    classes = tree["axes"]["posture"][:5]
    if along not in tree["axes"]:  # a measure: each place by itself, see `_step`
        yield from ([(where, 0.0), (where, 0.0)] for where in places)
        return
    # What derives from the moved axis moves with it.
    still = {*tree["axes"]} - {along} - ({*tree["derived"]} - {along})
    middles = {c: sum(_scores(tree, c, classes)) / 2 for c in classes}
    runs: dict[tuple[str, ...], dict[str, Where]] = {}
    for where in places:
        rest = tuple([word for axis, word in where.items() if axis in still])
        runs.setdefault(rest, {})[where[along]] = where
    for run in runs.values():
        present = [run[word] for word in order if word in run]
        if along == "posture":
            yield [(where, score) for where in present for score in _scores(tree, where["posture"], order)]
        else:
            yield [(where, middles.get(where.get("posture", ""), 0.0)) for where in present]


def _scores(tree: Tree, class_: str, order: Sequence[str]) -> tuple[float, float]:
    """The arch scores between which a class lies."""
    low, high = tree["arch_score"]["ends"]
    edges = [low, *tree["arch_score"]["cuts"], high]
    return edges[order.index(class_)], edges[order.index(class_) + 1]


def _step(
    parameter: Mapping[str, Any],
    wish: Mapping[str, Any],
    one: tuple[Rule, float],
    other: tuple[Rule, float],
    where: Where,
) -> Iterator[str]:
    """A step from a row to another (or the same), each at an arch score, that goes the wrong way."""
    (a, score), (b, next_score) = one, other
    sign = 1.0 if wish["never"] == "falls" else -1.0
    if "words" in parameter:
        order = parameter["words"]
        if sign * (order.index(b["value"]) - order.index(a["value"])) < 0:
            yield _told(wish, a, b, str(a["value"]), str(b["value"]), where)
        return
    for first, second in _measures(a, b, moved="order" not in wish):
        before = numbers(parameter, a, first, score=score)
        after = numbers(parameter, b, second, score=next_score)
        if before is None or after is None:
            continue
        # What may not rise may not rise in its range either.
        ends = (1,) if wish["never"] == "falls" else (1, 2)
        turned = next((n for n in ends if sign * (after[n] - before[n]) < -1e-9), None)
        if turned is not None:
            yield _told(wish, a, b, f"{before[turned]:.1f}", f"{after[turned]:.1f}", where)
            return


def _measures(
    a: Rule, b: Rule, *, moved: bool
) -> Iterator[tuple[tuple[float, float] | None, tuple[float, float] | None]]:
    """Values of the measure before and after a step: missing, and over its whole range."""
    if not moved:
        yield None, None
    ids = [r["of"] for r in (a, b) if "of" in r]
    if not ids:
        return
    low, high = BY_ID[_ARCH.get(ids[0], ids[0])].plausible
    grid = [(low + (high - low) * n / 8.0, 0.0) for n in range(9)]
    yield from itertools.pairwise(grid) if moved else zip(grid, grid, strict=True)


def _told(wish: Mapping[str, Any], a: Rule, b: Rule, before: str, after: str, where: Where) -> str:
    rows = a["id"] if a["id"] == b["id"] else f"{a['id']} to {b['id']}"
    verb = "falls" if wish["never"] == "falls" else "rises"
    return f"{rows}: {verb} from {before} to {after} along {wish['along']} ({_at(where)}). {wish['why']}"
