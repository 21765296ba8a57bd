#!/bin/sh
# AppArmor gets the profile where it has one of this kind: an older one cannot read it, and does not need it.
set -e
profile=/usr/share/bcdesk/apparmor
if [ -d /etc/apparmor.d ] && command -v apparmor_parser >/dev/null; then
    if apparmor_parser --skip-kernel-load --skip-cache "$profile" >/dev/null 2>&1; then
        cp "$profile" /etc/apparmor.d/bcdesk
        if [ -d /sys/kernel/security/apparmor ]; then
            apparmor_parser --replace /etc/apparmor.d/bcdesk >/dev/null 2>&1 || true
        fi
    else
        rm -f /etc/apparmor.d/bcdesk
    fi
fi
