#!/usr/bin/env bash
# Run a command that opens windows: scripts/with_display.sh COMMAND [ARGUMENT...]
#
# On Linux without a display the command gets a virtual one (Xvfb), and finds
# NAPARI_GREYFILL_VIRTUAL_DISPLAY=1 in its environment, because nobody can see its windows.
# The user's napari settings stay as they are: the command gets a file of its own.
set -euo pipefail

if [ "$#" -eq 0 ]; then
    echo "usage: $0 COMMAND [ARGUMENT...]" >&2
    exit 2
fi

settings_folder="$(mktemp -d)"
trap 'rm -rf "$settings_folder"' EXIT
export NAPARI_CONFIG="$settings_folder/settings.yaml"

# A call into the viewer from a worker thread is an error, not a rare crash.
export NAPARI_ENSURE_PLUGIN_MAIN_THREAD=1

if [ "$(uname -s)" = Linux ] && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    export NAPARI_GREYFILL_VIRTUAL_DISPLAY=1
    xvfb-run -a -s "-screen 0 1600x1000x24" "$@"
else
    "$@"
fi
