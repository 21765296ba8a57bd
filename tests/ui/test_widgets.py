"""The kit's widgets say what they mean, to eyes, hands and screen readers."""

import pytest
from PySide6.QtCore import QDate, QMimeData, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from bcdesk.ui import theme
from bcdesk.ui.status import StatusBar
from bcdesk.ui.widgets import (
    Banner,
    Button,
    Checks,
    Chip,
    DateField,
    EmptyState,
    Facts,
    Field,
    Label,
    LineEdit,
    ListEdit,
    Radios,
    Segmented,
    Select,
    Skeleton,
    TagEdit,
    TextEdit,
    refont,
)
from tests.shots.kit import kit
from tests.ui.walk import check_window


def put(host: QWidget, *widgets: QWidget) -> None:
    """Show widgets in the host."""
    column = QVBoxLayout(host)
    for widget in widgets:
        column.addWidget(widget)
    QApplication.processEvents()


def has_color(image: QImage, name: str) -> bool:
    wanted = QColor(name).rgb()
    return any(image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


def test_that_every_widget_of_the_kit_is_named_and_plain(qapp: QApplication) -> None:
    sheet = kit()
    sheet.show()
    check_window(sheet)
    sheet.close()
    sheet.deleteLater()


def test_that_text_from_a_server_is_never_rich(host: QWidget) -> None:
    label = Label("<b>bold</b> <a href='https://example.com'>link</a>", elide=True)
    put(host, label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.accessibleName().startswith("<b>")


def test_that_an_elided_label_keeps_the_whole_in_its_tooltip_only_while_cut(host: QWidget) -> None:
    label = Label("A name that is longer than the place it has", elide=True)
    put(host, label)
    label.setFixedWidth(60)
    QApplication.processEvents()
    assert label.toolTip() == label.text()
    label.setFixedWidth(900)
    QApplication.processEvents()
    assert not label.toolTip()


def test_that_a_font_changed_later_stays_under_a_new_parent_and_a_new_theme(qapp: QApplication, host: QWidget) -> None:
    label = Label("text", "body")
    label.sizeHint()
    refont(label, "strong")
    put(host, label)
    assert label.font().weight() == theme.font("strong").weight()
    theme.apply(qapp, "dark")
    assert label.font().weight() == theme.font("strong").weight()
    theme.apply(qapp, "light")


@pytest.mark.parametrize("kind", ["plain", "primary", "danger", "destroy", "quiet", "link", "icon"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_the_focus_is_visible_on_every_button(
    qapp: QApplication, host: QWidget, kind: str, scheme: theme.Scheme
) -> None:
    theme.apply(qapp, scheme)
    button, other = Button("Rotate…", kind, icon="rotate"), Button("Other")  # type: ignore[arg-type]
    put(host, other, button)
    host.activateWindow()
    QTest.qWaitForWindowActive(host)
    other.setFocus()
    without = button.grab().toImage()
    button.setFocus()
    QApplication.processEvents()
    with_focus = button.grab().toImage()
    assert without != with_focus
    ring = theme.tokens().on_accent if kind in ("primary", "destroy") else theme.tokens().accent
    assert has_color(with_focus, ring)
    theme.apply(qapp, "light")


def test_that_a_held_enter_presses_a_button_not_even_once(host: QWidget) -> None:
    from tests.ui.test_dialogs import press

    pressed: list[bool] = []
    button = Button("Go", on_click=lambda: pressed.append(True))
    put(host, button)
    press(button, Qt.Key.Key_Return, held=True)
    assert not pressed
    press(button, Qt.Key.Key_Return)
    assert pressed == [True]


def test_that_a_field_gives_its_editor_name_hint_and_fault(host: QWidget) -> None:
    editor = LineEdit(placeholder="Who answers for it")
    field = Field("Owner", editor, "Who answers for it.")
    put(host, field)
    interface = QAccessible.queryAccessibleInterface(editor)
    assert interface.text(QAccessible.Text.Name) == "Owner"
    assert editor.accessibleDescription() == "Who answers for it."
    field.set_fault("This cannot be empty.")
    assert interface.text(QAccessible.Text.Description) == "This cannot be empty."
    assert has_color(editor.grab().toImage(), theme.tokens().bad)
    field.set_fault(None)
    assert editor.accessibleDescription() == "Who answers for it."
    assert not has_color(editor.grab().toImage(), theme.tokens().bad)


def test_that_characters_are_counted_only_near_the_limit(host: QWidget) -> None:
    editor = LineEdit("short", most=10)
    field = Field("Name", editor)
    put(host, field)
    count = field.findChild(Label, "field_count")
    assert isinstance(count, Label)
    assert not count.isVisible()
    editor.setText("eight ch")
    assert count.isVisible()
    assert count.text() == "8 of 10"
    editor.setText("x" * 12)
    assert count.text() == "12 of 10"
    assert count.property("tone") == "bad"
    assert editor.text() == "x" * 12, "nothing typed is cut"


def test_that_tab_leaves_a_text_and_pasting_is_plain(host: QWidget) -> None:
    text, after = TextEdit("a"), LineEdit()
    put(host, Field("Description", text), Field("Name", after))
    text.setFocus()
    QTest.keyClick(text, Qt.Key.Key_Tab)
    assert text.toPlainText() == "a"
    assert host.focusWidget() is after
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    text.insertFromMimeData(rich)
    assert "bold" in text.toPlainText()
    assert "<" not in text.toPlainText()


def test_that_lists_and_tags_give_clean_values() -> None:
    ranges, tags = ListEdit(), TagEdit()
    ranges.setPlainText("  10.0.0.0/8 \n\n 203.0.113.7\n")
    tags.setText(" web, ,checkout ,")
    assert ranges.values() == ["10.0.0.0/8", "203.0.113.7"]
    assert tags.values() == ["web", "checkout"]
    for one in (ranges, tags):
        one.deleteLater()


def test_that_a_segmented_control_is_chosen_by_mouse_and_arrows(host: QWidget) -> None:
    chosen: list[str] = []
    control = Segmented([("all", "All"), ("live", "Live"), ("sandbox", "Sandbox")], label="Environment", name="env")
    control.chosen.connect(chosen.append)
    put(host, control)
    assert control.value == "all"
    QTest.mouseClick(control.button("live"), Qt.MouseButton.LeftButton)
    QTest.keyClick(control.button("live"), Qt.Key.Key_Right)
    QTest.keyClick(control.button("sandbox"), Qt.Key.Key_Right)
    assert chosen == ["live", "sandbox", "all"]
    control.set_reason("live", "Only owners.")
    QTest.keyClick(control.button("all"), Qt.Key.Key_Right)
    assert control.value == "sandbox", "what cannot be chosen is passed over"
    control.choose("all")
    assert chosen[-1] == "sandbox", "choosing by program tells nobody"


def test_that_choosing_changes_no_width(host: QWidget) -> None:
    control = Segmented([("all", "All"), ("live", "Live")], label="Environment")
    put(host, control)
    before = [control.button(key).width() for key in ("all", "live")]
    control.choose("live")
    QApplication.processEvents()
    assert [control.button(key).width() for key in ("all", "live")] == before


def test_that_select_radios_and_checks_speak_in_ids(host: QWidget) -> None:
    select = Select([("90", "In 90 days"), ("never", "Never")], value="never", label="Expires")
    radios = Radios([("a", "No longer needed", "It can be restored."), ("b", "It may have leaked")], value="")
    checks = Checks([("beats.read", "beats.read"), ("purchases.write", "purchases.write")], values=["beats.read"])
    put(host, select, radios, checks)
    assert select.value() == "never"
    assert radios.value() == ""
    told: list[str] = []
    radios.chosen.connect(told.append)
    radios.button("b").click()
    assert told == ["b"]
    assert radios.value() == "b"
    checks.set_reasons({"purchases.write": "A sandbox key only reads."})
    assert not checks.checks["purchases.write"].isEnabled()
    assert checks.checks["purchases.write"].accessibleDescription() == "A sandbox key only reads."
    checks.set_reasons({})
    checks.checks["purchases.write"].click()
    assert checks.values() == ["beats.read", "purchases.write"]


def test_that_a_day_outside_the_bounds_cannot_be_chosen(host: QWidget) -> None:
    today = QDate(2026, 11, 24)
    field = DateField(today.addDays(90), earliest=today.addDays(1), latest=today.addDays(3660))
    put(host, Field("Day", field))
    field.setDate(today.addDays(-5))
    assert field.value() == today.addDays(1)


def test_that_a_banner_hides_without_words_and_says_all_of_them(host: QWidget) -> None:
    banner = Banner("warn")
    put(host, banner)
    assert not banner.isVisible()
    banner.set_text("Offline, as of Tue 14:02", "It keeps trying.")
    assert banner.isVisible()
    assert banner.accessibleName() == "Offline, as of Tue 14:02 It keeps trying."
    banner.add_button(Button("Retry"))
    banner.clear_buttons()
    assert not [one for one in banner.findChildren(Button) if one.isVisible()]
    banner.set_text("")
    assert not banner.isVisible()


def test_that_facts_change_in_place_and_can_hide(host: QWidget) -> None:
    facts = Facts()
    facts.add("owner", "Owner", "Platform")
    facts.add("chip", "Status", Chip("Active"))
    put(host, facts)
    facts.set("owner", "Web", tip="Since May 5, 2023")
    value = facts.value("owner")
    assert isinstance(value, Label)
    assert value.text() == value.accessibleName() == "Web"
    facts.show_fact("owner", False)
    assert not value.isVisible()


def test_that_empty_states_and_skeletons_say_what_they_are(host: QWidget) -> None:
    empty = EmptyState("No keys yet", "Make the first one.", Button("New key…"), icon="key")
    put(host, empty, Skeleton(label="Loading the callers"))
    assert empty.accessibleName() == "No keys yet. Make the first one."
    check_window(host)


def test_that_a_chip_is_as_wide_as_its_words_and_sharp_on_dense_screens(host: QWidget) -> None:
    chip = Chip("Live", "live")
    put(host, chip)
    before = chip.width()
    chip.set("Expires in 6 d", "warn", "triangle")
    QApplication.processEvents()
    assert chip.width() > before
    assert chip.accessibleName() == "Expires in 6 d"
    assert has_color(chip.grab().toImage(), theme.tokens().warn)


def test_that_a_flash_gives_way_to_what_was_said_before(host: QWidget) -> None:
    status = StatusBar()
    put(host, status)
    status.set("As of 14:02:11 · in sync")
    status.flash("Choose a key first.")
    assert status.label.text() == "Choose a key first."
    status.set("As of 14:02:13 · in sync")
    assert status.label.text() == "Choose a key first."
    status.stop()
    status.set("As of 14:02:15 · in sync")
    assert status.label.text() == "As of 14:02:15 · in sync"
