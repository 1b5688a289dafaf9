# What ./run and ./check share: installing what is missing, saying what is done. Sourced, with $root set.
# shellcheck shell=bash

say() { printf '%s\n' "$*"; }

# Runs a command as root: as it is, or by sudo.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    say "This needs root, and there is no sudo: $*" >&2
    return 1
  fi
}

# Installs the Debian packages that are missing, without starting the services that come with them.
install_packages() {
  local package missing=()
  for package in "$@"; do
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "installing Debian packages: ${missing[*]}"
  local policy=/usr/sbin/policy-rc.d held=
  if [ ! -e $policy ]; then
    # Debian would start Janus and Redis as services of their own, on the default ports.
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
    held=1
  fi
  local status=0
  { as_root apt-get update -q &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"; } \
    >"${TMPDIR:-/tmp}/klarsyn-apt.$$" 2>&1 || status=$?
  [ -z "$held" ] || as_root rm -f $policy
  if [ $status -ne 0 ]; then
    tail -n 20 "${TMPDIR:-/tmp}/klarsyn-apt.$$" >&2
    say "apt-get could not install: ${missing[*]}" >&2
  fi
  rm -f "${TMPDIR:-/tmp}/klarsyn-apt.$$"
  return $status
}

# Makes the virtual environment hold just what a lock file names, checked by hash; at once where it does already.
install_python() (
  lock=$root/$1 stamp=$root/.venv/klarsyn-lock python=$root/.venv/bin/python
  # Two starts at the same time must not install over each other.
  exec 9<"$lock"
  flock 9
  if [ -x "$python" ] && cmp -s "$lock" "$stamp"; then exit; fi
  say "installing Python packages from $1 into .venv"
  [ -x "$python" ] || python3 -m venv "$root/.venv"
  "$python" -m pip install -qq --disable-pip-version-check --require-hashes --requirement "$lock"
  cp "$lock" "$stamp"
)
