"""What went wrong, why, and the next step, in words; below the windows there are only typed errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bcdesk.contract.codes import Code
from bcdesk.ui.local_server import LocalServerFailedError
from bcdesk.ui.problem_words import RETRY, Words, code_words, fault_words
from bcdesk.ui.text import counted, tr

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bcdesk.client.errors import Refused
    from bcdesk.ui.local_server import ServerFailed


def explain(error: BaseException, *, doing: str = "") -> Words:
    """Put an error into words; ``doing`` is the sentence of what was tried, used where the error says no more."""
    from bcdesk.client import errors

    if isinstance(error, LocalServerFailedError):
        return _of_local_server(error.failed)
    if isinstance(error, errors.RateLimited):
        seconds = max(1, round(error.retry_after))
        wait = counted(seconds, "Try again in {n} second.", "Try again in {n} seconds.")
        return of_code(Code.RATE_LIMITED)._replace(next_step=wait)
    if isinstance(error, errors.Refused):
        return _of_refused(error)
    if isinstance(error, errors.Unreachable):
        words = _unreachable().get(error.reason, _unreachable()["cut"])
        return _unsure(words) if error.uncertain else words
    if isinstance(error, errors.Garbled):
        words = Words(
            tr("The server's answer makes no sense."),
            tr("It does not follow the contract of this version of bcdesk."),
            tr("Check that the address belongs to a BeatConnect server, and update bcdesk if it does."),
            RETRY,
        )
        return _unsure(words) if error.uncertain else words
    if isinstance(error, errors.InsecureAddress):
        return _insecure().get(error.reason, _insecure()["scheme"])
    if isinstance(error, errors.TlsFault):
        return _tls_fault().get(error.what, _tls_fault()["ca_bundle"])
    if isinstance(error, TimeoutError):
        return _unreachable()["timeout"]
    if isinstance(error, PermissionError):
        return Words(
            tr("bcdesk may not use that file or folder."),
            tr("The system refused access."),
            tr("Choose another place, or change who may use it."),
        )
    if isinstance(error, OSError):
        return Words(
            tr("The disk did not take it."),
            tr("The system says: {reason}.", reason=(error.strerror or type(error).__name__).rstrip(".")),
            tr("Make room or choose another place, then try again."),
        )
    return Words(
        doing or tr("Something in bcdesk went wrong."),
        tr("This is a fault of the program ({kind}), not yours.", kind=type(error).__name__),
        tr("Try again; if it comes back, restart bcdesk."),
    )


def _of_local_server(failed: ServerFailed) -> Words:
    again = tr("Try again; if it stays, run “bcdesk doctor” on its folder.")
    if failed.exit_code is None:
        return Words(tr("The local server could not be started."), tr("The system did not start it."), again, RETRY)
    said = failed.last_words[-1] if failed.last_words else ""
    why = tr("Its last words: “{words}”.", words=said) if said else tr("It ended with code {n}.", n=failed.exit_code)
    return Words(tr("The local server ended."), why, again, RETRY)


def _of_refused(error: Refused) -> Words:
    try:
        words = of_code(Code(error.code))
    except ValueError:
        words = Words(
            tr("The server said no."),
            tr("It answered {status} with a reason this version of bcdesk does not know.", status=error.status),
            tr("Update bcdesk, or ask who runs the server."),
        )
    if error.status >= 500 and error.request_id:
        quote = tr("If it stays, give the number {id} to whoever runs the server.", id=error.request_id)
        return words._replace(next_step=f"{words.next_step} {quote}".strip())
    return words


def _unsure(words: Words) -> Words:
    return words._replace(
        why=f"{words.why} {tr('It may have done what you asked all the same.')}".strip(),
        next_step=tr("Look at the list before you try again; bcdesk asks the server as soon as it can."),
        remedy=RETRY,
    )


def faults_of(error: BaseException) -> dict[str, str]:
    """Return a sentence for each faulty field by JSON pointer, empty where the error names none."""
    from bcdesk.client import errors

    if not isinstance(error, errors.Refused):
        return {}
    return sentences((fault.pointer, fault.code) for fault in error.faults)


def sentences(faults: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return a sentence for each of ``faults`` (pointer and code, as of `key_rules`); the first of a field counts."""
    found: dict[str, str] = {}
    for pointer, code in faults:
        found.setdefault(pointer, of_fault(code))
    return found


def of_fault(code: str) -> str:
    """Say what is wrong with a field."""
    return fault_words().get(code) or tr("The server does not take this value.")


def of_code(code: Code) -> Words:
    """Say what a problem code means."""
    return code_words()[code]


def _unreachable() -> Mapping[str, Words]:
    again = tr("bcdesk keeps trying. What you see is what it last knew.")
    return {
        "refused": Words(tr("The server is not running."), tr("Nothing listens at its address."), again, RETRY),
        "timeout": Words(tr("The server does not answer."), tr("It took too long."), again, RETRY),
        "cut": Words(tr("The connection broke off."), tr("The answer never came whole."), again, RETRY),
        "tls": Words(
            tr("The connection is not safe."),
            tr("The server's certificate is not one that this system trusts."),
            tr("Ask who runs the server; bcdesk sends nothing until this is mended."),
            RETRY,
        ),
        "dns": Words(
            tr("The server's name leads nowhere."),
            tr("No address is known for it."),
            tr("Check the spelling of the address, and whether this machine is online."),
            RETRY,
        ),
        "proxy": Words(
            tr("The proxy does not let the connection through."),
            tr("It answers, but leads to no server, or it does not answer."),
            tr("Check the proxy of this connection with whoever runs it."),
            RETRY,
        ),
    }


def _tls_fault() -> Mapping[str, Words]:
    what = tr("The connection cannot be set up so.")
    pem = tr("Choose another file in the connection's settings: one in PEM form.")
    return {
        "ca_bundle": Words(what, tr("The file of certificates to trust cannot be read, or holds none."), pem),
        "client_certificate": Words(
            what,
            tr("The client certificate or its key cannot be read, is under a password, or they do not match."),
            pem,
        ),
        "proxy": Words(what, tr("The proxy is no address of one."), tr("Write it as http://host:port.")),
    }


def _insecure() -> Mapping[str, Words]:
    what = tr("bcdesk does not connect there.")
    use = tr("Give the server's https address.")
    return {
        "not_a_url": Words(what, tr("This is no address."), use),
        "scheme": Words(what, tr("The address does not begin with https."), use),
        "userinfo": Words(what, tr("The address holds a name or password, which would be stored and shown."), use),
        "extra": Words(what, tr("The address has more after its path."), use),
        "http_off_loopback": Words(what, tr("Without https anyone on the way could read your keys."), use),
    }


__all__ = ["RETRY", "Words", "explain", "faults_of", "of_code", "of_fault", "sentences"]
