"""Which calling address a key's ranges let in, however either is written."""

import pytest

from bcdesk.contract.key_rules import address_allowed


@pytest.mark.parametrize(
    ("address", "ranges", "allowed"),
    [
        ("10.1.2.3", (), True),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8",), False),
        ("::ffff:10.1.2.3", ("10.0.0.0/8",), True),
        ("::ffff:11.1.2.3", ("10.0.0.0/8",), False),
        ("10.1.2.3", ("::ffff:10.0.0.0/104",), True),
        ("::ffff:10.1.2.3", ("::ffff:10.0.0.0/104",), True),
        ("11.1.2.3", ("::ffff:10.0.0.0/104",), False),
        ("::ffff:10.1.2.3", ("::/0",), False),
        ("10.1.2.3", ("::/0",), False),
        ("::ffff:10.1.2.3", ("::/64",), False),
        ("2001:db8::1", ("::/0",), True),
        ("2001:db8::1", ("0.0.0.0/0",), False),
        ("::10.1.2.3", ("10.0.0.0/8",), False),
        ("fe80::1%eth0", ("fe80::/10",), True),
        ("", ("0.0.0.0/0", "::/0"), False),
        ("testclient", ("0.0.0.0/0", "::/0"), False),
    ],
)
def test_that_ipv4_is_ipv4_however_it_is_written(address: str, ranges: tuple[str, ...], allowed: bool) -> None:
    assert address_allowed(address, ranges) is allowed
