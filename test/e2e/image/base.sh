#!/bin/bash
# Assembles both bases of the Dockerfile from the programs of this machine, where no registry is in reach, and prints the
# build arguments that name them:
#
#   podman build --network host $(test/e2e/image/base.sh) .
#
# The runtime base has the shape of a distroless one: Node at /nodejs/bin/node, its libraries, users, and nothing else.
# The build base has npm and what npm needs. Both are kept until this script or Node changes.
set -euo pipefail

node=$(node --print process.execPath)
certificates=/etc/ssl/certs/ca-certificates.crt
version=$({ cat "$0"; node --version; } | sha256sum | head -c 12)
build=localhost/krm-hardening/build-base:$version
runtime=localhost/krm-hardening/runtime-base:$version

# with_libraries PROGRAM ROOT TARGET: copies a program to TARGET below ROOT, and its libraries to where its loader looks.
with_libraries() {
  mkdir -p "$2/$(dirname "$3")"
  cp -L "$1" "$2/$3"
  ldd "$1" | grep -o '/[^ :]*' | while read -r library; do
    mkdir -p "$2/$(dirname "$library")"
    cp -L "$library" "$2/$library"
  done
}

# to_image ROOT REFERENCE [CHANGE...]: makes an image of a folder, every file of which belongs to root.
to_image() {
  local root=$1 reference=$2 changes=()
  for change in "${@:3}"; do changes+=(--change "$change"); done
  tar --create --directory "$root" --owner 0 --group 0 . | podman import --quiet "${changes[@]}" - "$reference" >/dev/null
}

assemble() {
  local work npm
  work=$(mktemp --directory)
  trap "rm -r '$work'" EXIT
  umask 022

  mkdir -p "$work/runtime/etc"
  printf '%s\n' 'root:x:0:0:root:/root:/sbin/nologin' 'nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin' >"$work/runtime/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nobody:x:65534:' >"$work/runtime/etc/group"
  with_libraries "$node" "$work/runtime" nodejs/bin/node
  to_image "$work/runtime" "$runtime" 'ENTRYPOINT ["/nodejs/bin/node"]'

  mkdir -p "$work/build/usr/local/lib/node_modules" "$work/build/etc/ssl/certs" "$work/build/tmp"
  cp "$work"/runtime/etc/* "$work/build/etc"
  with_libraries "$node" "$work/build" usr/local/bin/node
  with_libraries /bin/sh "$work/build" bin/sh
  with_libraries /usr/bin/env "$work/build" usr/bin/env
  npm=$(npm exec --silent --call 'echo "$npm_execpath"')
  cp -rL "${npm%/bin/npm-cli.js}" "$work/build/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$work/build/usr/local/bin/npm"
  cp -L "$certificates" "$work/build$certificates"
  # npm in there reaches the registry as npm out here does.
  to_image "$work/build" "$build" "ENV NODE_EXTRA_CA_CERTS=$certificates" "ENV npm_config_registry=$(npm config get registry)"
}

if ! podman image exists "$build" || ! podman image exists "$runtime"; then assemble; fi
echo "--build-arg BUILD_BASE=$build --build-arg RUNTIME_BASE=$runtime"
