#!/bin/sh
# gpu-proof.sh: shows on a machine with an NVIDIA GPU that the CUDA module is right, and how fast. That machine needs a driver, cuBLAS and, for the
# memory and race checks, compute-sanitizer; no compiler and no GLib.
#   tools/gpu-proof.sh pack [BUILD [FOLDER]]   here: programs, module and their shared libraries into FOLDER and FOLDER.tar.xz (default: build, gpu-proof);
#                                              a build with -Dfilms=disabled is half as large
#   FOLDER/gpu-proof.sh run [RESULTS [check|speed]]   there, in about ten minutes, or half of it: check is parity with the CPU, memcheck, racecheck and the same
#                                              map on both (held-out error, nodes, marched picture); speed is training, queries, walk, march and samples
#                                              beside the device's own rate and PyTorch's. All goes into the file RESULTS (default: FOLDER/results.txt) as
#                                              it is found. Last line: N passed, N failed, N skipped.
# Each run leaves its output in FOLDER/logs. Python 3 is for the same map and the goals, Python with PyTorch for its figure; without them those are skipped.
set -u

pack ()
{
  build=${1:-build} folder=${2:-gpu-proof}
  mkdir -p "$folder/lib" || return 1
  cp "$build/cryofield-cli" "$build/tests/cuda/test-parity" "$build/cuda/cryofield-cuda.so" "$0" "$folder/" || return 1
  root=$(cd "$(dirname "$0")/.." && pwd)
  cp "$root/tests/cuda/test-same-map.py" "$root/tools/gpu-goals.py" "$root/resources/demo/1ejg.cif" "$folder/" || return 1
  (git -C "$root" rev-parse --short HEAD 2>/dev/null || echo "an unknown commit") >"$folder/commit"
  blas=$(ldconfig -p | sed -n 's/.*libopenblas\.so\.0 .*=> //p' | head -n 1)
  [ -n "$blas" ] || { echo "gpu-proof: OpenBLAS is not found" >&2; return 1; }
  cp -L "$blas" "$folder/lib/libopenblas.so.0" || return 1
  # What asks the driver's OpenGL for a context without a display; a machine for computing lacks it.
  for name in libEGL.so.1 libOpenGL.so.0 libGL.so.1 libGLX.so.0; do
    library=$(ldconfig -p | sed -n "s|.*$name .*=> ||p" | head -n 1)
    [ -z "$library" ] || cp -L "$library" "$folder/lib/$name" || return 1
  done
  # The C library and the dynamic loader stay the other machine's own.
  ldd "$folder/cryofield-cli" "$folder/test-parity" "$folder"/lib/* | sed -n 's/.* => \(\/[^ ]*\).*/\1/p' | sort -u \
    | grep -Ev '/(libc|libm|libdl|librt|libpthread|libresolv|ld-linux[^/]*)\.so' | while read -r library; do
      cp -L "$library" "$folder/lib/" || return 1
    done
  # Without what only a debugger reads: the way there may be narrow.
  find "$folder" -type f \( -name '*.so*' -o -name cryofield-cli -o -name test-parity \) -exec strip --strip-unneeded {} + 2>/dev/null
  tar -C "$(dirname "$folder")" -cf - "$(basename "$folder")" | xz -3 >"$folder.tar.xz" || return 1
  echo "gpu-proof: packed into $folder and $folder.tar.xz, $(du -sm "$folder.tar.xz" | cut -f 1) MiB; there: $(basename "$folder")/gpu-proof.sh run" >&2
}

passed=0 failed=0 skipped=0

say ()
{
  echo "$*" | tee -a "$results"
}

# step NAME SECONDS COMMAND...: what takes longer has hung.
step ()
{
  name=$1 limit=$2 begun=$(date +%s)
  shift 2
  if timeout -k 5 "$limit" "$@" >"$here/logs/$name" 2>"$here/logs/$name.err"; then
    passed=$((passed + 1)) said=passed
  else
    failed=$((failed + 1)) said="FAILED (status $?, logs/$name)"
  fi
  say "$name: $said, $(($(date +%s) - begun)) s"
  case $said in FAILED*) tail -n 20 "$here/logs/$name" "$here/logs/$name.err" | tee -a "$results" ;; esac
}

skip ()
{
  say "$1: skipped, $2"
  skipped=$((skipped + 1))
}

# measure NAME SECONDS ARGUMENTS...: the figures are a line of the results.
measure ()
{
  measured=$1 limit=$2
  shift 2
  step "bench-$measured" "$limit" "$cli" bench --json "$@"
  tr -d '\n' <"$here/logs/bench-$measured" | sed "s/^/figures $measured /" | tee -a "$results"
  say
}

# measure_picture ...: the same, where OpenGL has a device.
measure_picture ()
{
  if "$cli" devices | grep -q '^picture *works'; then
    measure "$@"
  else
    skip "bench-$1" "no OpenGL without a display"
  fi
}

# The packed libraries are for the packed programs alone, not for the tools that watch them, nor for the Python that they start. The driver's own may be where
# only LD_LIBRARY_PATH leads, as in containers.
write_starters ()
{
  # cuBLAS as Python's packages have it, where the system has none.
  blas=$(python3 -c 'import glob, sys; print (":".join (sorted ({folder for path in sys.path if path for folder in glob.glob (path + "/nvidia/*/lib")})))' 2>/dev/null)
  vendor=
  for folder in /usr/share/glvnd/egl_vendor.d /etc/glvnd/egl_vendor.d /usr/local/nvidia/share/glvnd/egl_vendor.d; do
    [ -z "$vendor" ] && [ -f "$folder/10_nvidia.json" ] && vendor=$folder/10_nvidia.json
  done
  [ -z "$vendor" ] || vendor="__EGL_VENDOR_LIBRARY_FILENAMES='$vendor' "
  for program in cryofield-cli test-parity; do
    cat >"$here/start-$program" <<EOF || return 1
#!/bin/sh
PROOF_LIBRARIES=\$LD_LIBRARY_PATH
export PROOF_LIBRARIES
${vendor}LD_LIBRARY_PATH="$here/lib:$blas\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}:/usr/local/nvidia/lib64:/usr/local/nvidia/lib" exec "$here/$program" "\$@"
EOF
  done
  printf '#!/bin/sh\nLD_LIBRARY_PATH=$PROOF_LIBRARIES exec python3 "$@"\n' >"$here/start-python" || return 1
  chmod +x "$here/start-cryofield-cli" "$here/start-test-parity" "$here/start-python"
}

sanitizer ()
{
  for tool in "$(command -v compute-sanitizer)" "${CUDA_HOME:-/usr/local/cuda}/bin/compute-sanitizer"; do
    [ -x "$tool" ] && echo "$tool" && return
  done
}

check ()
{
  for precision in fp32 tf32 fp16; do
    step "parity-$precision" 60 "$parity" --required --precision "$precision"
    grep -h ' A apart\| elsewhere\|^# [a-z]*: [0-9]' "$here/logs/parity-$precision" | tee -a "$results"
  done
  watch=$(sanitizer)
  for tool in memcheck racecheck; do
    for precision in fp32 fp16; do
      if [ -n "$watch" ]; then
        step "$tool-$precision" 90 "$watch" --tool "$tool" --target-processes all --error-exitcode 9 "$parity" --required --small --precision "$precision"
        grep -h 'ERROR SUMMARY\|RACECHECK SUMMARY' "$here/logs/$tool-$precision" | tee -a "$results"
      else
        skip "$tool-$precision" "compute-sanitizer is not here"
      fi
    done
  done
  if command -v python3 >/dev/null 2>&1; then
    step same-map 150 python3 "$here/test-same-map.py" "$cli" "$here/1ejg.cif" cuda --required
    grep '^#\|^not ok' "$here/logs/same-map" | tee -a "$results"
  else
    skip same-map "python3 is not here"
  fi
}

# A map of 256 x 256 x 256 voxels, as it comes.
train_large ()
{
  "$cli" simulate "$here/1ejg.cif" --resolution 2 --spacing 0.1 --box 0,0,0,25.5,25.5,25.5 -o "$here/logs/large.mrc" || return 1
  begun=$(date +%s%N)
  "$cli" train "$here/logs/large.mrc" --resolution 2 --backend cuda --progress none --seed 5 -o "$here/logs/large.neural" || return 1
  echo "{\"seconds\": $(( ($(date +%s%N) - begun) / 1000000 ))e-3}"
}

speed ()
{
  for precision in fp32 tf32 fp16; do
    measure "$precision" 60 --backend "cuda/$precision" train query
  done
  if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available ())' 2>/dev/null; then
    measure torch 90 --backend cuda --vs torch --python "$here/start-python" train query
  else
    skip bench-torch "python3 has no PyTorch with CUDA"
  fi
  measure walk 90 --backend cuda walk
  measure_picture march 60 --backend cuda march
  measure_picture march-fp16 60 --backend cuda/fp16 march
  measure bake 60 --backend cuda bake
  measure_picture cache 60 --backend cuda render
  step train-256 200 sh "$0" train-large
  tail -n 1 "$here/logs/train-256" | sed 's/^/figures train-256 /' | tee -a "$results"
  if command -v python3 >/dev/null 2>&1; then
    python3 "$here/gpu-goals.py" "$results" | tee -a "$results"
  else
    skip goals "python3 is not here"
  fi
}

run ()
{
  results=${1:-$here/results.txt} part=${2:-}
  case $part in ''|check|speed) ;; *) return 2 ;; esac
  mkdir -p "$here/logs" && write_starters && : >"$results" || return 1
  say "gpu-proof of $(cat "$here/commit"), $(date -u +%Y-%m-%dT%H:%MZ)"
  nvidia-smi 2>&1 | head -n 15 | tee -a "$results"
  "$cli" devices 2>&1 | tee -a "$results"
  if "$cli" devices | grep -q '^cuda *not here'; then
    say "no device works here: nothing of what follows can be shown"
    for what in parity memcheck racecheck same-map bench; do
      skip "$what" "there is no device"
    done
    say "$passed passed, $failed failed, $skipped skipped"
    return 1
  fi
  if [ "$part" != speed ]; then check; fi
  if [ "$part" != check ]; then speed; fi
  say "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" -eq 0 ]
}

usage ()
{
  sed -n '2,/^set -u/s/^# *//p' "$0" >&2
  exit 2
}

here=$(cd "$(dirname "$0")" && pwd)
cli=$here/start-cryofield-cli parity=$here/start-test-parity
case ${1:-} in
  pack) shift; pack "$@" ;;
  run) shift; run "$@"; status=$?; [ "$status" -eq 2 ] && usage; exit "$status" ;;
  train-large) train_large ;;
  *) usage ;;
esac
