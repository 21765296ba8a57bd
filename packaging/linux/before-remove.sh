#!/bin/sh
# On an upgrade the next version brings its own profile; only a removal takes it away.
set -e
case "$1" in
    remove | 0)
        if [ -e /etc/apparmor.d/bcdesk ]; then
            if [ -d /sys/kernel/security/apparmor ] && command -v apparmor_parser >/dev/null; then
                apparmor_parser --remove /etc/apparmor.d/bcdesk >/dev/null 2>&1 || true
            fi
            rm -f /etc/apparmor.d/bcdesk
        fi
        echo "bcdesk leaves what its users kept: the folder bcdesk in \$XDG_DATA_HOME (~/.local/share) of each of them,"
        echo "and the entries named bcdesk in their keyrings."
        ;;
esac
