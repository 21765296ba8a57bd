"""Schemes and ports that matter to redirect URIs, as data.

Sources: IANA "Uniform Resource Identifier (URI) Schemes", status permanent; WHATWG Fetch §2.9 "bad port".
"""

from typing import Final

IANA_PERMANENT: Final = frozenset(
    """
    aaa aaas about acap acct cap cid coap coap+tcp coap+ws coaps coaps+tcp coaps+ws crid data dav dict dns doi dtn
    example file ftp geo go gopher h323 http https iax icap im imap info ipn ipp ipps iris iris.beep iris.lwz iris.xpc
    iris.xpcs jabber javascript ldap leaptofrogans mailto mid msrp msrps mt mtqp mupdate news nfs ni nih nntp
    opaquelocktoken pkcs11 pop pres reload rtsp rtsps rtspu service session shttp sieve sip sips sms snmp soap.beep
    soap.beeps stun stuns tag tel telnet tftp thismessage tip tn3270 turn turns tv urn vemmi vnc ws wss xcon
    xcon-userid xmlrpc.beep xmlrpc.beeps xmpp z39.50r z39.50s
    """.split()  # noqa: SIM905 - words read better than a hundred quotes
)
"""Schemes that other protocols own; of these a redirect URI may use http and https alone."""

DANGEROUS: Final = frozenset(
    """
    intent blob about view-source javascript vbscript livescript mocha filesystem jar resource android-app ios-app
    content res mhtml itms itms-apps itms-services market shell search search-ms
    """.split()  # noqa: SIM905 - words read better than a hundred quotes
)
"""Schemes that a browser or a system gives a power of its own."""

DANGEROUS_PREFIXES: Final = ("chrome", "ms-", "moz-", "edge", "opera", "brave", "about", "safari-", "x-apple")

BLOCKED_PORTS: Final = frozenset(
    {
        0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
        109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526,
        530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    }
)  # fmt: skip
"""Ports that browsers refuse to open."""
