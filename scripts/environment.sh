# Makes the virtual environment that scripts/serve and scripts/test run in. Sourced, not run.
#
# make_environment EXTRAS   EXTRAS is "" or "[dev]". Does nothing when the pinned packages are already there.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
venv=$root/.venv

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Only what decides the packages; a change of a tool's configuration installs nothing.
pins() { sed '/^\[tool\./,$d' "$root/pyproject.toml"; }

find_python() {
    local candidate
    for candidate in python3.11 python3.12 python3; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    fail "Python 3.11 was not found. Install it first; on Debian and Ubuntu: apt-get install python3.11 python3.11-venv"
}

# step LABEL COMMAND...: one line of progress; what the command printed is shown only when it failed.
step() {
    local label=$1 log=$venv/install.log started=$SECONDS child
    shift
    "$@" >>"$log" 2>&1 &
    child=$!
    trap 'kill '"$child"' 2>/dev/null; say ""; fail "Stopped. Run the same command again to go on."' INT TERM
    if [ -t 2 ]; then
        while kill -0 "$child" 2>/dev/null; do
            printf '\r%s … %ss, %s packages' "$label" $((SECONDS - started)) \
                "$(grep -c '^Collecting' "$log" || true)" >&2
            sleep 1
        done
    else
        say "$label …"
    fi
    if ! wait "$child"; then
        say ""
        tail -n 15 "$log" >&2
        fail "$label failed; the whole log is in $log. Check the network and the package index, then run the same command again."
    fi
    trap - INT TERM
    [ ! -t 2 ] || printf '\r\033[K' >&2
    say "$label: done in $((SECONDS - started)) s"
}

make_environment() {
    local extras=$1 python wanted torch
    wanted="$root $(pins | sha256sum | cut -d' ' -f1)"
    [ "$(cat "$venv/.installed$extras" 2>/dev/null)" = "$wanted" ] && return
    if command -v flock >/dev/null; then
        exec 9>"$root/.venv.lock"
        flock -n 9 || { say "Another set-up is running here; waiting for it …"; flock 9; }
        [ "$(cat "$venv/.installed$extras" 2>/dev/null)" = "$wanted" ] && { exec 9>&-; return; }
    fi
    if ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
        python=$(find_python)
        "$python" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "$python cannot make virtual environments. On Debian and Ubuntu: apt-get install $("$python" -c 'import sys; print("python%d.%d" % sys.version_info[:2])')-venv"
        "$python" -m venv --clear "$venv" >/dev/null || fail "The virtual environment could not be made in $venv; is the disk full or the folder read-only?"
    fi
    : >"$venv/install.log"
    # By itself and first: the resolver must not wander to another torch, which would pull gigabytes.
    torch=$(pins | grep -o 'torch==[0-9.]*' | head -n 1)
    step "Installing $torch (the first time takes some minutes)" "$venv/bin/python" -m pip install "$torch"
    step "Installing the shop bot and its libraries" "$venv/bin/python" -m pip install "$torch" -e "$root$extras"
    printf '%s' "$wanted" >"$venv/.installed"
    printf '%s' "$wanted" >"$venv/.installed$extras"
    exec 9>&-
}
