# What the scripts share: where builds go, and installing what is missing on a bare Debian machine.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/headwater/target}"
export CARGO_TERM_COLOR="${CARGO_TERM_COLOR:-never}"

say() { printf '\n== %s\n' "$*"; }

# Tests run in the folder of their package and name files from there: paths of the build would be those of
# whichever checkout compiled last.

# Debian packages, when this is Debian and we may.
install_packages() {
    command -v apt-get >/dev/null || { echo "please install: $*" >&2; return 1; }
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo"
    $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

need_node() {
    command -v node >/dev/null && command -v npm >/dev/null && return 0
    echo "Node.js 20.19 or newer with npm is needed for the web app's tests" >&2
    return 1
}

# Prints the path of a Chromium, installing one if need be.
chromium_path() {
    local found
    found=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
    if [ -z "$found" ]; then
        install_packages chromium >&2 || return 1
        found=$(command -v chromium)
    fi
    echo "$found"
}
