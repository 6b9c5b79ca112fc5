#!/bin/sh
# pictures.sh BUILD: makes the pictures of the guide again, by the programs of a build folder. The window's picture is made by the demonstration's journey.
build=$(cd "${1:-build}" && pwd) || exit 1
cd "$(dirname "$0")" || exit 1
cli=$build/cryofield-cli
model=../../resources/demo/1ejg.cif
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
set -e
"$cli" simulate demo: -o "$work/demo.mrc" --resolution 2 --spacing 0.5
"$cli" train "$work/demo.mrc" -o "$work/demo.neural.safetensors" --epochs "${EPOCHS:-20}" --progress none
"$cli" graph "$work/demo.neural.safetensors" -o "$work/demo.json"
"$cli" render "$work/demo.neural.safetensors" -o surface.png --size 560x420
"$cli" render "$work/demo.neural.safetensors" -o slices.png --size 560x420 --style slices
"$cli" render "$work/demo.neural.safetensors" -o graph.png --size 560x420 --style mesh --model "$model" --graph "$work/demo.json"
CRYOFIELD_JOURNEY_KEEP=$work /usr/bin/python3 ../../tests/journey/demonstration.py "$build/cryofield" "${EPOCHS:-20}" || true
[ ! -f "$work/window.png" ] || convert "$work/window.png" -strip ../screenshot.png
