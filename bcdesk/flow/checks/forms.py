"""The forms of a server's page, and which button a user who agrees would press; text alone, nothing is run."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_AGREES: Final = re.compile(r"\b(allow|accept|agree|approve|authori[sz]e|continue|consent|confirm|grant|yes|ok|next)\b")
_REFUSES: Final = re.compile(r"\b(deny|denied|cancel|abort|decline|reject|refuse|not|don.t|no|back|register)\b")
_TYPED: Final = ("text", "email", "password", "tel", "number", "search", "")


@dataclass(slots=True)
class Field:
    """An input of a form."""

    name: str
    kind: str
    value: str


@dataclass(slots=True)
class Button:
    """Something that sends a form; ``words`` is what stands on it."""

    name: str
    value: str
    words: str = ""


@dataclass(slots=True)
class Form:
    """One form of a page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)

    @property
    def asks_for_password(self) -> bool:
        """Tell whether somebody has to type a password."""
        return any(one.kind == "password" for one in self.fields)

    @property
    def is_development_login(self) -> bool:
        """Tell whether this is the development page of ``oidc-provider``, which takes any name and password."""
        names = {one.name: one.value for one in self.fields}
        return names.get("prompt") == "login" and {"login", "password"} <= names.keys()

    @property
    def people(self) -> list[Button]:
        """Return the buttons that sign one of the demo users in."""
        return [one for one in self.buttons if one.name == "user"]

    def agreeing(self) -> Button | None:
        """Return the button of whoever agrees; None where it is not clear which one that is."""
        rated = [(one, f"{one.value} {one.words}".lower()) for one in self.buttons]
        willing = [one for one, words in rated if not _REFUSES.search(words)]
        clear = [one for one in willing if _AGREES.search(f"{one.value} {one.words}".lower())]
        if clear:
            return clear[0]
        return willing[0] if len(willing) == 1 else None


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._button: Button | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None or "disabled" in given:
            return
        elif tag == "input":
            self._input(self._form, given)
        elif tag == "button" and given.get("type", "submit").lower() == "submit":
            self._button = Button(given.get("name", ""), given.get("value", ""))
            self._form.buttons.append(self._button)

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._button.words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self._button = None
        elif tag == "form":
            self._form = self._button = None

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        kind = given.get("type", "").lower()
        name, value = given.get("name", ""), given.get("value", "")
        if kind in ("submit", "image"):
            form.buttons.append(Button(name, value, value))
        elif kind in ("checkbox", "radio"):
            if "checked" in given and name:
                form.fields.append(Field(name, kind, value or "on"))
        elif name and (kind == "hidden" or kind in _TYPED):
            form.fields.append(Field(name, kind, value))


def forms_of(html: str) -> list[Form]:
    """Return the forms of a page, in its order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


def filled(form: Form, button: Button | None) -> list[tuple[str, str]]:
    """Return what a browser sends when ``button`` is pressed; any name and password go into a development page."""
    pairs = []
    for one in form.fields:
        made_up = form.is_development_login and one.name in ("login", "password")
        pairs.append((one.name, "bcdesk-checks" if made_up else one.value))
    if button is not None and button.name:
        pairs.append((button.name, button.value))
    return pairs
