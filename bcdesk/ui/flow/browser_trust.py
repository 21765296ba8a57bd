"""Certificates that a CA bundle of the user's own vouches for, judged by us because the browser cannot be given one.

Qt takes additional trusted certificates only for a profile with a name, which writes to disk
(`QWebEngineProfileBuilder.createOffTheRecordProfile` is static and takes none). So the bundle is asked where the
browser says that it does not know the authority, and for nothing else; since the browser names one fault alone, the
name, the dates and the purpose are judged here too. Revocation is not asked for.
"""

import datetime
import ipaddress
from collections.abc import Sequence

from cryptography import x509
from cryptography.x509 import verification


class Bundle:
    """The authorities of a PEM file."""

    def __init__(self, pem: bytes) -> None:
        """Read them; raises ValueError where there is none."""
        self._store = verification.Store(x509.load_pem_x509_certificates(pem))

    def fault(self, host: str, chain: Sequence[bytes]) -> str:
        """Return what is wrong with a chain of DER certificates, the server's own first; empty where it is in order.

        The words are those of `QWebEngineCertificateError.Type`.
        """
        if not chain:
            return "CertificateContainsErrors"
        try:
            own, *others = (x509.load_der_x509_certificate(one) for one in chain)
            subject = _subject(host)
        except ValueError:
            return "CertificateContainsErrors"
        try:
            verification.PolicyBuilder().store(self._store).build_server_verifier(subject).verify(own, others)
        except verification.VerificationError:
            now = datetime.datetime.now(datetime.UTC)
            if not _names(own, subject):
                return "CertificateCommonNameInvalid"
            if not own.not_valid_before_utc <= now <= own.not_valid_after_utc:
                return "CertificateDateInvalid"
            return "CertificateAuthorityInvalid"
        return ""


def _names(certificate: x509.Certificate, subject: x509.DNSName | x509.IPAddress) -> bool:
    """Tell whether a certificate names the subject, for the sentence alone: what decides is the verifier."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    if isinstance(subject, x509.IPAddress):
        return subject.value in names.get_values_for_type(x509.IPAddress)
    parent = subject.value.partition(".")[2]
    return any(name.lower() in (subject.value, f"*.{parent}") for name in names.get_values_for_type(x509.DNSName))


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)
