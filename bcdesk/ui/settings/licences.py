"""The libraries that the program stands on, with version and licence, as their own metadata say."""

from __future__ import annotations

import re
from importlib import metadata
from typing import Final, NamedTuple

_NAME: Final = re.compile(r"^[A-Za-z0-9._-]+")
_CLASSIFIER: Final = "License :: "
_LONG: Final = 60


class Library(NamedTuple):
    """One library; ``licence`` is empty where its metadata say nothing."""

    name: str
    version: str
    licence: str


def used() -> tuple[Library, ...]:
    """Return every library that bcdesk needs, with what those need, by name; what is not installed is left out."""
    found: dict[str, Library] = {}
    left = ["bcdesk"]
    while left:
        wanted = left.pop()
        key = re.sub(r"[-_.]+", "-", wanted).lower()
        if key in found:
            continue
        try:
            known = metadata.distribution(wanted)
        except metadata.PackageNotFoundError:
            continue
        found[key] = Library(known.metadata["Name"], known.version, _licence(known))
        left += [match[0] for one in known.requires or () if "extra ==" not in one and (match := _NAME.match(one))]
    found.pop("bcdesk", None)
    return tuple(found[key] for key in sorted(found))


def own_licence() -> str:
    """Return the text of bcdesk's own licence, empty where it was not installed with it."""
    try:
        files = metadata.files("bcdesk") or []
    except metadata.PackageNotFoundError:
        return ""
    file = next((one for one in files if one.name == "LICENSE"), None)
    try:
        return "" if file is None else file.read_text()
    except OSError:
        return ""


def _licence(known: metadata.Distribution) -> str:
    """Return the licence of a library in a few words: the expression (PEP 639), the classifier, the old field."""
    about = known.metadata
    told = about.get_all("License-Expression")
    if told:
        return str(told[0])
    classifiers = [str(one) for one in about.get_all("Classifier") or () if str(one).startswith(_CLASSIFIER)]
    if classifiers:
        return ", ".join(one.rsplit(" :: ", 1)[-1] for one in classifiers)
    first = str((about.get_all("License") or [""])[0]).strip().splitlines()
    return first[0] if first and len(first[0]) <= _LONG else ""
