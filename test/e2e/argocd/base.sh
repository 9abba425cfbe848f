#!/bin/bash
# Assembles the images that the sidecar is built from out of the programs of this machine, where no registry is in reach, and
# prints the build arguments that name them:
#
#   podman build --network host --file integrations/argocd/Dockerfile $(test/e2e/argocd/base.sh path/to/kustomize) .
#
# Bases with Node and a shell, as test/e2e/image/base.sh makes them; the coreutils that the `docker` stand-in calls; and an
# image with Kustomize at /app, where the published one has it. Kept until this script or one of the programs changes.
set -euo pipefail

kustomize=$1
programs=(/bin/cat /usr/bin/tr)
build=$("$(dirname "$0")/../image/base.sh" | grep -o 'BUILD_BASE=[^ ]*')
build=${build#*=}
version=$({ cat "$0" "$kustomize" "${programs[@]}"; echo "$build"; } | sha256sum | head -c 12)
runtime=localhost/krm-hardening/argocd-base:$version
image=localhost/krm-hardening/kustomize:$version

assemble() {
  local work
  work=$(mktemp --directory)
  trap "rm -r '$work'" EXIT
  umask 022
  mkdir -p "$work/app" "$work/root/tmp"
  chmod 1777 "$work/root/tmp"
  cp -L "$kustomize" "$work/app/kustomize"
  # ldd prints each program above its libraries. A Kustomize that needs the C library of this machine gets it here; the
  # published one needs none.
  { ldd "$kustomize" "${programs[@]}" || true; } | grep -o '/[^ :]*' | grep -vxF "$kustomize" | sort -u | while read -r file; do
    mkdir -p "$work/root$(dirname "$file")"
    cp -L "$file" "$work/root$file"
  done
  printf '%s\n' 'FROM scratch' 'COPY app /app' | podman build --quiet --tag "$image" --file - "$work" >/dev/null
  printf '%s\n' "FROM $build" 'COPY --chown=0:0 root /' 'CMD ["node"]' | podman build --pull=never --quiet --tag "$runtime" --file - "$work" >/dev/null
}

if ! podman image exists "$runtime" || ! podman image exists "$image"; then assemble; fi
echo "--build-arg BUILD_BASE=$build --build-arg KUSTOMIZE_IMAGE=$image --build-arg RUNTIME_BASE=$runtime"
