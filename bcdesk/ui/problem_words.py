"""The words of every problem code and field fault of the contract."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from bcdesk.contract.codes import Code, Fault
from bcdesk.ui.text import tr

RETRY: Final = "sync.now"


class Words(NamedTuple):
    """A problem in words; ``remedy`` is the id of the command that mends it."""

    what: str
    why: str = ""
    next_step: str = ""
    remedy: str | None = None

    @property
    def rest(self) -> str:
        """Return why it happened and what comes next as one text."""
        return " ".join(part for part in (self.why, self.next_step) if part)

    @property
    def whole(self) -> str:
        """Return everything as one text."""
        return " ".join(part for part in self if part and part != self.remedy)


def code_words() -> Mapping[Code, Words]:
    """Return the words of every problem code."""
    again = tr("Try again.")
    ours = tr("This is a fault of bcdesk, not yours.")
    report = tr("Try again; if it comes back, restart bcdesk.")
    return {
        Code.MALFORMED_JSON: Words(tr("The server could not read the request."), ours, report),
        Code.MALFORMED_QUERY: Words(tr("The server could not read the question."), ours, report),
        Code.UNKNOWN_SINCE: Words(
            tr("The server's data was replaced."),
            tr("What bcdesk knew belongs to other data."),
            tr("bcdesk loads everything again."),
            RETRY,
        ),
        Code.IDEMPOTENCY_KEY_MISSING: Words(tr("The server refused to make a secret."), ours, report),
        Code.IDEMPOTENCY_KEY_INVALID: Words(tr("The server refused to make a secret."), ours, report),
        Code.INVALID_TOKEN: Words(
            tr("You are no longer signed in."),
            tr("The server does not know this session any more."),
            tr("Sign in again; where the server is bcdesk's own, start bcdesk again."),
        ),
        Code.TOKEN_MISSING: Words(
            tr("You are not signed in."),
            tr("The server asks who you are."),
            tr("Sign in again; where the server is bcdesk's own, start bcdesk again."),
        ),
        Code.WRONG_HOST: Words(
            tr("The server does not answer to this address."),
            tr("It is known under another name."),
            tr("Connect by the address that the server itself reports."),
        ),
        Code.FOREIGN_ORIGIN: Words(tr("The server takes this for a request of a web page."), ours, report),
        Code.FORBIDDEN_ROLE: Words(
            tr("Your role does not allow this."),
            tr("It takes a manager or an owner."),
            tr("Ask an owner of the studio to do it or to change your role."),
        ),
        Code.NOT_A_MANAGEMENT_TOKEN: Words(
            tr("This sign-in does not manage keys."),
            tr("It belongs to an application, not to a member of the studio."),
            tr("Sign in as a member."),
        ),
        Code.MEMBER_DISABLED: Words(
            tr("Your account is turned off."),
            tr("An owner of the studio turned it off."),
            tr("Ask an owner of the studio."),
        ),
        Code.INSUFFICIENT_SCOPE: Words(
            tr("This needs a scope that was not given."),
            tr("The key or token does not hold it."),
            tr("Use one that does, or edit its scopes."),
        ),
        Code.ADDRESS_NOT_ALLOWED: Words(
            tr("This address may not use the key."),
            tr("The key is bound to other addresses."),
            tr("Edit the key's addresses, or call from one of them."),
        ),
        Code.NOT_FOUND: Words(
            tr("It is no longer there."),
            tr("Someone else may have removed it."),
            tr("bcdesk asks the server for the present state."),
            RETRY,
        ),
        Code.METHOD_NOT_ALLOWED: Words(tr("The server does not offer this."), tr("It may be older than bcdesk.")),
        Code.UNSUPPORTED_MEDIA_TYPE: Words(tr("The server could not read the request."), ours, report),
        Code.BODY_TOO_LARGE: Words(
            tr("That is more than the server takes at once."),
            tr("The texts together are too long."),
            tr("Shorten them and try again."),
        ),
        Code.IDEMPOTENCY_IN_FLIGHT: Words(
            tr("The server is still at it."),
            tr("The same request has not been answered yet."),
            tr("Wait a moment, then try again."),
        ),
        Code.IDEMPOTENCY_KEY_REUSED: Words(tr("The server refused to make a secret."), ours, report),
        Code.HANDOVER_ENDED: Words(
            tr("This secret cannot be shown any more."),
            tr("It was handed over or discarded, or 24 hours have passed."),
            tr("Rotate the key to get a new secret under the same name."),
            "keys.rotate",
        ),
        Code.KEY_ENDED: Words(
            tr("This key has ended."),
            tr("A revoked or expired key cannot be changed or rotated."),
            tr("Make a new key in its place."),
            "keys.new",
        ),
        Code.KEY_NOT_REVOKED: Words(
            tr("There is nothing to restore."),
            tr("The key is not revoked."),
            tr("bcdesk asks the server for the present state."),
            RETRY,
        ),
        Code.KEY_COMPROMISED: Words(
            tr("This key stays revoked."),
            tr("It was revoked because it may have leaked."),
            tr("Make a new key in its place."),
            "keys.new",
        ),
        Code.RESTORE_EXPIRED: Words(
            tr("This key can no longer be restored."),
            tr("More than 60 minutes have passed since it was revoked."),
            tr("Make a new key in its place."),
            "keys.new",
        ),
        Code.TOO_MANY_VERSIONS: Words(
            tr("This key already has two secrets that work."),
            tr("A third would leave nobody sure which one is in use."),
            tr("Retire the old version first, then rotate again."),
        ),
        Code.VERSION_NOT_RETIRABLE: Words(
            tr("This version cannot be retired."),
            tr("It is the only one that works, or it has ended already."),
            tr("Rotate the key first, or revoke it."),
            "keys.rotate",
        ),
        Code.VERSION_NOT_RETIRING: Words(
            tr("This version's end cannot be moved."),
            tr("Only a version that is about to retire can be extended."),
            tr("bcdesk asks the server for the present state."),
            RETRY,
        ),
        Code.VERSION_USED: Words(
            tr("The new secret was already used."),
            tr("Something calls with it, so replacing it would break that."),
            tr("Rotate the key instead: both keep working meanwhile."),
            "keys.rotate",
        ),
        Code.TOO_MANY_SECRETS: Words(
            tr("This application has two secrets already."),
            tr("One is current, the other still works for its overlap."),
            tr("Delete the older one, or wait until it ends."),
        ),
        Code.LAST_SECRET: Words(
            tr("This is the application's only secret."),
            tr("Without it the application could not get a token."),
            tr("Make a new secret first, or turn the application off."),
        ),
        Code.NO_SECRETS: Words(
            tr("This application has no secrets."),
            tr("It runs on its users' devices, where none could be kept; it proves itself by PKCE."),
        ),
        Code.APP_NOT_DELETED: Words(
            tr("This application was not deleted."), tr("So there is nothing to restore."), remedy=RETRY
        ),
        Code.LAST_OWNER: Words(
            tr("The studio needs an owner."),
            tr("This is the last one."),
            tr("Make someone else an owner first."),
        ),
        Code.STALE: Words(
            tr("Someone changed this meanwhile."),
            tr("Your changes were made to an older state."),
            tr("Compare both and save again."),
        ),
        Code.IF_MATCH_MISSING: Words(tr("The server refused to save."), ours, report),
        Code.INVALID_VALUES: Words(
            tr("Some values cannot be taken."), next_step=tr("They are marked; nothing was saved.")
        ),
        Code.RATE_LIMITED: Words(
            tr("That was too much at once."), tr("The server limits requests a minute."), again, RETRY
        ),
        Code.UNAVAILABLE: Words(
            tr("The server cannot do this right now."), tr("It is starting, stopping or busy."), again, RETRY
        ),
        Code.INTERNAL: Words(tr("The server failed."), tr("Something inside it went wrong."), again, RETRY),
    }


def fault_words() -> Mapping[str, str]:
    """Return the sentence of every field fault."""
    return {
        Fault.MISSING: tr("This is needed."),
        Fault.EMPTY: tr("This cannot be empty."),
        Fault.TOO_LONG: tr("This is too long."),
        Fault.TOO_MANY: tr("There are too many."),
        Fault.CONTROL_CHARACTER: tr("There is an invisible character in it, such as a line break."),
        Fault.HOLDS_SECRET: tr("There is a whole key or token in it. Name it by its last four characters."),
        Fault.WRONG_TYPE: tr("This is not the kind of value that belongs here."),
        Fault.UNKNOWN_FIELD: tr("The server does not know this field."),
        Fault.UNKNOWN_VALUE: tr("This is not one of the choices."),
        Fault.DUPLICATE: tr("This is there twice."),
        Fault.UNKNOWN_SCOPE: tr("The server does not know this scope."),
        Fault.SCOPE_NOT_IN_SANDBOX: tr("A sandbox key only reads; this scope needs a live key."),
        Fault.NOT_AN_ADDRESS_RANGE: tr("This is no address or range, such as 203.0.113.7 or 10.0.0.0/8."),
        Fault.HOST_BITS_SET: tr("The address does not fit its range: the part after the prefix must be zero."),
        Fault.IN_THE_PAST: tr("This lies in the past."),
        Fault.TOO_FAR: tr("This is more than ten years ahead."),
        Fault.OUT_OF_RANGE: tr("This is more or less than is allowed."),
        Fault.UNKNOWN_KEY: tr("There is no such key."),
        Fault.CHANGED_MEANWHILE: tr("Someone changed this meanwhile."),
        Fault.IMMUTABLE: tr("This cannot be changed once it exists."),
        Fault.BAD_REDIRECT_URI: tr("This cannot be a redirect URI."),
        Fault.NOT_AN_EMAIL: tr("This is no mail address."),
        Fault.NOT_A_WEB_ADDRESS: tr("This is no https address."),
    }
