"""The icon is drawn in every size, and written as each system wants it."""

from __future__ import annotations

from PIL import Image

from fitter.app import icon


def test_the_icon_has_its_three_colours_and_clear_corners():
    picture = icon.draw(128)
    assert picture.size == (128, 128)
    assert picture.getpixel((0, 0))[3] == 0
    seen = {"#{:02X}{:02X}{:02X}".format(*colour[:3]) for _count, colour in picture.getcolors(128 * 128)}
    assert {icon._GROUND, icon._PRINT, icon._LINE} <= seen


def test_the_files_of_each_system_open_as_what_they_are(tmp_path):
    icon.write(tmp_path)
    kinds = {path.name: Image.open(path) for path in tmp_path.iterdir()}
    assert {name: picture.format for name, picture in kinds.items()} == {
        "fitter.png": "PNG",
        "fitter.ico": "ICO",
        "fitter.icns": "ICNS",
    }
    assert {(16, 16), (48, 48), (256, 256)} <= kinds["fitter.ico"].info["sizes"]
