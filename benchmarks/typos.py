"""How many typing errors are caught, and how many true feet are doubted: cross-validated on ANSUR II.

    python -m benchmarks.typos PATH_TO_CSV [--people 1000] [--reading-error]

The table is the one `models/norms/train_norms.py` reads. Five folds by person: norms are learned from
four fifths and every person of the last fifth is typed true, and some of them (``--people`` in all) with
one slip of each kind in a field drawn at random. *Caught* is a slip that is refused (a value no foot has,
or two that contradict each other) or doubted with a warning; *named* one whose true value is among the
two explanations offered; *false alarms* are true people refused or doubted. Where a slip changes a value
by less than its reading error (3 to 5 mm) nothing can tell it, and nothing needs to; such slips are
counted all the same, and shown apart.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from fitter.anatomy.measures import BY_ID
from fitter.anatomy.norms import NOBODY, SEXES, Person, Sex
from fitter.entry import EnteredFoot, measurements_from_entry
from fitter.errors import FitterError
from fitter.plausible import Group, Slip, doubt, explanations, groups
from fitter.quantity import COVERAGE, Quantity
from models.norms.train_norms import COLUMNS, MEASURES, norms, read

FOLDS = 5
SEED = 20261124
Values = dict[str, float]
Slipped = tuple[Values, Values]  # as typed (mm), and what was meant by the fields that slipped


@dataclass(frozen=True, slots=True)
class Setting:
    """What is typed and known of a person."""

    name: str
    measures: tuple[str, ...]
    body: bool


SETTINGS = (
    Setting("all five", MEASURES, False),
    Setting("all five, sex, stature, mass", MEASURES, True),
    Setting("length, ball length, breadth", ("foot_length", "ball_length", "ball_breadth"), False),
    Setting("foot length alone", ("foot_length",), False),
)

# ---------------------------------------------------------------------------------------- slips


def _one(change: Callable[[float, np.random.Generator], float | None]) -> Any:
    """A slip in one field drawn at random; None where it would change nothing."""

    def slip(true: Values, rng: np.random.Generator) -> Slipped | None:
        name = str(rng.choice(list(true)))
        typed = change(true[name], rng)
        return None if typed is None or typed == true[name] else ({**true, name: typed}, {name: true[name]})

    return slip


def _dropped(text: str, rng: np.random.Generator) -> str | None:
    at = [i for i, c in enumerate(text) if c.isdigit()]
    i = int(rng.choice(at))
    left = text[:i] + text[i + 1 :]
    return left if left.strip(".") else None


def _doubled(text: str, rng: np.random.Generator) -> str:
    i = int(rng.choice([i for i, c in enumerate(text) if c.isdigit()]))
    return text[: i + 1] + text[i:]


def _exchanged(text: str, rng: np.random.Generator) -> str:
    i = int(rng.integers(len(text) - 1))
    return text[:i] + text[i + 1] + text[i] + text[i + 2 :]


def _digits(change: Callable[[str, np.random.Generator], str | None], cm: bool = False) -> Any:
    def changed(mm: float, rng: np.random.Generator) -> float | None:
        text = change(f"{mm / 10:.1f}" if cm else f"{mm:.0f}", rng)
        return None if text is None else float(text) * (10 if cm else 1)

    return _one(changed)


def _far(slip: Any) -> Any:
    """Only slips that change a value by more than a tenth of it."""

    def far(true: Values, rng: np.random.Generator) -> Slipped | None:
        slipped: Slipped | None = slip(true, rng)
        if slipped is None or any(abs(slipped[0][m] - v) <= 0.1 * v for m, v in slipped[1].items()):
            return None
        return slipped

    return far


def _exchange_fields(overlapping: bool, apart: set[tuple[str, str]]) -> Any:
    def slip(true: Values, rng: np.random.Generator) -> Slipped | None:
        pairs = [p for p in combinations(true, 2) if (p in apart) != overlapping]
        if not pairs:
            return None
        a, b = pairs[int(rng.integers(len(pairs)))]
        typed = {**true, a: true[b], b: true[a]}
        return None if typed == true else (typed, {a: true[a], b: true[b]})

    return slip


def slips(apart: set[tuple[str, str]]) -> Mapping[str, Any]:
    """Every kind: name -> function of the true values (mm) and a generator."""
    return {
        "inches typed as cm": _one(lambda mm, rng: round(mm / 25.4, 2) * 10.0),
        "cm typed as inches": _one(lambda mm, rng: round(mm / 10.0, 1) * 25.4),
        "cm typed as mm (25.1 for 251)": _one(lambda mm, rng: mm / 10.0),
        "mm typed as cm (251 for 25.1)": _one(lambda mm, rng: mm * 10.0),
        "a digit dropped": _digits(_dropped),
        "a digit doubled": _digits(_doubled),
        "two fields swapped, sizes apart": _exchange_fields(False, apart),
        "two fields swapped, sizes overlap": _exchange_fields(True, apart),
        "two digits swapped, over 10 %": _far(_digits(_exchanged)),
        "two digits swapped, any": _digits(_exchanged),
        "typed in cm, a digit dropped": _digits(_dropped, cm=True),
        "typed in cm, a digit doubled": _digits(_doubled, cm=True),
    }


def sizes_apart(table: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Pairs of measures whose middle 99 % do not overlap, in either sex."""
    return {
        (a, b)
        for a, b in combinations(MEASURES, 2)
        if all(_apart(table[sex]["quantiles"][a], table[sex]["quantiles"][b]) for sex in SEXES)
    }


def _apart(a: list[float], b: list[float]) -> bool:
    return a[0] > b[-1] or b[0] > a[-1]


# ---------------------------------------------------------------------------------------- what happens


def verdict(typed: Values, person: Person, among: Sequence[Group]) -> tuple[bool, list[Slip]]:
    """Whether these values are refused or doubted, and what was offered instead (mm)."""
    for name, mm in typed.items():
        low, high = BY_ID[name].plausible
        if not low <= mm <= high:
            return True, explanations(name, mm, person, people=among)[:2]
    values = {name: Quantity(mm, BY_ID[name].entered_u95, "mm") for name, mm in typed.items()}
    doubted = doubt(values, person, people=among)
    try:
        measurements_from_entry(EnteredFoot("right", "standing", values))
        refused = False
    except FitterError:
        refused = True
    return refused or doubted is not None, list(doubted.slips[:2]) if doubted else []


def _named(offered: list[Slip], meant: Values) -> bool:
    """Whether what was meant (within 1 %), or the two fields that were swapped, was offered."""
    if len(meant) > 1:
        return any(set(s.measures) == set(meant) for s in offered)
    return any(
        set(s.meant) == set(meant) and all(abs(s.meant[k] - v) <= 0.01 * v for k, v in meant.items())
        for s in offered
    )


@dataclass(slots=True)
class Count:
    tried: int = 0
    caught: int = 0
    named: int = 0
    small: int = 0  # changed by no more than the reading error, and not caught

    def add(self, caught: bool, named: bool, small: bool) -> None:
        self.tried += 1
        self.caught += caught
        self.named += named
        self.small += small and not caught


def run(data: Mapping[str, Any], most: int, reading_error: bool) -> dict[str, dict[str, Count]]:
    """Kind -> setting -> counts; "true" is everyone as they are, slips are those of ``most`` people."""
    everyone = [(sex, i) for sex in SEXES for i in range(len(data[sex]))]
    order = np.random.default_rng(SEED).permutation(len(everyone))
    counts: dict[str, dict[str, Count]] = {}
    rng = np.random.default_rng(SEED + 1)
    for fold in range(FOLDS):
        tested = [(place, *everyone[at]) for place, at in enumerate(order) if place % FOLDS == fold]
        table = norms({sex: _without(data[sex], [i for _, s, i in tested if s == sex]) for sex in SEXES})
        among = {sex: groups(table, sex) for sex in (None, *SEXES)}
        every = {"true": lambda true, rng: (true, {}), **slips(sizes_apart(table))}
        for place, sex, i in tested:
            kinds = every if place < most else {"true": every["true"]}
            row = dict(zip(COLUMNS, data[sex][i], strict=True))
            _person(row, sex, among, kinds, counts, rng, reading_error)
        print(f"# fold {fold + 1} of {FOLDS} done", file=sys.stderr, flush=True)
    return counts


def _without(rows: Any, left_out: list[int]) -> Any:
    return np.delete(rows, left_out, axis=0)


def _person(
    row: Values,
    sex: Sex,
    among: Mapping[Sex | None, Sequence[Group]],
    kinds: Mapping[str, Any],
    counts: dict[str, dict[str, Count]],
    rng: np.random.Generator,
    reading_error: bool,
) -> None:
    for setting in SETTINGS:
        person = Person(sex, row["stature"], row["mass"]) if setting.body else NOBODY
        true = {m: row[m] for m in setting.measures}
        if reading_error:
            true = {m: round(v + rng.normal(0, BY_ID[m].entered_u95 / COVERAGE)) for m, v in true.items()}
        for kind, slip in kinds.items():
            slipped = slip(true, rng)
            if slipped is None:
                continue
            typed, meant = slipped
            caught, offered = verdict(typed, person, among[person.sex])
            small = all(abs(typed[m] - v) <= BY_ID[m].entered_u95 for m, v in meant.items())
            counts.setdefault(kind, {}).setdefault(setting.name, Count()).add(
                caught, _named(offered, meant), small
            )


def show(counts: Mapping[str, Mapping[str, Count]]) -> str:
    lines = []
    for setting in SETTINGS:
        lines += [
            f"\n{setting.name}",
            f"  {'slip':<36}{'tried':>7}{'caught':>9}{'named':>9}{'missed, tiny':>14}",
        ]
        for kind, by_setting in counts.items():
            c = by_setting.get(setting.name)
            if c is None:
                continue
            if kind == "true":
                lines.append(f"  {'(true: false alarms)':<36}{c.tried:>7}{c.caught / c.tried:>9.2%}")
                continue
            tiny = f"{c.small / c.tried:>14.1%}"
            lines.append(f"  {kind:<36}{c.tried:>7}{c.caught / c.tried:>9.1%}{c.named / c.tried:>9.1%}{tiny}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("csv", type=Path, help="the foot columns of ANSUR II")
    parser.add_argument("--people", type=int, default=1000, help="how many people are typed with slips")
    parser.add_argument(
        "--reading-error", action="store_true", help="add the error of a reading with a ruler"
    )
    args = parser.parse_args()
    print(show(run(read(args.csv), args.people, args.reading_error)))


if __name__ == "__main__":
    main()
