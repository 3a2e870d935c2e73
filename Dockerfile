# Rapport in one image: docker build -t rapport . && docker compose up
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image brings its own Node, and compose its own PostgreSQL: both packages are left out of what is kept below.
RUN npm ci --include=dev --ignore-scripts
COPY . .
RUN npm run build:web \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-* node_modules/.bin/node web

FROM node:24-bookworm-slim
# git reads repositories; tini hands on signals and reaps what a stopped import leaves.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates openssh-client tini \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=root:root /app ./
# The node user has the number 1000. The embedded database, if used, runs as it too.
RUN install -d -o node -g node -m 700 /data \
 && printf '#!/bin/sh\nexec node /app/src/main.ts "$@"\n' > /usr/local/bin/rapport \
 && chmod 755 /usr/local/bin/rapport
# So that glibc gives back what a report or an import took: see scripts/bootstrap.mjs.
ENV NODE_ENV=production DATA_DIR=/data HOST=0.0.0.0 PORT=4600 MALLOC_MMAP_THRESHOLD_=4096 MALLOC_MMAP_MAX_=16384
USER node
VOLUME /data
EXPOSE 4600
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--", "node", "/app/src/main.ts"]
CMD ["start"]
