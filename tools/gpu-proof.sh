#!/bin/sh
# gpu-proof.sh: shows on a machine with an NVIDIA GPU that the CUDA module is right, and how fast. That machine needs a driver, cuBLAS and, for the
# memory and race checks, compute-sanitizer; no compiler and no GLib.
#   tools/gpu-proof.sh pack [BUILD [FOLDER]]   here: programs, module and their shared libraries into FOLDER (default: build, gpu-proof)
#   FOLDER/gpu-proof.sh run                    there: parity with the CPU, memcheck, racecheck, rates. Last line: N passed, N failed, N skipped.
# Each run leaves its output in FOLDER/logs.
set -u

pack ()
{
  build=${1:-build} folder=${2:-gpu-proof}
  mkdir -p "$folder/lib" || return 1
  cp "$build/cryofield-cli" "$build/tests/cuda/test-parity" "$build/cuda/cryofield-cuda.so" "$0" "$folder/" || return 1
  blas=$(ldconfig -p | sed -n 's/.*libopenblas\.so\.0 .*=> //p' | head -n 1)
  [ -n "$blas" ] || { echo "gpu-proof: OpenBLAS is not found" >&2; return 1; }
  cp -L "$blas" "$folder/lib/libopenblas.so.0" || return 1
  # The C library and the dynamic loader stay the other machine's own.
  ldd "$folder/cryofield-cli" "$folder/test-parity" "$folder/lib/libopenblas.so.0" | sed -n 's/.* => \(\/[^ ]*\).*/\1/p' | sort -u \
    | grep -Ev '/(libc|libm|libdl|librt|libpthread|libresolv|ld-linux[^/]*)\.so' | while read -r library; do
      cp -L "$library" "$folder/lib/" || return 1
    done
  echo "gpu-proof: packed into $folder; there: $folder/gpu-proof.sh run" >&2
}

passed=0 failed=0 skipped=0

# step NAME COMMAND...
step ()
{
  name=$1
  shift
  if "$@" >"$here/logs/$name" 2>&1; then
    passed=$((passed + 1)) said=passed
  else
    failed=$((failed + 1)) said="FAILED (logs/$name)"
  fi
  echo "$name: $said"
}

# The packed libraries are for the packed programs alone, not for the tools that watch them.
packed ()
{
  program=$1
  shift
  env LD_LIBRARY_PATH="$here/lib" "$here/$program" "$@"
}

watched ()
{
  tool=$1
  shift
  compute-sanitizer --tool "$tool" --target-processes all --error-exitcode 9 env LD_LIBRARY_PATH="$here/lib" "$here/test-parity" "$@"
}

run ()
{
  mkdir -p "$here/logs" || return 1
  nvidia-smi 2>&1 | head -n 15
  packed cryofield-cli devices
  for precision in fp32 tf32 fp16; do
    step "parity-$precision" packed test-parity --required --precision "$precision"
  done
  if command -v compute-sanitizer >/dev/null 2>&1; then
    for precision in fp32 fp16; do
      step "memcheck-$precision" watched memcheck --required --precision "$precision"
      step "racecheck-$precision" watched racecheck --required --precision "$precision"
    done
  else
    echo "memcheck, racecheck: compute-sanitizer is not here"
    skipped=$((skipped + 4))
  fi
  for precision in fp32 tf32 fp16; do
    step "bench-$precision" packed cryofield-cli bench --json --backend "cuda/$precision" train query
    cat "$here/logs/bench-$precision"
  done
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

here=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in
  pack) shift; pack "$@" ;;
  run) run ;;
  *) sed -n '2,6s/^# *//p' "$0" >&2; exit 2 ;;
esac
