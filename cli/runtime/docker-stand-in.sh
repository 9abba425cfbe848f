#!/bin/sh
# Stands in for `docker`, first in PATH of Kustomize: runs the hardening functions without a container engine.
#
#   <home>/bin/docker   this program
#   <home>/images       the image references that count as the functions', one a line
#   <home>/function     the program to run in place of such an image: ResourceList in, ResourceList out
#
# It runs <home>/function for exactly the call by which Kustomize runs a function's container, with exactly one of those
# references. Everything else goes to the docker that comes later in PATH; where there is none, it fails.
set -euf

# Kustomize calls it by its whole path. It starts no process on the way to the functions: each costs a millisecond of every stack.
bin=${0%/*}
home=${bin%/*}

fail() {
  echo "krm-hardening: $1" >&2
  exit 2
}

image=
for argument in "$@"; do image=$argument; done

is_ours() {
  while IFS= read -r ours; do
    [ "$image" != "$ours" ] || return 0
  done <"$home/images"
  return 1
}

# No argument of the expected call holds a space, so the same number of arguments and the same joined text is the same call.
kustomize_call="run --rm -i -a STDIN -a STDOUT -a STDERR --network none --user nobody --security-opt=no-new-privileges -e LOG_TO_STDERR=true -e STRUCTURED_RESULTS=true $image"

if [ -n "$image" ] && is_ours; then
  [ $# -eq 19 ] && [ "$*" = "$kustomize_call" ] ||
    fail "refusing to run $image: the functions need no network, mounts, environment or other user, and were called with: docker $*"
  exec "$home/function"
fi

# Only what comes later in PATH: two stand-ins must not hand one call to each other for ever.
bin=$(cd "$bin" && pwd -P)
found_self=
IFS=:
for folder in $PATH; do
  if [ -n "$found_self" ] && [ -f "${folder:-.}/docker" ] && [ -x "${folder:-.}/docker" ]; then
    unset IFS
    exec "${folder:-.}/docker" "$@"
  fi
  if [ "$(cd "${folder:-.}" 2>/dev/null && pwd -P)" = "$bin" ]; then found_self=yes; fi
done
unset IFS

[ "${1-}" = run ] || fail "no container engine found in PATH for: docker $*"
fail "no container engine found in PATH to run the function image $image. Only $(tr '\n' ' ' <"$home/images")runs without one. If $image is a copy of that image, name it with --image $image or KRM_HARDENING_IMAGE; if not, install docker, or podman under the name docker."
