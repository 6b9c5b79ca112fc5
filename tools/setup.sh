# setup.sh: sourced by ./run and ./check: what has to be installed, in one place, and how. POSIX shell.

# To build and to run. GTK brings cairo, Pango and GLib; epoxy brings EGL's headers.
packages_build="build-essential meson ninja-build pkg-config gettext git
  libgtk-4-dev libadwaita-1-dev libepoxy-dev libegl-dev libegl1 libgl1-mesa-dri libpng-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libcairo2-dev libpango1.0-dev
  zlib1g-dev gemmi-dev tao-pegtl-dev libxml2-dev libxml2-utils libjansson-dev libsoup-3.0-dev glib-networking ca-certificates libopenblas-dev libglib2.0-bin fonts-dejavu-core adwaita-icon-theme
  desktop-file-utils shared-mime-info"
# nvcc is not among them: Debian's nvidia-cuda-toolkit is not free and older than what the module is for; where NVIDIA's own is, it is taken.
# To check: displays without a screen, validators, and the independent programs that results are compared with.
packages_check="xvfb xauth xdotool dbus at-spi2-core imagemagick desktop-file-utils appstream glslang-tools poppler-utils openssl locales groff-base zsh fish
  python3 python3-gi python3-yaml gir1.2-atspi-2.0 python3-numpy python3-scipy python3-sklearn python3-networkx python3-gemmi python3-mrcfile python3-skimage python3-vtk9"
# Many machines: tests/package/test-machines.py.
packages_check="$packages_check parallel slurm-wlm munge"
# To fuzz: tests/fuzz.
packages_check="$packages_check clang libclang-rt-14-dev"

say ()
{
  printf '%s: %s\n' "${0##*/}" "$*" >&2
}

is_installed ()
{
  case $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) in
    ii*) return 0 ;;
    *) return 1 ;;
  esac
}

as_root ()
{
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    say "needs root (or sudo) for: $*"
    return 1
  fi
}

# Installs those of the named Debian packages that are missing; touches no network where none is.
install_missing ()
{
  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    say "not a Debian machine; install what meson misses yourself (the names in Debian are in tools/setup.sh)"
    return 0
  fi
  missing=
  for package in "$@"; do
    is_installed "$package" || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  DEBIAN_FRONTEND=noninteractive
  export DEBIAN_FRONTEND
  as_root apt-get -qq -o Acquire::Retries=3 update >&2 || say "apt-get update had trouble; going on with what it has"
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 install --no-install-recommends $missing >&2
}

# build FOLDER "TARGETS" OPTION...: configures it where that was not done, and builds the targets, or all where none is named.
build ()
{
  folder=$1
  targets=$2
  shift 2
  # Debian's own Python and tools: another python3 earlier in PATH may lack what meson or the tests import
  PATH=/usr/bin:/bin:$PATH
  export PATH
  if [ ! -f "$folder/build.ninja" ]; then
    rm -rf "$folder/meson-private" "$folder/meson-info"
    meson setup "$folder" "$@" >&2 || return 1
  fi
  # shellcheck disable=SC2086
  ninja -C "$folder" $targets >&2
}
