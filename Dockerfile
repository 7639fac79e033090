# syntax=docker/dockerfile:1

# Builds server and web interface and leaves only what runs.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/run.mjs build \
 && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# ffmpeg is GPL software of its own; setpriv comes with Debian's util-linux.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg tzdata \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/config ./config
RUN mkdir -p /config /data /media

ENV NODE_ENV=production \
    KINORA_DATA_DIR=/data \
    PUID=1000 \
    PGID=1000 \
    UMASK=022
VOLUME ["/config", "/data", "/media"]
EXPOSE 8383
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KINORA_HTTP_PORT || 8383}/healthz`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]

# Starts as root only to take the user and group in PUID and PGID; `docker run --user` works as well.
ENTRYPOINT ["/bin/sh", "/app/config/docker-entrypoint.sh"]
CMD ["serve"]
