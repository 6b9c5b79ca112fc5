#!/bin/sh
# sanitize-threads.sh GLIB [TEST...]: ThreadSanitizer over the tests that need no display: trainer, pool, evaluator, walk, sweep, and the window's session
# with its loads, fits and jobs. GLIB: the lib folder of a GLib that was built for it, as Debian's locks are futexes that it does not see:
#     apt-get source glib2.0 && cd glib2.0-* && meson setup _build --prefix=$HOME/glib-thread -Db_sanitize=thread -Db_lundef=false -Dtests=false
#     ninja -C _build install
# Builds in build-thread. A report fails the test (exit status 66).
cd "$(dirname "$0")/.." || exit 1
glib=${1:?sanitize-threads.sh: needs the lib folder of a GLib that was built with -Db_sanitize=thread}
shift
ls "$glib"/libglib-2.0.so* > /dev/null || exit 1
tests=${*:-compute/stop compute/backend compute/evaluator compute/trainer graph/follow graph/sweep graph/walk journey/session}
targets=$(for name in $tests; do echo "tests/${name%/*}/test-${name#*/}"; done)
[ -d build-thread ] || meson setup build-thread -Dgpu=disabled -Db_sanitize=thread -Db_lundef=false -Doptimization=1 || exit 1
# shellcheck disable=SC2086 # names without spaces
ninja -C build-thread $targets || exit 1

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
# GSlice counts how often it waited without a lock, on purpose; so do temporary files count their names, which are tried until one is new.
G_SLICE=always-malloc
echo "race_top:get_tmp_file" > "$folder/suppressions"
LD_LIBRARY_PATH=$glib TSAN_OPTIONS=history_size=4:exitcode=66:suppressions=$folder/suppressions:${TSAN_OPTIONS} LC_ALL=C.UTF-8 TMPDIR=$folder XDG_STATE_HOME=$folder/state
CRYOFIELD_DATA=$(pwd)/../shared/data
export G_SLICE LD_LIBRARY_PATH TSAN_OPTIONS LC_ALL TMPDIR XDG_STATE_HOME CRYOFIELD_DATA
failed=0
for target in $targets; do
  echo "# $target"
  room=$(dirname "$target")
  G_TEST_SRCDIR=$(pwd)/$room G_TEST_BUILDDIR=$(pwd)/build-thread/$room "build-thread/$target" || failed=1
done
exit $failed
