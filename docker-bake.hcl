# docker buildx bake                            builds the functions' image for this machine, as krm-hardening:dev
# docker buildx bake krm-hardening[-argocd]     builds an image for every architecture and pushes it under its digest
#                                               alone: the release workflow signs that digest before any tag names it

# As in package.json, without a v.
variable "VERSION" {
  default = "dev"
}

# The Git commit.
variable "REVISION" {
  default = "unknown"
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
  # The bill of materials here is that of the base; what the bundles hold is attested beside it.
  attest = ["type=provenance,mode=max", "type=sbom"]
}

target "krm-hardening" {
  inherits = ["release"]
  output   = ["type=image,name=ghcr.io/hippocampus-dev/krm-hardening,push=true,push-by-digest=true,name-canonical=true"]
}

target "krm-hardening-argocd" {
  inherits   = ["release"]
  dockerfile = "integrations/argocd/Dockerfile"
  output     = ["type=image,name=ghcr.io/hippocampus-dev/krm-hardening-argocd,push=true,push-by-digest=true,name-canonical=true"]
}
