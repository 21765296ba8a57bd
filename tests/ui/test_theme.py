"""The themes: names, contrast, and one place for all of it."""

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication

from bcdesk.ui import icons, theme
from bcdesk.ui.theme import Tokens, load

SOFT = ("accent", "ok", "warn", "bad", "live", "info")
THEMES = ("light", "dark")


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours after WCAG 2.2."""

    def light(name: str) -> float:
        parts = [part / 255 for part in QColor(name).getRgb()[:3]]  # type: ignore[index]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return float(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_that_contrast_is_measured_as_the_guideline_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", THEMES)
def test_that_every_text_reaches_double_a_where_it_stands(name: str) -> None:
    colors = load(name).named()
    pairs = [(text, below) for text in ("text", "muted", *SOFT) for below in ("bg", "surface")]
    pairs += [(tone, f"{tone}_soft") for tone in SOFT] + [("text", f"{tone}_soft") for tone in SOFT]
    pairs += [("muted", "accent_soft"), ("on_accent", "accent"), ("on_accent", "bad")]
    pairs += [("on_accent", f"accent_{state}") for state in ("hover", "pressed")] + [("on_accent", "bad_hover")]
    pairs += [("text", "hover"), ("text", "pressed"), ("muted", "hover"), ("muted", "rail_hover")]
    bad = {pair: round(contrast(*(colors[one] for one in pair)), 2) for pair in pairs}
    bad = {pair: ratio for pair, ratio in bad.items() if ratio < 4.5}
    assert not bad


@pytest.mark.parametrize("name", THEMES)
def test_that_borders_of_inputs_and_the_focus_ring_reach_three_to_one(name: str) -> None:
    colors = load(name)
    for border in (colors.field, colors.accent, colors.bad):
        assert contrast(border, colors.surface) >= 3
        assert contrast(border, colors.bg) >= 3
    assert contrast(colors.on_accent, colors.accent) >= 3


def test_that_both_themes_know_the_same_names() -> None:
    assert load("light").named().keys() == load("dark").named().keys()
    assert not load("light").dark
    assert load("dark").dark


def test_that_applying_a_theme_changes_palette_sheet_and_colours(qapp: QApplication) -> None:
    told: list[Tokens] = []
    theme.theme().changed.connect(lambda: told.append(theme.tokens()))
    theme.apply(qapp, "dark")
    assert theme.color("bg").name() == load("dark").bg
    assert qapp.palette().window().color().name() == load("dark").bg
    assert load("dark").accent in qapp.styleSheet()
    assert told[-1].dark
    before = icons.icon("key", "text").cacheKey()
    theme.apply(qapp, "light")
    assert theme.color("bg").name() == load("light").bg
    assert icons.icon("key", "text").cacheKey() != before
    assert icons.icon("key", "text").cacheKey() == icons.icon("key", "text").cacheKey()


def test_that_an_unknown_colour_is_an_error(qapp: QApplication) -> None:
    with pytest.raises(KeyError):
        theme.color("pink")


@pytest.mark.parametrize("role", sorted(theme.FONTS))
def test_that_every_role_has_its_font_with_tabular_numbers(qapp: QApplication, role: str) -> None:
    pixels, weight, mono = theme.FONTS[role]
    made = theme.font(role)
    assert made.pixelSize() == pixels
    assert made.weight() == weight
    assert made.featureValue(next(tag for tag in made.featureTags() if bytes(tag.toString().data()) == b"tnum")) == 1
    assert QFontInfo(made).fixedPitch() is mono


def test_that_a_stylesheet_has_no_name_left_unfilled(qapp: QApplication) -> None:
    for name in THEMES:
        assert "$" not in theme.stylesheet(load(name))


def test_that_every_icon_draws_something_in_its_colour(qapp: QApplication) -> None:
    assert len(icons.names()) >= 30
    for name in icons.names():
        drawn = icons.pixmap(name, "bad", 20, 2.0).toImage()
        assert drawn.devicePixelRatio() == 2
        inks = [drawn.pixelColor(x, y) for x in range(drawn.width()) for y in range(drawn.height())]
        solid = [ink.name() for ink in inks if ink.alpha() == 255]
        assert solid, name
        assert set(solid) == {load("light").bad}, name


def test_that_the_focus_changes_no_size(qapp: QApplication) -> None:
    from bcdesk.ui.widgets import Button, LineEdit

    for made in (Button("Rotate…"), Button("New key…", "primary"), Button("Quiet", "quiet"), LineEdit("text")):
        made.show()
        made.clearFocus()
        before = made.sizeHint()
        made.setFocus()
        assert made.sizeHint() == before
        made.deleteLater()
