#!/bin/sh
# Runs inside the clean system that `dev.py deb-check` made, as its root; says what it found, and ends with 1 at a fault.
set -eu
export DEBIAN_FRONTEND=noninteractive
user=tester
home=/home/$user
faults=0

say() { printf '%s\n' "$*"; }
fault() { faults=$((faults + 1)); say "FAULT: $*"; }
quietly() { "$@" >/tmp/said 2>&1 || { cat /tmp/said; say "FAULT: $*"; exit 1; }; }
as_user() { # the way a person gets a session: their own environment, nothing of root's
    setpriv --reuid="$user" --regid="$user" --init-groups env -i HOME="$home" USER="$user" LOGNAME="$user" \
        LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin XDG_RUNTIME_DIR="/run/user/$user" "$@"
}
files() { # all names but those of apt's and dpkg's own books, and what no disk holds
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/cache \
        -o -path /var/log -o -path /var/lib/apt -o -path /var/lib/dpkg \) -prune -o -print | sort >"$1"
}
install() { quietly apt-get install -y --no-install-recommends "$@"; }
selftest() { # $1 names it; the rest runs it
    name=$1
    shift
    if "$@" >/tmp/report 2>/tmp/words; then say "self-test, $name: green"; else fault "self-test, $name: red"; fi
    cat /tmp/report
    grep -v '^$' /tmp/words | head -20 || true
}
left() { # $1: what was there before
    apt-get remove -y bcdesk >/tmp/said 2>&1 || { cat /tmp/said; fault "it cannot be removed"; }
    grep 'bcdesk leaves' /tmp/said >/dev/null || fault "removing it does not say where data is"
    quietly apt-get autoremove -y --purge
    files /tmp/after
    comm -13 "$1" /tmp/after | grep -v "^$home/" >/tmp/left || true
    if [ -s /tmp/left ]; then
        fault "left behind:"
        cat /tmp/left
    else
        say "removed: no file is left outside of homes"
    fi
    if dpkg-query -W bcdesk >/dev/null 2>&1; then fault "dpkg still has it in its books"; fi
}

printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/sh "$user"
mkdir -p "/run/user/$user"
chown "$user:" "/run/user/$user"
chmod 700 "/run/user/$user"
quietly apt-get update

say "1. Nothing else is installed"
if dpkg-query -W bcdesk >/dev/null 2>&1; then quietly apt-get purge -y --autoremove bcdesk; fi
count=$(dpkg-query -W | wc -l)
files /tmp/before
install /tmp/bcdesk.deb
say "installed with $(($(dpkg-query -W | wc -l) - count - 1)) others, $(du -sm /usr/lib/bcdesk | cut -f1) MiB in /usr/lib/bcdesk"
# as the starter does, with the program's own folders first
find /usr/lib/bcdesk -type f \( -name '*.so' -o -name '*.so.*' -o -perm -100 \) >/tmp/code
while read -r file; do
    LD_LIBRARY_PATH=/usr/lib/bcdesk/_internal:/usr/lib/bcdesk/_internal/PySide6/Qt/lib ldd "$file" 2>/dev/null || true
done </tmp/code >/tmp/linked
grep 'not found' /tmp/linked | sort | uniq -c >/tmp/missing || true
if [ -s /tmp/missing ]; then
    fault "libraries that no package of Depends brings:"
    cat /tmp/missing
else
    say "all of $(grep -c '=>' /tmp/linked) links of $(wc -l </tmp/code) programs and libraries are found"
fi
selftest "no display, no session bus" as_user QT_QPA_PLATFORM=offscreen bcdesk --selftest
left /tmp/before

say "2. On a desktop"
install xvfb xauth x11-apps dbus dbus-x11 gnome-keyring libglib2.0-bin desktop-file-utils xdotool procps
files /tmp/before
install /tmp/bcdesk.deb
quietly desktop-file-validate /usr/share/applications/bcdesk.desktop
cat >/tmp/session.sh <<'END'
set -eu
printf 'word' | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
gio mime x-scheme-handler/bcdesk | head -1
gio launch /usr/share/applications/bcdesk.desktop &
timeout 90 xdotool search --sync --onlyvisible --name bcdesk >/tmp/windows
window=$(head -1 /tmp/windows)
test "$window"
echo "started by its desktop file: “$(xdotool getwindowname "$window")”, $(xdotool getwindowgeometry "$window" | sed -n 3p | tr -s ' ')"
sleep 4 # a moment to look at: what it shows goes into the picture
xwd -root -silent -out /tmp/screen.xwd
pid=$(xdotool getwindowpid "$window")
tr '\0' ' ' <"/proc/$pid/cmdline" # what lies in /proc/PID/exe is hidden from the user, as the program asks for
echo
kill "$pid"
timeout 20 tail --pid="$pid" -f /dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do pgrep -u "$(id -u)" -x bcdesk >/dev/null || break; sleep 0.5; done
! pgrep -u "$(id -u)" -af '/usr/lib/bcdesk'
echo "ended when asked to, with all its processes"
END
on_desktop() { as_user xvfb-run -a -s '-screen 0 1280x800x24' dbus-run-session -- "$@"; }
on_desktop sh /tmp/session.sh || fault "it does not start by its desktop file, or does not end"
selftest "display, session bus, keyring" on_desktop sh -c \
    'printf word | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; bcdesk --selftest'
left /tmp/before
say "what its user keeps:"
find "$home" -newer /tmp/before -type f | sort | head -40

if [ "$faults" -gt 0 ]; then
    say "$faults faults"
    exit 1
fi
say "no faults"
