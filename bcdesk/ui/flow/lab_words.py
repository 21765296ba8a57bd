"""What sets two redirect URIs apart, what receives one, and what was done to a paste, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.flow.lab import Cause, bytes_of, is_invisible, name_of
from bcdesk.flow.pasted import Note
from bcdesk.flow.receivers import SOURCES, Does, Fact, Kind, Platform
from bcdesk.ui.text import tr

if TYPE_CHECKING:
    from bcdesk.flow.lab import Finding, Part


def visible(text: str) -> str:
    """Return ``text`` with what shows nothing of its own written out: ``␠``, ``⟨U+200B⟩``."""
    return "".join(visible_one(character) for character in text)


def visible_one(character: str) -> str:
    """Return one character so that it can be seen."""
    if character == " ":
        return "␠"
    return f"⟨U+{ord(character):04X}⟩" if is_invisible(character) else character


def short(text: str, most: int = 80) -> str:
    """Return ``text`` visible and cut in its middle to about ``most`` characters."""
    if len(text) > most:
        text = text[: most * 2 // 3] + "…" + text[-(most // 3) :]
    return visible(text)


def headline(finding: Finding) -> str:
    """Say in a few words how a candidate and a registered URI compare."""
    return {
        "exact": tr("The same, character by character"),
        "any_port": tr("The same but for the port, which may be any"),
        "refused": tr("Refused: {what}", what=_lower(difference_name(finding.cause))),
    }[finding.outcome]


def difference_name(cause: Cause) -> str:
    """Name what sets two URIs apart."""
    return _names().get(cause, tr("Another address"))


def _names() -> dict[Cause, str]:
    return {
        Cause.EXACT: tr("No difference"),
        Cause.ANY_PORT: tr("Another port"),
        Cause.INVISIBLE: tr("An invisible character"),
        Cause.LOOKALIKE: tr("A letter that only looks alike"),
        Cause.SCHEME_CASE: tr("Capitals in the scheme"),
        Cause.HOST_CASE: tr("Capitals in the host"),
        Cause.PATH_CASE: tr("Capitals in the path"),
        Cause.PERCENT: tr("Another percent-encoding"),
        Cause.ENCODED_AGAIN: tr("Encoded once too often"),
        Cause.TRAILING_SLASH: tr("A slash at the end"),
        Cause.SCHEME_HTTP: tr("http instead of https, or the reverse"),
        Cause.SCHEME: tr("Another scheme"),
        Cause.SLASHES: tr("The slashes after the scheme"),
        Cause.USERINFO: tr("A user name before the host"),
        Cause.LOOPBACK_NAME: tr("Another name of this machine"),
        Cause.WWW: tr("www. before the host"),
        Cause.HOST: tr("Another host"),
        Cause.DEFAULT_PORT: tr("The usual port, written out in one only"),
        Cause.LOCALHOST_PORT: tr("Another port of localhost"),
        Cause.PORT: tr("Another port"),
        Cause.PATH_LONGER: tr("More path than is registered"),
        Cause.PATH_SHORTER: tr("Less path than is registered"),
        Cause.PATH: tr("Another path"),
        Cause.QUERY_ADDED: tr("A query that is not registered"),
        Cause.QUERY_MISSING: tr("The registered query is missing"),
        Cause.QUERY_ORDER: tr("The query in another order"),
        Cause.QUERY: tr("Another query"),
        Cause.FRAGMENT: tr("A fragment"),
    }


def reason(cause: Cause) -> str:
    """Say why that is refused or taken, and what to change."""
    return {
        Cause.EXACT: tr("The server compares text, not meaning: this is the very text that is registered."),
        Cause.ANY_PORT: tr(
            "A native app cannot know which port is free, so http to 127.0.0.1 or [::1] may use any. All else must "
            "be the same."
        ),
        Cause.INVISIBLE: tr("It came along in a copy. Type the address anew, or delete that character."),
        Cause.LOOKALIKE: tr("It is a letter of another alphabet. Type it anew on your own keyboard."),
        Cause.SCHEME_CASE: tr("Write the scheme in lower case, in the app as in the registration."),
        Cause.HOST_CASE: tr(
            "Names of hosts mean the same in capitals, but no server has to know that here. Write it in lower case."
        ),
        Cause.PATH_CASE: tr("Capitals matter. Use the registered spelling."),
        Cause.PERCENT: tr(
            "Both mean the same address, but their bytes differ. Some library encodes or decodes it on the way: send "
            "the text as it is registered."
        ),
        Cause.ENCODED_AGAIN: tr(
            "The address was percent-encoded and then encoded again. Hand the plain address to the library, which "
            "encodes it itself."
        ),
        Cause.TRAILING_SLASH: tr(
            "To browsers it is often the same page, to the comparison it is another text. Add it or leave it, alike in "
            "both places."
        ),
        Cause.SCHEME_HTTP: tr(
            "Behind a proxy an app often thinks it is reached by http. Tell it its public address "
            "(X-Forwarded-Proto), or set the redirect URI itself."
        ),
        Cause.SCHEME: tr("Another scheme is another receiver."),
        Cause.SLASHES: tr("One, two or three slashes after the scheme are three different addresses."),
        Cause.USERINFO: tr("A redirect URI has no name or password in it. Leave it out."),
        Cause.LOOPBACK_NAME: tr(
            "localhost, 127.0.0.1 and [::1] may all be this machine, but they are different texts. Prefer 127.0.0.1: "
            "it takes any port and needs no look-up."
        ),
        Cause.WWW: tr("They are two hosts. Register the one that your users are sent to."),
        Cause.HOST: tr("This goes to another server. Is it another stage, such as a preview or a test system?"),
        Cause.DEFAULT_PORT: tr("The port is implied, but the text differs. Write it in both places or in neither."),
        Cause.LOCALHOST_PORT: tr("Only a loopback IP takes any port, the name does not. Use 127.0.0.1 instead."),
        Cause.PORT: tr("The port is part of the address here. Only http to a loopback IP takes any."),
        Cause.PATH_LONGER: tr("What is registered is no prefix: each address must be listed whole."),
        Cause.PATH_SHORTER: tr("Send the whole registered path."),
        Cause.PATH: tr("Send the registered path, or register this one."),
        Cause.QUERY_ADDED: tr("Put what you need to remember into state, not into the redirect URI."),
        Cause.QUERY_MISSING: tr("A query that is registered belongs to the address."),
        Cause.QUERY_ORDER: tr("The same parameters in another order are another text."),
        Cause.QUERY: tr("A query that is registered must come as it is. What changes belongs into state."),
        Cause.FRAGMENT: tr("A redirect URI has no fragment. Leave out # and what follows."),
    }[cause]


def why_rule(finding: Finding) -> str:
    """Say why the rule that decided exists."""
    if finding.cause in (Cause.ANY_PORT, Cause.LOCALHOST_PORT, Cause.LOOPBACK_NAME):
        return tr("Why: nobody else can listen on your loopback address without being on your machine already.")
    if finding.cause is Cause.FRAGMENT:
        return tr("Why: the answer itself may have to go there, and a second # is never sent.")
    return tr("Why: every looser rule was once used to send a code to somebody else.")


def place_words(finding: Finding) -> str:
    """Say where the two differ first, and what stands there in each."""
    if finding.at is None:
        return ""
    return tr(
        "Differs at character {n}, in {part}: yours has {got}, the registered one has {expected}.",
        n=f"{finding.at + 1:,}", part=part_words(finding.part), got=piece_words(finding.got),
        expected=piece_words(finding.expected),
    )  # fmt: skip


def piece_words(piece: str) -> str:
    """Name what stands at a place, with its bytes."""
    if not piece:
        return tr("nothing more")
    if len(piece) == 1 and (is_invisible(piece) or ord(piece) > 0x7F):
        return tr("{code} (bytes {bytes})", code=name_of(piece), bytes=bytes_of(piece))
    many = tr("“{piece}” (bytes {bytes})", piece=visible(piece), bytes=bytes_of(piece))
    return many if len(piece) > 1 else tr("“{piece}” (byte {bytes})", piece=visible(piece), bytes=bytes_of(piece))


def part_words(part: Part | None) -> str:
    """Name a part of a URI."""
    return {
        "scheme": tr("the scheme"),
        "userinfo": tr("the user name"),
        "host": tr("the host"),
        "port": tr("the port"),
        "path": tr("the path"),
        "query": tr("the query"),
        "fragment": tr("the fragment"),
        "end": tr("its end"),
    }.get(part or "", tr("the address"))


def note_words(note: Note) -> str:
    """Say what was done to a paste."""
    return {
        Note.BLANKS: tr("Blanks around it were left out."),
        Note.LOG_LINE: tr("Taken out of a longer line."),
        Note.AUTHORIZE: tr("Taken from redirect_uri in what you pasted."),
        Note.DECODED: tr("It was percent-encoded whole, and is decoded here."),
        Note.QUERY_CUT: tr("Its answer was cut off and is kept nowhere: it may hold a code."),
    }[note]


def kind_words(kind: Kind) -> str:
    """Name a kind of URI by what receives it."""
    return {
        Kind.HTTPS: tr("An https page"),
        Kind.LOOPBACK_V4: tr("A program on the same device (127.0.0.1)"),
        Kind.LOOPBACK_V6: tr("A program on the same device ([::1])"),
        Kind.LOCALHOST: tr("A program on the same device, by name (localhost)"),
        Kind.HTTP: tr("A page without https"),
        Kind.CUSTOM_REVERSE: tr("An app that owns the scheme (reverse domain)"),
        Kind.CUSTOM_PLAIN: tr("An app that owns the scheme"),
        Kind.BLOCKED_PORT: tr("A port that browsers refuse to open"),
        Kind.NEVER: tr("A scheme that no browser redirects to"),
        Kind.NONE: tr("Nothing that is known"),
    }[kind]


def platform_words(platform: Platform) -> str:
    """Name a platform."""
    return {
        Platform.WINDOWS: tr("Windows"),
        Platform.MACOS: tr("macOS"),
        Platform.LINUX: tr("Linux"),
        Platform.IOS: tr("iOS"),
        Platform.ANDROID: tr("Android"),
    }[platform]


def does_words(does: Does) -> str:
    """Say what a browser does."""
    return {
        Does.LOADS: tr("Loads it"),
        Does.LOADS_OR_APP: tr("Loads it, or hands it to the app that has claimed it"),
        Does.LOADS_HERE: tr("Asks the phone itself"),
        Does.ASKS_OR_NOTHING: tr("Asks, then opens the app. No app: nothing happens"),
        Does.ASKS_OR_ERROR: tr("Asks, then opens the app. No app: says the address is invalid"),
        Does.OPENS_OR_NOTHING: tr("Opens the app, or asks which. No app: nothing happens"),
        Does.REFUSES_PORT: tr("Refuses the port"),
        Does.REFUSES: tr("Refuses"),
    }[does]


def fact_words(fact: Fact) -> str:
    """Say what should be known of a kind, and where that stands."""
    said = {
        Fact.CLAIMED_IOS: tr(
            "iOS and macOS hand it to an app only where apple-app-site-association on that host lists the app."
        ),
        Fact.CLAIMED_ANDROID: tr("Android hands it to an app only where assetlinks.json on that host lists the app."),
        Fact.SAME_DOMAIN_IOS: tr("Safari stays in the browser where the page before was on the same domain."),
        Fact.MANY_CLAIM: tr("Several apps can claim one scheme, and the wrong one may get the code: PKCE is required."),
        Fact.REVERSE_DNS: tr("A scheme should be a domain of yours, reversed, such as com.example.app."),
        Fact.VANISHES: tr("Where no app has the scheme, the redirect vanishes without a word. This desk catches it."),
        Fact.GESTURE: tr("Chrome on Android opens an app only after the user pressed something on the page."),
        Fact.SESSION_IOS: tr("On iOS and macOS ASWebAuthenticationSession hands it to the very app that asked."),
        Fact.ANY_PORT: tr("The app may listen on any free port; the registration names none or another."),
        Fact.V6_LISTENS: tr("The app must listen on ::1 itself: a program on 127.0.0.1 does not hear it."),
        Fact.V6_BRACKETS: tr("The brackets are part of the address."),
        Fact.NAME_EITHER: tr("localhost may lead to 127.0.0.1 or to ::1: listen on both, or register 127.0.0.1."),
        Fact.NAME_NO_PORT: tr("The name takes the registered port only; a loopback IP takes any."),
        Fact.OWN_DEVICE: tr("On a phone it is the phone: an app on your desk never hears of it."),
        Fact.NOT_MIXED: tr("Coming from an https page is no hindrance: rules on mixed content spare whole pages."),
        Fact.READABLE: tr("Everyone on the way can read the code. No server should accept it."),
        Fact.PORT_LIST: tr("The port belongs to another service. Choose one above 1024 that is not on the list."),
    }[fact]
    source = SOURCES[fact]
    return f"{said} ({source})" if source else said


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if not text[1:2].isupper() else text
