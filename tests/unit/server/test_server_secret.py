"""What is derived from the server's secret, and what a seal is bound to."""

import hashlib
import hmac

import pytest

from bcdesk.server.server_secret import SealBrokenError, ServerSecret

KEY = "k" * 43


def test_that_each_purpose_has_its_own_key() -> None:
    secret = ServerSecret(bytes(32))
    derived = {secret.pepper, secret.audit_key, secret.idempotency_hmac(KEY), secret.sign_cursor(b"x") * 2, bytes(32)}
    assert len(derived) == 5
    assert repr(secret) == "<ServerSecret>"


def test_that_a_token_is_kept_as_a_keyed_hash_of_its_hash() -> None:
    secret = ServerSecret(bytes(32))
    digest = hashlib.sha256(b"bca_live_x").digest()
    assert secret.token_hmac("bca_live_x") == secret.digest_hmac(digest) == hmac.digest(secret.pepper, digest, "sha256")
    assert secret.token_hmac("bca_live_x") != ServerSecret(b"1" * 32).token_hmac("bca_live_x")


def test_that_a_seal_opens_for_its_own_request_alone() -> None:
    secret = ServerSecret(bytes(32))
    sealed = secret.seal(b"reply", idempotency_key=KEY, bound_to=b"request")
    assert b"reply" not in sealed
    assert secret.unseal(sealed, idempotency_key=KEY, bound_to=b"request") == b"reply"
    assert secret.seal(b"reply", idempotency_key=KEY, bound_to=b"request") != sealed
    for who, key, bound_to, what in (
        (secret, "j" * 43, b"request", sealed),
        (secret, KEY, b"another", sealed),
        (ServerSecret(b"1" * 32), KEY, b"request", sealed),
        (secret, KEY, b"request", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (secret, KEY, b"request", sealed[:20]),
    ):
        with pytest.raises(SealBrokenError):
            who.unseal(what, idempotency_key=key, bound_to=bound_to)
