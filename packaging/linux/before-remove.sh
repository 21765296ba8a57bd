#!/bin/sh
# On an upgrade the next version loads its own profile; only a removal takes it away.
set -e
case "$1" in
    remove | 0)
        if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null; then
            apparmor_parser --remove /etc/apparmor.d/bcdesk 2>/dev/null || true
        fi
        echo "bcdesk leaves what its users kept: \$XDG_DATA_HOME/bcdesk (~/.local/share/bcdesk) of each of them."
        ;;
esac
