# docker buildx bake                            builds the functions' image for this machine, as krm-hardening:dev
# docker buildx bake krm-hardening[-argocd]     builds an image for every architecture and pushes it under its digest
#                                               alone: the release workflow signs that digest before any tag names it
#
# With SOURCE_DATE_EPOCH, the time of the commit in seconds, a fresh checkout gives the same images on the same bases.

# As in package.json, without a v.
variable "VERSION" {
  default = "dev"
}

# The Git commit.
variable "REVISION" {
  default = "unknown"
}

# The URL of what builds, as provenance names it.
variable "BUILDER" {
  default = ""
}

target "image" {
  args = {
    VERSION  = VERSION
    REVISION = REVISION
  }
}

target "default" {
  inherits = ["image"]
  tags     = ["krm-hardening:dev"]
  output   = ["type=docker"]
}

target "release" {
  inherits  = ["image"]
  platforms = ["linux/amd64", "linux/arm64"]
  # The bill of materials here is that of the base; what the bundles hold is attested next to it.
  attest = [
    "type=provenance,mode=max,version=v1,builder-id=${BUILDER}",
    # It sees every file of the image, so its tag alone would not do.
    "type=sbom,generator=docker.io/docker/buildkit-syft-scanner:1.12.0@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9",
  ]
}

target "krm-hardening" {
  inherits = ["release"]
  output   = ["type=image,name=ghcr.io/hippocampus-dev/krm-hardening,push=true,push-by-digest=true,name-canonical=true,rewrite-timestamp=true"]
}

target "krm-hardening-argocd" {
  inherits   = ["release"]
  dockerfile = "integrations/argocd/Dockerfile"
  output     = ["type=image,name=ghcr.io/hippocampus-dev/krm-hardening-argocd,push=true,push-by-digest=true,name-canonical=true,rewrite-timestamp=true"]
}
