#!/usr/bin/env bash
# Sets up everything the project needs on Debian 12 or a relative: system libraries, .venv, the locked packages.
set -euo pipefail
cd "$(dirname "$0")/.."

python=""
for candidate in python3 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || { echo "setup: Python 3.11 or newer is needed; none was found" >&2; exit 1; }

# Each with what needs it: zbar (pyzbar), EGL/GL/xkbcommon/dbus/fontconfig (Qt), pulse (QtMultimedia, of the keyboard),
# xcb-*, wayland-* (Qt in a window), xvfb, cage, xwayland (true displays for tests and benchmarks), CJK fonts (every screen and slip),
# cups (A4 documents; its PDF printer stands in for a true one), speech-dispatcher with espeak-ng (Qt speaks through it), pulseaudio
# (Qt plays sounds through it alone, and it moves sound to the headphones when they come).
packages=(libzbar0 libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libpulse-mainloop-glib0 libglib2.0-0
  libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-image0 libxcb-render-util0 libxcb-xinerama0
  libwayland-cursor0 libwayland-egl1 xvfb cage xwayland fonts-noto-cjk cups cups-client printer-driver-cups-pdf
  speech-dispatcher speech-dispatcher-espeak-ng espeak-ng libspeechd2 pulseaudio pulseaudio-utils)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo -n"
  echo "setup: installing system libraries: ${missing[*]}"
  if ! { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null; then
    echo "setup: these system libraries are missing and could not be installed; please run: apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi

"$python" -c 'import venv, ensurepip' 2>/dev/null || {
  echo "setup: this Python cannot make virtual environments; please run: apt-get install python3-venv" >&2
  exit 1
}
[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "setup: installing the locked packages"
# --no-deps: the lock is complete; dlib's place is taken by dlib-bin, which no resolver knows.
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r requirements.lock
# The console scripts `kiosk` and `kiosk-fleet`, without a build step: the tree itself is on the path.
site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
pwd > "$site/oueban.pth"
for pair in "kiosk:kiosk" "kiosk-fleet:fleet"; do
  script=".venv/bin/${pair%%:*}"
  printf '#!%s\nimport sys\nfrom %s.__main__ import main\nsys.exit(main())\n' "$PWD/.venv/bin/python" "${pair##*:}" > "$script"
  chmod +x "$script"
done
touch .venv/.complete
echo "setup: done"
