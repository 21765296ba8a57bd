"""``sign.py FILES…``: signs programs for Windows where a certificate is given, and says so where none is.

The environment names it: ``WINDOWS_CERTIFICATE`` (a PKCS #12 file in base64), ``WINDOWS_CERTIFICATE_PASSWORD`` and
``WINDOWS_TIMESTAMP_URL`` (an RFC 3161 service: without it a signature ends with its certificate).
"""

import base64
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main(files: list[str]) -> int:
    """Sign each file in its place and return 0; osslsigncode does it, on any system."""
    certificate = os.environ.get("WINDOWS_CERTIFICATE", "")
    if not certificate:
        print("Not signed, as there is no WINDOWS_CERTIFICATE:", *(Path(one).name for one in files))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)  # 0700, and off the command line, where everybody reads along
        (folder / "certificate").write_bytes(base64.b64decode(certificate))
        (folder / "password").write_text(os.environ.get("WINDOWS_CERTIFICATE_PASSWORD", ""), encoding="utf-8")
        options = ["-pkcs12", folder / "certificate", "-readpass", folder / "password", "-h", "sha256", "-n", "bcdesk"]
        if service := os.environ.get("WINDOWS_TIMESTAMP_URL"):
            options += ["-ts", service]
        for file in files:
            signed = folder / "signed"
            done = subprocess.run(["osslsigncode", "sign", *options, "-in", file, "-out", signed], check=False)
            if done.returncode:
                return 1
            Path(file).write_bytes(signed.read_bytes())
            signed.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
