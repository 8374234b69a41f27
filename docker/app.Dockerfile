# syntax=docker/dockerfile:1
# The image of your app. Copy this file into it, beside package.json:
#
#   docker build --build-arg SSR_HOST_IMAGE=ssr-host -t my-app .
#
# SSR_HOST_IMAGE is the image without an app (`docker build -f docker/Dockerfile --target host` in the repository of ssr-host).
ARG SSR_HOST_IMAGE=ssr-host
# `yes`: with node_modules (without what is for development). A server bundle that imports nothing from there (`ssr.noExternal: true` in the
# Vite configuration) does not need them; `ssr-host check dist/server/index.js` says what it imports.
ARG NODE_MODULES=

# hadolint ignore=DL3006
FROM ${SSR_HOST_IMAGE} AS ssr-host

FROM node:20-bookworm-slim AS app
ARG NODE_MODULES
WORKDIR /app
COPY package.json package-lock.json* pnpm-lock.yaml* .npmrc* ./
RUN --mount=type=cache,target=/root/.npm \
    --mount=type=cache,target=/root/.local/share/pnpm/store \
    if [ -f pnpm-lock.yaml ]; then corepack enable && pnpm install --frozen-lockfile; else npm ci; fi
COPY . .
RUN if [ -f pnpm-lock.yaml ]; then pnpm run build; else npm run build; fi
# Source maps are not for everyone: those of what browsers load go, those of the server stay, for the stack traces in the log.
COPY --from=ssr-host /usr/bin/ssr-host /usr/bin/ssr-host
RUN find dist/client -name '*.map' -delete && ssr-host precompress dist/client
RUN mkdir /out && cp -a package.json dist /out/ && \
    if [ -f ssr-host.toml ]; then cp -a ssr-host.toml /out/; fi && \
    if [ "$NODE_MODULES" = yes ]; then \
      if [ -f pnpm-lock.yaml ]; then CI=true pnpm prune --prod; else npm prune --omit=dev; fi && \
      for file in node_modules package-lock.json pnpm-lock.yaml; do if [ -e "$file" ]; then cp -a "$file" /out/; fi; done; \
    fi

# User, port, health check and entry point are those of the image without an app.
# hadolint ignore=DL3006
FROM ${SSR_HOST_IMAGE}
COPY --from=app /out/ /app/
