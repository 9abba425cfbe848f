# Where no registry can be reached, give both bases as build arguments; test/e2e/image/base.sh assembles such a pair.
ARG BUILD_BASE=docker.io/library/node:26-trixie-slim
ARG RUNTIME_BASE=gcr.io/distroless/nodejs26-debian13

# The Node that will run the bundle, for the builder's own architecture.
FROM --platform=$BUILDPLATFORM ${RUNTIME_BASE} AS node

# The bundle is the same on every architecture, so it is built on the builder's own, without emulation.
FROM --platform=$BUILDPLATFORM ${BUILD_BASE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY esbuild.config.mjs tsconfig.json ./
COPY functions/ functions/
RUN node esbuild.config.mjs functions warm-start
# V8 keeps the code of one run, and takes it back from the same version under the same flags; on another architecture it may
# compile as usual. Its optimising compilers do not pay for themselves below some 10,000 objects. A seed makes the code, and so
# the image, the same in every build; whoever runs it has a seed of its own.
COPY --from=node /nodejs/bin/node /nodejs/bin/node
RUN /nodejs/bin/node --no-opt --no-maglev --random-seed=1 dist/warm-start.cjs keep <functions/warm-up.yaml >/dev/null

FROM ${RUNTIME_BASE}
ARG RUNTIME_BASE
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="krm-hardening" \
      org.opencontainers.image.description="KRM functions that harden Kubernetes manifests from one layered policy, run by Kustomize, kpt and Argo CD" \
      org.opencontainers.image.source="https://github.com/hippocampus-dev/krm-hardening" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${RUNTIME_BASE}"
COPY --from=build --chown=0:0 --chmod=0444 /src/dist/functions.cjs /src/dist/functions.v8 /src/dist/warm-start.cjs /
# A base may start in the home of another user, which the user nobody may not enter.
WORKDIR /
USER nobody
ENTRYPOINT ["/nodejs/bin/node", "--no-opt", "--no-maglev", "/warm-start.cjs"]
