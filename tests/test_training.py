"""What the training programs write can be read by what uses it."""

from __future__ import annotations

import tomllib

import pytest

from fitter.anatomy.measures import BY_ID
from fitter.resources import table
from models.norms import train_norms as sizes_norms
from models.posture import train_norms as arch_norms
from models.scan import train_side


@pytest.mark.parametrize("program", [sizes_norms, arch_norms], ids=["sizes", "arch"])
@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("--dry-run", 2)])
def test_asking_for_help_or_in_vain_trains_nothing(program, argument, status, monkeypatch, capsys) -> None:
    def write(*_: object, **__: object) -> None:
        raise AssertionError("a norm was written")

    monkeypatch.setattr("sys.argv", ["train_norms", argument])
    monkeypatch.setattr("pathlib.Path.write_text", write)
    with pytest.raises(SystemExit) as done:
        program.main()
    assert done.value.code == status
    told = capsys.readouterr()
    assert "usage" in told.out + told.err


def test_the_survey_must_be_named(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["train_norms"])
    with pytest.raises(SystemExit) as done:
        sizes_norms.main()
    assert done.value.code == 2
    assert "PATH_TO_CSV" in capsys.readouterr().err


def test_the_weights_of_the_side_are_written_as_they_are_read() -> None:
    weights = {"recession": 4.2, "hollow": -0.31, "lead": 0.5}
    written = tomllib.loads(train_side.as_toml(train_side.Trained(weights, 1, 240, 0.2)))
    assert written["weights"] == pytest.approx(weights)
    assert written.keys() == table("scan/side.toml").keys()
    assert written["weights"].keys() == table("scan/side.toml")["weights"].keys()


def test_no_place_and_no_chord_counts_for_more_than_it_can_move_a_length() -> None:
    """Few scans are so straight or coarse, and learned alone they once made a ball's place +- 60 mm."""
    for measure_id, found in table("scan/errors.toml")["weights"].items():
        if BY_ID[measure_id].unit == "mm":
            assert found["place"] <= 2.0, measure_id
            assert found["sag"] <= 4.0, measure_id
