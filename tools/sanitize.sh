#!/bin/sh
# sanitize.sh [address|thread] [JOURNEY...]: builds the program with AddressSanitizer and UndefinedBehaviorSanitizer (leaks too) or with ThreadSanitizer
# in build-address or build-thread, and lets journeys (tests/journey/JOURNEY.py; shell, help, welcome, sessions, training) go through it. A report of a
# sanitizer fails the journey. CRYOFIELD_SANITIZE_BUILD names a folder that was built before.
# thread: CRYOFIELD_GLIB names the lib folder of a GLib that was built with -Db_sanitize=thread (tools/sanitize-threads.sh tells how): Debian's locks are
# futexes that are not seen, so that what they guard would be reported.
cd "$(dirname "$0")/.." || exit 1
kind=${1:-address}
[ $# -gt 0 ] && shift
case $kind in
  address) flags=address,undefined ;;
  thread) flags=thread
    ls "${CRYOFIELD_GLIB:?sanitize.sh: thread needs the lib folder of a GLib that was built for it}"/libglib-2.0.so* > /dev/null || exit 1 ;;
  *) echo "sanitize.sh: $kind: needs address or thread" >&2; exit 2 ;;
esac
build=${CRYOFIELD_SANITIZE_BUILD:-build-$kind}
[ -d "$build" ] || meson setup "$build" -Dgpu=disabled -Db_sanitize=$flags -Db_lundef=false -Doptimization=1 || exit 1
# shellcheck disable=SC2046 # languages are words
ninja -C "$build" cryofield cryofield-cli resources/gschemas.compiled docs/guide.html $(sed -n 's/^[a-z].*/docs\/guide.&.html/p' po/LINGUAS) || exit 1

# What libraries below GTK keep until the end, or lose: fontconfig and Mesa's drivers, which are unloaded before their leaks are named.
supp=$(mktemp) races=$(mktemp) || exit 1
trap 'rm -f "$supp" "$races" "$build/cryofield-thread"' EXIT
for library in libfontconfig swrast_dri libGLX libEGL libLLVM librsvg; do
  echo "leak:$library"
done > "$supp"
echo "leak:<unknown module>" >> "$supp"
ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1:${ASAN_OPTIONS}
LSAN_OPTIONS=suppressions=$supp:print_suppressions=0
UBSAN_OPTIONS=print_stacktrace=1
export ASAN_OPTIONS LSAN_OPTIONS UBSAN_OPTIONS
program=$build/cryofield
if [ "$kind" = thread ]; then
  # Libraries whose locks are futexes too; cairo, which hands on its freed clips by atomic operations of its own; and what GLib remembers of the last call,
  # any value of which does: the name of a temporary file, and where in its table a script was found. The program alone gets that GLib.
  printf 'race:%s\n' libfontconfig swrast_dri libLLVM libEGL libGLX libcairo.so.2 > "$races"
  printf 'race_top:%s\n' get_tmp_file g_unichar_get_script_bsearch >> "$races"
  program=$build/cryofield-thread
  {
    echo "#!/bin/sh"
    echo "export LD_LIBRARY_PATH=$CRYOFIELD_GLIB G_SLICE=always-malloc TSAN_OPTIONS=history_size=4:suppressions=$races:${TSAN_OPTIONS:-}"
    # shellcheck disable=SC2016 # expands when it runs
    echo 'exec "$(dirname "$0")/cryofield" "$@"'
  } > "$program"
  chmod +x "$program"
fi
PYTHONPATH=$(pwd)/tests/archive PYTHONDONTWRITEBYTECODE=1 CRYOFIELD_JOURNEY_PATIENCE=${CRYOFIELD_JOURNEY_PATIENCE:-40}
export PYTHONPATH PYTHONDONTWRITEBYTECODE CRYOFIELD_JOURNEY_PATIENCE
failed=0
for journey in ${*:-shell help welcome sessions training}; do
  echo "# $journey"
  case $journey in
    around) other=$build/cryofield-cli ;;
    demonstration | tour) other=4 ;; # epochs, as in the suite
    *) other= ;;
  esac
  /usr/bin/python3 "tests/journey/$journey.py" "$program" $other || failed=1
done
exit $failed
