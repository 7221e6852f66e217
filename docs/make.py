"""Writes the pages that are made from the program: `python -m docs.make`. A test keeps them current."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fitter import home
from fitter.anatomy.measures import BY_ID, PRINT_WIDTHS, REGISTRY, Measure
from fitter.answers import ALSO_READ, QUESTIONS, Question, json_schema
from fitter.picture import body_map, bunion, chain, exercises
from fitter.picture.guides import NAMES, Guide, guide
from fitter.picture.svg import to_svg
from fitter.resources import table
from fitter.support.catalogue import COLUMNS, MOST_ROWS, Column

HERE = Path(__file__).parent


def measures_page() -> str:
    """docs/MEASURES.md: the registry, for people."""
    return "\n".join(
        [
            "# The measures",
            "",
            "Made from the registry (`fitter/anatomy/measures.py`) by `python -m docs.make`.",
            "",
            "Lengths run along the foot axis (heel centre to the tip of the second toe), heights from the",
            "floor. The stated error of a real foot combines what the scan lets us know with the",
            "published error of the definition, given here. `u95` means: the truth lies within this much",
            "95 % of the time.",
            "",
            *[line for measure in REGISTRY for line in _measure(measure)],
            "# The widths of a wet footprint",
            "",
            "Only taken by hand; the Chippaux-Smirak and the Staheli index are made from them.",
            "",
            *[line for measure in PRINT_WIDTHS for line in _measure(measure)],
        ]
    )


def _measure(m: Measure) -> list[str]:
    errors = [f"{m.definition_u95:g} {m.unit}"] if m.definition_u95 else []
    errors += [f"{m.definition_u95_percent:g} % of the value"] if m.definition_u95_percent else []
    lines = [f"## {m.name}", "", f"`{m.id}`, {m.kind}, {m.unit}", "", m.definition, ""]
    lines += [f"- Reference: {m.reference}"]
    if m.from_measures:
        lines += ["- Computed from: " + ", ".join(f"`{i}`" for i in m.from_measures)]
    if errors:
        lines += [f"- Error of the definition (u95): {' and '.join(errors)}. {m.error_source}"]
    if m.marked_u95:
        lines += [f"- With the landmark set by hand (u95): {m.marked_u95:g} {m.unit} in its place."]
    if m.home:
        lines += [f"- By ruler: {m.home} One careful reading: u95 {m.entered_u95:g} {m.unit}."]
    lines += [f"- Taken as plausible: {m.plausible[0]:g} to {m.plausible[1]:g} {m.unit}", ""]
    return lines


def answers_page() -> str:
    """docs/ANSWERS.md: the questions, and an example of an answers file."""
    example = {"schema_version": "1.0"} | {q.id: False for q in QUESTIONS if q.group == "stop"}
    example |= {"body_mass_kg": 70, "height_cm": 172}
    return "\n".join(
        [
            "# Answers",
            "",
            "Made from the questions (`fitter/answers.py`) by `python -m docs.make`; the JSON Schema is",
            "[answers.schema.json](answers.schema.json). Every answer may be left out. A *stop* question",
            "answered with yes means: no insole is recommended, see someone first. Only when all of them",
            "are answered counts the person as asked.",
            "",
            "```json",
            json.dumps(example, indent=2),
            "```",
            "",
            "| id | question | answer |",
            "|---|---|---|",
            *[_question(q) for q in QUESTIONS],
            "",
            "Why each is asked, how a self-check is done and when to stop it is shown beside it. Self-checks",
            "are for people who answered every stop question with no.",
            "",
            "Not asked any more, and still understood:",
            "",
            "| id | question | answer |",
            "|---|---|---|",
            *[_question(q) for q in ALSO_READ],
            "",
        ]
    )


def _question(q: Question) -> str:
    kind = {
        "number": f"{q.low:g} to {q.high:g} {q.unit}".strip(),
        "yes_no": "`true` or `false`",
        "choice": "one of " + ", ".join(f"`{w}`" for w in q.words),
        "choices": "any of " + ", ".join(f"`{w}`" for w in q.words),
    }.get(q.kind, q.kind)
    return f"| `{q.id}` | {q.text} | {kind}{' (stop)' if q.group == 'stop' else ''} |"


def sizes_page() -> str:
    """docs/SIZES.md: how a length becomes a size, and how large adults' feet are."""
    rules, norms = table("norms/sizes.toml"), table("norms/ansur2.toml")
    shown = [i for i, p in enumerate(norms["percents"]) if p in (1.0, 5.0, 20.0, 50.0, 80.0, 95.0, 99.0)]
    return "\n".join(
        [
            "# Sizes",
            "",
            "Made from `models/norms/` by `python -m docs.make`. L is the length of a standing foot in mm.",
            rules["texts"]["guideline"],
            "",
            "| system | size | step | assumed | source |",
            "|---|---|---|---|---|",
            *[_size_rule(s) for s in rules["system"]],
            "",
            f"{rules['jis']['name']}: {rules['jis']['assumption']}. Girth of E: "
            + "; ".join(_width_rule(rules["jis"], *who) for who in (("male", "men"), ("female", "women")))
            + f". {rules['jis']['source']}.",
            "",
            rules["texts"]["no_letters"],
            rules["texts"]["insole"],
            "",
            "# How large adults' feet are",
            "",
            f"{norms['population']} of {norms['youngest']} to {norms['oldest']} years, standing, in mm "
            f"({norms['source']}).",
            "",
            "| measure | sex | people | " + " | ".join(f"{norms['percents'][i]:g} %" for i in shown) + " |",
            "|---|---|---" + "|---" * len(shown) + "|",
            *[
                f"| {BY_ID[m].name} | {sex} | {norms[sex]['n']} | "
                + " | ".join(f"{q[i]:g}" for i in shown)
                + " |"
                for m in norms["female"]["quantiles"]
                for sex in ("female", "male")
                for q in (norms[sex]["quantiles"][m],)
            ],
            "",
        ]
    )


def _size_rule(s: Mapping[str, Any]) -> str:
    variants = "".join(f" (or {p:+g})" for p in s["also_plus"])
    plus = f" {s['plus']:+g}{variants}" if s["plus"] else ""
    step = f"{s['step']:g} {s['unit']}".strip()
    return f"| {s['name']} | {s['per_mm']:.5g} L{plus} | {step} | {s['assumption']} | {s['source']} |"


def _width_rule(jis: Mapping[str, Any], sex: str, word: str) -> str:
    row = jis[sex]
    return f"{row['e_girth']:g} + {row['per_mm']:g} (L - {row['e_length']:g}) mm for {word}"


def home_page() -> str:
    """docs/HOME.md: how to measure feet at home, with the pictures."""
    lines = [
        "# Measuring feet at home",
        "",
        "Made from the protocol (`models/home/protocol.toml`) by `python -m docs.make`. `fitter home` asks",
        "for each of these, `fitter home --worksheet FILE.pdf` prints them with boxes to fill in.",
        "",
        *[f"- {rule}" for rule in (*home.before(True), home.before(False)[-1])],
        "",
        "You need: " + "; ".join(home.tools()) + ".",
        "",
    ]
    for number, step in enumerate(home.steps(), 1):
        lines += _step(number, step)
    return "\n".join([*lines, *_HOW_REPEATS])


def _step(number: int, step: home.Step) -> list[str]:
    raw = next(r for r in table("home/protocol.toml")["step"] if r["title"] == step.title)
    return [
        f"## {number}. {step.title}",
        "",
        f"![{step.title}, drawn](home/{step.picture}.svg)",
        "",
        f"{step.text(True)} {home.WHO_WORDS[step.who]}",
        "",
        *([f"Without a wall: {step.text(False)}", ""] if step.text(False) != step.text(True) else []),
        *[
            f"- `{m.id}` ({' and '.join(step.loads)}): one careful reading lies within {m.entered_u95:g} mm, "
            f"of which {m.fixed_u95:g} mm stay however often it is read."
            for m in step.measures
        ],
        f"- Why: {raw['error_source']}.",
        "",
    ]


_HOW_REPEATS = [
    "## What becomes of repeats",
    "",
    "Their mean is the value. Their spread is pooled with the usual spread of one reading, which counts as",
    "3 degrees of freedom, because two or three readings alone say little of how far readings scatter;",
    "Student's t for all degrees of freedom together makes the 95 % error of the mean. To it are added (root",
    "sum of squares) the division of the ruler (1 mm, or 1/16 inch; 1/8 where only such fractions are",
    "written) and what no repeat shows: how well the place is defined. A reading far from the others, which",
    "lie close together, is named and refused.",
    "",
    "## In a file",
    "",
    "One row a reading; rows of one measure of one foot under one load are its repeats. `unit`, `u95` and",
    "`repeat` may be left out, and the unit may stand with the number.",
    "",
    "```",
    "side,load,measure,value,unit,repeat",
    "right,standing,foot_length,9 7/8,in,1",
    "right,standing,foot_length,9 15/16,in,2",
    "right,standing,foot_length,251,mm,3",
    "right,sitting,instep_height,66,mm,",
    "```",
    "",
    'JSON takes a list: `{"feet": [{"side": "right", "load": "standing", "measurements": {"foot_length":',
    '[251, 252, "9 7/8 in"]}}]}`.',
    "",
]


def catalogue_page() -> str:
    """docs/CATALOGUE.md: the columns of a shop's catalogue, and how an item is compared with a foot."""
    rules = table("support/shelf.toml")
    return "\n".join(
        [
            "# A shop's catalogue",
            "",
            "Made from the columns (`fitter/support/catalogue.py`) and the table of the match",
            "(`models/support/shelf.toml`) by `python -m docs.make`.",
            "",
            "One row is one insole in one size. The first row names the columns, in any order and case;",
            "*Arch height (mm)* is `arch_height_mm`. A column that isn't here is not used, and told. The",
            "file is CSV (`,` `;` or tab between cells, UTF-8 or Windows text), the first sheet of an",
            "Excel file that has a `sku` (`.xlsx`, with `pip install 'insole-fitter[shop]'`), or the",
            f"table `catalogue` of an SQLite file, of at most {MOST_ROWS:,} rows. Numbers take a decimal",
            "comma; lengths are mm unless cm, m or in stands with them. What looks like a formula is",
            "never run: in a text it stays as it is, in a number it is an error. Rows with an error are",
            "left out and listed, the others are kept.",
            "",
            "| column | needed | what stands there | between | such as |",
            "|---|---|---|---|---|",
            *[_column(c) for c in COLUMNS],
            "",
            "`models/support/example_catalogue.csv` is an example; none of it exists.",
            "",
            "# How an item is compared with a foot",
            "",
            "Within the range the support profile gives, an item fits. Outside it, up to the tolerance it",
            "is near, beyond it misses, and an item that misses anything does not suit. Items are ranked",
            "by the root of the weighted sum of squares of miss over tolerance. Tolerances and weights",
            f"are judgement, not measured; a cell left empty counts as {rules['not_stated']:g} tolerances.",
            "Trying on decides.",
            "",
            "| compared | less than wanted by | more than wanted by | weight | why |",
            "|---|---|---|---|---|",
            *[_comparison(row) for row in rules["compare"]],
            "",
            "Under the heel a shoe takes, once its own insole is out: "
            + ", ".join(f"{shoe} {mm:g} mm" for shoe, mm in rules["footwear"].items())
            + " (judgement; measure the shoe where you can).",
            "",
        ]
    )


def _column(c: Column) -> str:
    between = f"{c.low:g} to {c.high:g} {c.unit}".strip() if c.high else ""
    return f"| `{c.id}` | {'yes' if c.required else ''} | {c.text} | {between} | `{c.example}` |"


def _comparison(row: Mapping[str, Any]) -> str:
    below, above = (f"{row[way]:g} {row['unit']}".strip() for way in ("below", "above"))
    return f"| {row['name']} | {below} | {above} | {row['weight']:g} | {row['reason']} |"


def knee_pictures() -> dict[str, Guide]:
    """docs/knee/*.svg: the chain for a heel that leans, a little and with a support, and every other
    picture."""
    little, much = chain.Heel(3.0, -1.0, 7.0, "measured"), chain.Heel(10.0, 6.0, 14.0, "measured")

    def drawn(left: chain.Heel, right: chain.Heel, support: float = 0.0) -> Guide:
        return chain.figure(chain.chain("left", left, support), chain.chain("right", right, support))

    return {
        "chain": drawn(much, little),
        "chain_with_support": drawn(much, little, chain.most_support()),
        "chain_not_measured": drawn(chain.UPRIGHT, chain.UPRIGHT),
        "pain_places": body_map.figure(),
        **{name: exercises.exercise(name) for name in exercises.PICTURES},
        **{f"bunion_{word}": bunion.foot(word) for word in bunion.WORDS},
    }


PAGES = {
    "CATALOGUE.md": catalogue_page,
    "SIZES.md": sizes_page,
    "HOME.md": home_page,
    **{f"home/{name}.svg": lambda name=name: to_svg(guide(name)) for name in NAMES},
    **{f"knee/{name}.svg": lambda drawn=drawn: to_svg(drawn) for name, drawn in knee_pictures().items()},
    "MEASURES.md": measures_page,
    "ANSWERS.md": answers_page,
    "answers.schema.json": lambda: json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n",
}


def main() -> None:
    for name, page in PAGES.items():
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
