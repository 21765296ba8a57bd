"""Certificates that a CA bundle of the user's own vouches for, judged by us because the browser cannot be given one.

Qt takes additional trusted certificates only for a profile with a name, which writes to disk
(`QWebEngineProfileBuilder.createOffTheRecordProfile` is static and takes none). So the bundle is asked where the
browser says that it does not know the authority, and for nothing else: a wrong name, an expired or a revoked
certificate stays refused.
"""

import ipaddress
from collections.abc import Sequence

from cryptography import x509
from cryptography.x509 import verification


class Bundle:
    """The authorities of a PEM file."""

    def __init__(self, pem: bytes) -> None:
        """Read them; raises ValueError where there is none."""
        self._store = verification.Store(x509.load_pem_x509_certificates(pem))

    def vouches(self, host: str, chain: Sequence[bytes]) -> bool:
        """Tell whether a chain of DER certificates, the server's own first, leads to one of the authorities."""
        if not chain:
            return False
        try:
            own, *others = (x509.load_der_x509_certificate(one) for one in chain)
            verifier = verification.PolicyBuilder().store(self._store).build_server_verifier(_subject(host))
            verifier.verify(own, others)
        except (verification.VerificationError, ValueError):
            return False
        return True


def _subject(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host)
