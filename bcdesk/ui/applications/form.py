"""The fields of an application, shared by *Register app…* and *Edit…*."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bcdesk.contract import app_rules
from bcdesk.ui.applications.draft import AppValues
from bcdesk.ui.applications.redirect_list import RedirectList
from bcdesk.ui.applications.redirect_words import refusal
from bcdesk.ui.applications.words import TYPES, decided, kind_words, lifetime, method_words, type_sentence
from bcdesk.ui.choice_cards import ChoiceCards
from bcdesk.ui.field_form import FieldForm
from bcdesk.ui.keys.scope_list import ScopeList
from bcdesk.ui.text import tr
from bcdesk.ui.widgets import Check, Field, Label, LineEdit, Segmented, Select, TagEdit

if TYPE_CHECKING:
    from bcdesk.contract.key_rules import FieldFault
    from bcdesk.ui.dialogs import Dialog

WIDTH: Final = 640
"""Width in pixels of a dialog with this form."""
ACCESS: Final = (300, 900, 3_600, 28_800, 86_400)
REFRESH: Final = (86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400, 365 * 86_400)


class AppForm(FieldForm):
    """Puts the fields of an application into a dialog; the type decides which of them there are."""

    def __init__(self, dialog: Dialog, values: AppValues, *, new: bool) -> None:
        """Fill ``dialog`` from ``values``; the type can be chosen while the application is ``new``."""
        super().__init__(dialog)
        self._start, self._type, self._new = values, values.type, new
        self._grants = values.grant_types
        self._said = Label("", "muted", wrap=True, name="type_decides", parent=dialog)
        self._said.setVisible(new)
        if new:
            self.types = ChoiceCards(
                [(one, kind_words(one), type_sentence(one)) for one in TYPES],
                label=tr("Type"), name="type", value=values.type, across=2,
            )  # fmt: skip
            self.add("/type", tr("What is it?"), self.types)
            dialog.add(self._said)
        self.describe(values, tr("Such as “Beat Fusion App”"))
        self._redirects = RedirectList(values.redirect_uris, values.type)
        self.add("/redirect_uris", tr("Redirect URIs"), self._redirects)
        self._scopes = ScopeList(values.scopes, "live")
        self.add("/scopes", tr("Scopes"), self._scopes)
        self._build_signing_in(values)
        self._build_lifetimes(values)
        self._build_people(values)
        self._lines: list[str] = []
        self._redirects.arranged.connect(self._place_lines)
        self._redirects.changed.connect(dialog.fit)
        self.watch()
        self._place_lines()
        if new:
            self.types.chosen.connect(self._choose_type)
        self._show_type()

    def values(self) -> AppValues:
        """Return what the fields hold."""
        redirects = app_rules.TYPES[self._type].redirects
        return AppValues(
            name=self._name.value(),
            description=self._description.value(),
            owner=self._owner.value(),
            tags=tuple(self._tags.values()),
            type=self._type,
            redirect_uris=tuple(self._redirects.values()) if redirects else (),
            scopes=self._scopes.values(),
            grant_types=self._grants,
            token_endpoint_auth_method=self._method(),
            pkce_required=self._pkce.isChecked(),
            access_token_ttl=int(self._access.value()),
            refresh_token_ttl=int(self._refresh.value()),
            contacts=tuple(self._contacts.values()),
            client_uri=self._home.value(),
        )

    def fill(self, values: AppValues) -> None:
        """Show ``values``; what is the same keeps its cursor."""
        self.describe_again(values)
        if tuple(self._redirects.values()) != values.redirect_uris:
            self._redirects.set_values(values.redirect_uris)
        self._scopes.set_values(values.scopes)
        self._grants = values.grant_types
        self._pkce.setChecked(values.pkce_required)
        for box, seconds in ((self._access, values.access_token_ttl), (self._refresh, values.refresh_token_ttl)):
            if box.findData(str(seconds)) < 0:
                box.addItem(lifetime(seconds), str(seconds))
            box.choose(str(seconds))
        self._contacts.setText(", ".join(values.contacts))
        self._home.setText(values.client_uri)

    # ------------------------------------------------------------------ building

    def _build_signing_in(self, values: AppValues) -> None:
        self._pkce = Check(tr("Require PKCE"), checked=values.pkce_required, name="pkce_required")
        self.add("/pkce_required", tr("Proof that the code is its own"), self._pkce)
        methods = app_rules.TYPES["web"].auth_methods
        chosen = values.token_endpoint_auth_method
        self._methods = Segmented(
            [(one, method_words(one)) for one in methods],
            label=tr("How it sends its secret"),
            value=chosen if chosen in methods else methods[0],
            name="auth_method",
        )
        self.add("/token_endpoint_auth_method", tr("How it sends its secret"), self._methods)

    def _build_lifetimes(self, values: AppValues) -> None:
        self._access = _lifetimes(ACCESS, values.access_token_ttl, "access_token_ttl")
        self._refresh = _lifetimes(REFRESH, values.refresh_token_ttl, "refresh_token_ttl")
        access = Field(tr("An access token works for"), self._access, name="field.access_token_ttl")
        refresh = Field(tr("Users stay signed in for"), self._refresh, name="field.refresh_token_ttl")
        self.beside(("/access_token_ttl", access), ("/refresh_token_ttl", refresh))

    def _build_people(self, values: AppValues) -> None:
        self._contacts = TagEdit(values.contacts, placeholder=tr("dev@example.com"), name="contacts")
        self._home = LineEdit(values.client_uri, most=app_rules.URI_MAX, placeholder=tr("https://example.com"),
                              name="client_uri")  # fmt: skip
        contacts = Field(tr("Contacts"), self._contacts, optional=True, name="field.contacts")
        home = Field(tr("Home page"), self._home, optional=True, name="field.client_uri")
        self.beside(("/contacts", contacts), ("/client_uri", home))

    def _method(self) -> str:
        methods = app_rules.TYPES[self._type].auth_methods
        return self._methods.value if self._methods.value in methods else methods[0]

    def _choose_type(self, app_type: str) -> None:
        if app_type == self._type:
            return
        self._type = app_type
        self._grants = app_rules.DEFAULT_GRANTS[app_type]
        self._redirects.set_type(app_type)
        self._show_type()
        self.edited("/type")

    def _show_type(self) -> None:
        rules = app_rules.TYPES[self._type]
        public, service = rules.pkce_always, not rules.redirects
        self._said.setText(decided(self._type))
        self.field("/redirect_uris").setVisible(rules.redirects)
        self.field("/pkce_required").setVisible(rules.redirects)
        self.field("/token_endpoint_auth_method").setVisible(self._new and not public)
        self.field("/refresh_token_ttl").setVisible(not service)
        if public:
            self._pkce.setChecked(True)
        self._pkce.set_reason(tr("An application without a secret always uses PKCE.") if public else None)
        self.field("/pkce_required").set_hint(
            tr("Always on: this application has no secret.")
            if public
            else tr("Leave it on: it costs nothing, and a stolen code is worth nothing.")
        )
        self._place_lines()
        self._dialog.fit()

    # ------------------------------------------------------------------ judging

    def faults(self) -> list[FieldFault]:
        """Judge by the contract's rules."""
        return self.values().faults()

    def entries(self, name: str) -> list[str] | None:
        """Return the entries of a list."""
        return {
            "redirect_uris": self._redirects.values(),
            "tags": self._tags.values(),
            "contacts": self._contacts.values(),
        }.get(name)

    def sentence_of(self, entry: str, fault: FieldFault) -> str:
        """Say why a redirect URI is refused."""
        from bcdesk.contract.codes import Fault
        from bcdesk.contract.redirects import judge

        if fault.code == Fault.BAD_REDIRECT_URI:
            verdict = judge(entry, app_type=self._type)
            if not verdict.ok:
                return refusal(verdict, entry)
        return super().sentence_of(entry, fault)

    def _place_lines(self) -> None:
        """Let the fault of each redirect URI land at its own line."""
        for pointer in self._lines:
            self._dialog.forget_field(pointer)
            self._fields.pop(pointer, None)
        self._lines = []
        for index, line in enumerate(self._redirects.filled()):
            pointer = f"/redirect_uris/{index}"
            self._lines.append(pointer)
            self._fields[pointer] = self._dialog.register_field(pointer, line.field)
            line.editor.setProperty("pointer", pointer)
            line.editor.removeEventFilter(self)
            line.editor.installEventFilter(self)


def _lifetimes(choices: tuple[int, ...], chosen: int, name: str) -> Select:
    """Offer lifetimes, the one that stands among them."""
    offered = sorted({*choices, chosen})
    return Select([(str(one), lifetime(one)) for one in offered], value=str(chosen), label=tr("Lifetime"), name=name)
