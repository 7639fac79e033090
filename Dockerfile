# syntax=docker/dockerfile:1

# Builds server and web interface and leaves only what runs. For other processors than your own (amd64 and arm64 have all that
# is needed): docker buildx build --platform linux/amd64,linux/arm64 .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN node scripts/run.mjs build \
 && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
# ffmpeg is GPL software of its own; setpriv comes with Debian's util-linux. The drivers are what VAAPI needs beside /dev/dri:
# Mesa's for AMD, Intel's where there are Intel processors.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends ffmpeg tzdata mesa-va-drivers \
 && if [ "$(dpkg --print-architecture)" = amd64 ]; then \
      apt-get install -y --no-install-recommends intel-media-va-driver; \
    fi \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/LICENSES ./LICENSES
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/migrations ./migrations
COPY --from=build /app/config ./config
RUN mkdir -p /config /data /media

ENV NODE_ENV=production \
    KINORA_DATA_DIR=/data \
    PUID=1000 \
    PGID=1000 \
    UMASK=022 \
    TZ=Etc/UTC
VOLUME ["/config", "/data", "/media"]
EXPOSE 8383
STOPSIGNAL SIGTERM
# By the same way in, so that it finds the same settings: port, certificate and all.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
  CMD ["/bin/sh", "/app/config/docker-entrypoint.sh", "health"]

# Starts as root only to take the user and group in PUID and PGID; `docker run --user` works as well.
ENTRYPOINT ["/bin/sh", "/app/config/docker-entrypoint.sh"]
CMD ["serve"]
