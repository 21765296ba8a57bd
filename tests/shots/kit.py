"""Every widget of the kit in every state on one sheet, and every icon on another."""

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from bcdesk.ui import icons
from bcdesk.ui.widgets import (
    Banner,
    Button,
    Card,
    Check,
    Checks,
    Chip,
    DateField,
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
)
from bcdesk.ui.widgets.buttons import Kind


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return row


def _off(button: Button) -> Button:
    button.set_reason("The server is offline.")
    return button


def kit() -> QWidget:
    """Show buttons, chips, fields, banners, cards and the rest on one sheet."""
    sheet = QWidget()
    sheet.setObjectName("window")
    grid = QGridLayout(sheet)
    grid.setContentsMargins(24, 24, 24, 24)
    grid.setHorizontalSpacing(32)
    left, right = QVBoxLayout(), QVBoxLayout()
    for column in (left, right):
        column.setSpacing(12)
    grid.addLayout(left, 0, 0)
    grid.addLayout(right, 0, 1)
    left.addWidget(Label("API keys", "title"))
    left.addWidget(Label("Manage your API keys for authentication with the BeatConnect API.", tone="muted"))
    kinds: tuple[Kind, ...] = ("plain", "primary", "danger", "destroy", "quiet", "link")
    left.addLayout(_row(*(Button(kind.title() + "…", kind) for kind in kinds), Button("More", "icon", icon="more")))
    left.addLayout(_row(*(_off(Button(kind.title() + "…", kind)) for kind in kinds)))
    focus = Button("Focused", "primary", name="focus")
    left.addLayout(_row(focus, Button("With icon", icon="rotate"), Button("Copy", "quiet", icon="copy")))
    left.addLayout(
        _row(
            Segmented([("all", "All"), ("live", "Live"), ("sandbox", "Sandbox")], label="Environment"),
            Segmented([("any", "Any status"), ("due", "Needs you 3"), ("end", "Ended")], label="Status", value="due"),
        )
    )
    live = Segmented([("sandbox", "Sandbox"), ("live", "Live")], value="live")
    live.set_tone("live", "live")
    left.addLayout(_row(live))
    left.addLayout(
        _row(
            Chip("Rotating", "warn", "triangle"),
            Chip("Revoked", "bad", "cross"),
            Chip("Current", "ok", "dot"),
            Chip("Live", "live"),
            Chip("Sandbox"),
            Chip("Turned off", "neutral", "pause"),
            Chip("Waiting", "info", "ring"),
            Chip("Checked", "accent", "check"),
        )
    )
    for tone, text in (("info", "Someone else rotated this key."), ("ok", "Storefront was restored.")):
        left.addWidget(Banner(tone, text))
    warn = Banner("warn")
    warn.set_text("Offline, as of Tue 14:02", "What you see is what bcdesk last knew. It keeps trying.")
    warn.add_button(Button("Try now", "plain"))
    left.addWidget(warn)
    bad = Banner("bad")
    bad.set_text("The server failed.", "Something inside it went wrong. Try again.")
    bad.add_button(Button("Retry", "plain"))
    left.addWidget(bad)
    card = Card("warn", title="Older than 90 days")
    card.body.addWidget(
        Label(
            "Rotate it: the old version keeps working until 24 h after the new one is first used.", "muted", wrap=True
        )
    )
    card.body.addLayout(_row(Button("Rotate…")))
    left.addWidget(card)
    left.addWidget(Label("Versions", "section"))
    plain = Card()
    plain.body.addLayout(_row(Label("…a4f2", "mono"), Chip("Current", "ok", "dot")))
    plain.body.addWidget(Label("May 5, 2023 · last used 2 hours ago", "muted"))
    left.addWidget(plain)
    facts = Facts()
    facts.add("scopes", "Scopes", "beats.read, purchases.write")
    facts.add("id", "Id", "key_01K8Z4Q9M2T7", mono=True)
    facts.add("expires", "Expires", "Never")
    left.addWidget(facts)
    left.addWidget(Skeleton())
    left.addStretch(1)
    _fields(right)
    focus.setFocus()
    return sheet


def _fields(right: QVBoxLayout) -> None:
    name = Field("Name", LineEdit("Storefront", most=80), "What uses it; people see this first.")
    fault = Field("Owner", LineEdit("", placeholder="Who answers for it"), "Who answers for it.")
    fault.set_fault("This cannot be empty.")
    long = Field("Description", TextEdit("x" * 75, most=80, lines=2), optional=True)
    cidrs = Field("Addresses", ListEdit(["10.0.0.0/8", "203.0.113.7"]), "One address or range a line.", optional=True)
    off = LineEdit("Cannot be changed")
    off.setEnabled(False)
    for widget in (name, fault, long, cidrs, Field("Tags", TagEdit(["web", "checkout"])), Field("Off", off)):
        right.addWidget(widget)
    right.addWidget(Field("Expires", Select([("90", "In 90 days"), ("never", "Never")])))
    right.addWidget(Field("Day", DateField(QDate(2027, 2, 22))))
    right.addWidget(
        Field(
            "Kind",
            Radios([("a", "No longer needed", "It can be restored for 60 minutes."), ("b", "It may have leaked")]),
        )
    )
    checks = Checks(
        [
            ("beats.read", "beats.read", "Browse and search beats"),
            ("purchases.write", "purchases.write", "Buy beats and licences"),
        ],
        values=["beats.read"],
    )
    checks.set_reasons({"purchases.write": "A sandbox key only reads."})
    right.addWidget(Field("Scopes", checks))
    check = Check("Tell me when it is used")
    right.addWidget(check)
    right.addStretch(1)


def every_icon() -> QWidget:
    """Show every icon with its name."""
    sheet = QWidget()
    sheet.setObjectName("window")
    grid = QGridLayout(sheet)
    for index, name in enumerate(icons.names()):
        mark = Label()
        mark.setPixmap(icons.pixmap(name, "text", 40, 1.0))
        grid.addWidget(mark, index // 8 * 2, index % 8)
        grid.addWidget(Label(name, "muted"), index // 8 * 2 + 1, index % 8)
    return sheet
