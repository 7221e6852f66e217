"""What a report costs in another language, as a ratio to English in the same run.

    python -m benchmarks.papers [--runs 3]

Two sample feet with answers about the knee. Seconds are of processor time, the least of the runs, without
the pictures of the feet, which are the same in every language. "texts": all that the profile says, put into
the language once after it was read from its file, where it is plain English that has to be recognised.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

from fitter.answers import STOP_IDS, answers_from_mapping
from fitter.captures import Capture
from fitter.exchange import pdf_report
from fitter.exchange.json_profile import from_json, to_json, to_tree
from fitter.journey import run_journey
from fitter.language import Language, codes, language, speaking
from fitter.resources import data_folder

FEET = ("pair_left.stl", "pair_right.stl")
ANSWERS = {"body_mass_kg": 82, "height_cm": 178, "chair_stand": 9, "footwear": "everyday"}
ANSWERS |= {"latest_run_km": 12, "longest_run_30d_km": 6}


def texts_in(thing: object) -> Iterator[str]:
    """Every text within a tree of JSON."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict | list | tuple):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from texts_in(part)


def least(runs: int, work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest run."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    folder = data_folder("sample_scans")
    captures = [Capture(name, (folder / name).read_bytes()) for name in FEET]
    answers = answers_from_mapping({**dict.fromkeys(STOP_IDS, False), **ANSWERS}, "answers")
    made = run_journey(captures, answers=answers, mode="professional")
    pictures = [pdf_report._pictures(shape) for shape in made.shapes if shape is not None]
    texts = list(texts_in(to_tree(from_json(to_json(made.profile).encode(), "profile.json"))))
    english = 0.0
    for code in codes():
        known = dict(language(code)._texts)

        def report(code: str = code, known: dict[str, str] = known) -> None:
            with speaking(Language(code, known)):  # new, so that it remembers nothing
                pdf_report._laid_out(made.profile, pictures)

        def said(code: str = code, known: dict[str, str] = known) -> None:
            told = Language(code, known)
            for text in texts:
                told(text)

        seconds = least(runs, report)
        english = english or seconds
        ratio = seconds / english
        print(
            f"{code}: report {seconds:.2f} s, {ratio:.2f} of English; texts {1000 * least(runs, said):.0f} ms"
        )


if __name__ == "__main__":
    main()
