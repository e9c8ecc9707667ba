# One image for every role: `master`, `worker` and `run` are muster's commands; the sample API is in it too:
#   docker run --rm IMAGE --help
#   docker run --rm -v "$PWD:/tests" IMAGE run /tests/load-test.ts
#   docker run --rm --entrypoint node IMAGE examples/plot-palette/api/main.ts --host 0.0.0.0

# A tag moves with each update of Debian and Node.js: given by digest, `--build-arg NODE_IMAGE=node@sha256:…`, the image can be built again.
ARG NODE_IMAGE=node:26-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
ENV NPM_CONFIG_UPDATE_NOTIFIER=false
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: see scripts/bootstrap/install.mjs. No install script is needed: esbuild finds the binary of its platform package itself.
RUN npm install --omit=dev --no-save --ignore-scripts

FROM dependencies AS build
RUN npm install --include=dev --no-save --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts/bootstrap scripts/bootstrap
RUN npx --no-install tsc -p tsconfig.build.json && node scripts/bootstrap/bundle-code.mjs dist/bundle && \
    node scripts/bootstrap/bundle-ui.mjs dist/ui && node scripts/bootstrap/write-schemas.mjs dist/report/result

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="muster" \
      org.opencontainers.image.description="Distributed load generator for HTTP services: one master, many workers, one exact verdict" \
      org.opencontainers.image.licenses="Apache-2.0"
# Runs are stored in /data: mount a volume there to keep them.
ENV NODE_ENV=production MUSTER_DATA_DIR=/data
WORKDIR /app
RUN ln -s /app/bin/muster.js /usr/local/bin/muster && \
    # Any user may write here (`docker run --user`), and files with a relative name end up in /work.
    mkdir --mode=1777 /data /work && ln -s /app/examples /work/examples
COPY --from=dependencies /app/node_modules node_modules
COPY package.json LICENSE ./
COPY examples examples
COPY bin bin
COPY --from=build /app/dist dist
USER node
WORKDIR /work
EXPOSE 5557 8089
# As process 1 muster handles SIGTERM itself; an init would only add a moment in which a signal kills it.
ENTRYPOINT ["muster"]
CMD ["--help"]
