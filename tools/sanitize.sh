#!/bin/sh
# sanitize.sh [address|thread] [JOURNEY...]: builds the program with AddressSanitizer and UndefinedBehaviorSanitizer (leaks too) or with ThreadSanitizer
# in build-address or build-thread, and lets journeys (tests/journey/JOURNEY.py; shell, help, welcome, sessions, training) go through it. A report of a
# sanitizer fails the journey. CRYOFIELD_SANITIZE_BUILD names a folder that was built before.
# thread: Debian's GLib is not built for it, so that its locks (futexes of its own) go unseen and what they guard is reported; a GLib with
# -Db_sanitize=thread in LD_LIBRARY_PATH (tools/sanitize-threads.sh tells how) is needed before such a report says something.
cd "$(dirname "$0")/.." || exit 1
kind=${1:-address}
[ $# -gt 0 ] && shift
case $kind in
  address) flags=address,undefined ;;
  thread) flags=thread ;;
  *) echo "sanitize.sh: $kind: needs address or thread" >&2; exit 2 ;;
esac
build=${CRYOFIELD_SANITIZE_BUILD:-build-$kind}
[ -d "$build" ] || meson setup "$build" -Dgpu=disabled -Dtests=false -Db_sanitize=$flags -Db_lundef=false -Doptimization=1 || exit 1
ninja -C "$build" cryofield cryofield-cli resources/gschemas.compiled docs/guide.html || exit 1

# What libraries below GTK keep until the end, or lose: fontconfig and Mesa's drivers, which are unloaded before their leaks are named.
supp=$(mktemp) || exit 1
trap 'rm -f "$supp"' EXIT
for library in libfontconfig swrast_dri libGLX libEGL libLLVM librsvg; do
  echo "leak:$library"
done > "$supp"
echo "leak:<unknown module>" >> "$supp"
ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:${ASAN_OPTIONS}
LSAN_OPTIONS=suppressions=$supp:print_suppressions=0
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
PYTHONPATH=$(pwd)/tests/archive PYTHONDONTWRITEBYTECODE=1
export PYTHONPATH PYTHONDONTWRITEBYTECODE
failed=0
for journey in ${*:-shell help welcome sessions training}; do
  echo "# $journey"
  case $journey in
    around) other=$build/cryofield-cli ;;
    demonstration | tour) other=4 ;; # epochs, as in the suite
    *) other= ;;
  esac
  /usr/bin/python3 "tests/journey/$journey.py" "$build/cryofield" $other || failed=1
done
exit $failed
