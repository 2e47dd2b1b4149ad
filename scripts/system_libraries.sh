#!/usr/bin/env bash
# See to it that windows can open on Linux without a display: Xvfb and the libraries of Qt.
#
# On Debian and its relatives, root gets what is missing installed. Everyone else is told what
# to install. With a display, and on other systems, there is nothing to do.
set -euo pipefail

packages="xvfb xauth libegl1 libgl1 libgl1-mesa-dri libglib2.0-0 libdbus-1-3 libfontconfig1
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
    libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1"

if [ "$(uname -s)" != Linux ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exit 0
fi

# Newer releases of Debian and Ubuntu give some libraries a name that ends in t64.
is_installed() {
    local states
    states="$(dpkg-query --show --showformat '${Status};' "$1" "${1}t64" 2>/dev/null || true)"
    case "$states" in
        *"install ok installed;"*) return 0 ;;
        *) return 1 ;;
    esac
}

# Elsewhere the packages have other names, so look for the main programs and libraries.
is_usable_without_dpkg() {
    command -v xvfb-run >/dev/null && command -v xauth >/dev/null || return 1
    local known library
    known="$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)" || return 0
    for library in libEGL.so.1 libGL.so.1 libxkbcommon-x11.so.0 libxcb-cursor.so.0; do
        case "$known" in
            *"$library"*) ;;
            *) return 1 ;;
        esac
    done
}

if ! command -v dpkg-query >/dev/null; then
    if is_usable_without_dpkg; then
        exit 0
    fi
    echo "No display was found, so please install Xvfb with xvfb-run and the libraries of Qt," \
        "which on Debian are the packages:" $packages >&2
    exit 1
fi

missing=""
for package in $packages; do
    if ! is_installed "$package"; then
        missing="$missing $package"
    fi
done
if [ -z "$missing" ]; then
    exit 0
fi

if [ "$(id -u)" -ne 0 ]; then
    echo "No display was found, so please install what a virtual one needs:" \
        "sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends $missing
