# syntax=docker/dockerfile:1
# The example backend (examples/backend), for docker/compose.yaml. From the root of the repository:
#
#   docker build -f docker/backend.Dockerfile -t ssr-host-backend .
FROM rust:1.95.0-bookworm AS binary
ARG TARGETARCH
WORKDIR /src
COPY examples/backend/ ./
RUN --mount=type=cache,id=ssr-host-crates,target=/usr/local/cargo/registry \
    --mount=type=cache,id=ssr-host-backend-$TARGETARCH,target=/target \
    CARGO_TARGET_DIR=/target cargo build --release --locked && cp /target/release/backend /usr/local/bin/backend

FROM debian:bookworm-slim
COPY --from=binary /usr/local/bin/backend /usr/bin/backend
ENV PORT=8080
USER 1001:1001
EXPOSE 8080
STOPSIGNAL SIGTERM
# bash opens the connection: the image has no other client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s CMD ["/bin/bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"]
ENTRYPOINT ["/usr/bin/backend"]
