#!/bin/sh
# Puts the certificate of the environment (CERTIFICATE, base64 of a .p12; CERTIFICATE_PASSWORD) into a keychain of its own.
set -eu
if [ -z "${CERTIFICATE:-}" ]; then
    echo "There is no certificate: the program is signed for one computer alone."
    exit 0
fi
keychain="$RUNNER_TEMP/bcdesk.keychain-db"
password=$(uuidgen)
printf '%s' "$CERTIFICATE" | base64 --decode >"$RUNNER_TEMP/certificate.p12"
security create-keychain -p "$password" "$keychain"
security set-keychain-settings -lut 7200 "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$RUNNER_TEMP/certificate.p12" -f pkcs12 -P "$CERTIFICATE_PASSWORD" -k "$keychain" -T /usr/bin/codesign
rm "$RUNNER_TEMP/certificate.p12"
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain" $(security list-keychains -d user | tr -d '"')
