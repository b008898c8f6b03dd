# The images of the agent and of the controller.
#
#     docker build --tag gathering-agent .                              the agent: the last stage
#     docker build --tag gathering-controller --target controller .     the controller
#     docker build --target check .                                     form, warnings and all tests
#
# `make images` does the first two and writes the commit into the images.
# VERSION_CONTROL="" leaves out Git and Subversion. Both bases can be given with a digest.

ARG SWIFT_IMAGE=docker.io/library/swift:6.3-bookworm
ARG DEBIAN_IMAGE=docker.io/library/debian:bookworm-slim

# --- What compiles, before the sources: it changes seldom ---------------------------------------------------------

FROM ${SWIFT_IMAGE} AS toolchain
WORKDIR /src
COPY deploy/install-packages deploy/debian-packages deploy/
RUN deploy/install-packages build && rm -rf /var/lib/apt/lists/*

# --- Form, warnings, tests ----------------------------------------------------------------------------------------

FROM toolchain AS check
COPY . .
RUN make check && make test

# --- The packages: the same for hosts without containers ----------------------------------------------------------

FROM toolchain AS build
COPY . .
# The commit's time and name; without them, the packages are those of a released version.
ARG SOURCE_DATE_EPOCH=1767225600
ARG STAMP=
RUN if [ -n "$STAMP" ]; then echo "$STAMP" > VERSION; fi && SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" make packages

# --- Controller ---------------------------------------------------------------------------------------------------

FROM ${DEBIAN_IMAGE} AS controller
# Nobody pins the versions of packages here: what Debian mends is wanted.
# hadolint ignore=DL3008
RUN --mount=type=bind,from=build,source=/src/.build/packages,target=/packages \
    --mount=type=bind,from=build,source=/src/deploy/image,target=/image \
    useradd --uid 10002 --user-group --no-create-home --home-dir /var/lib/gathering-controller --shell /bin/sh \
        gathering-controller \
    && apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        /packages/gathering-controller_*.deb \
    && /image/finish gathering-controller
ARG STAMP=
LABEL org.opencontainers.image.title="gathering-controller" \
    org.opencontainers.image.description="Enrols gathering agents, verifies what they deliver, imports it into a database" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${STAMP:-released}" \
    org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
ENV CONTROLLER_HOME=/var/lib/gathering-controller
WORKDIR /var/lib/gathering-controller
USER 10002:10002
VOLUME ["/var/lib/gathering-controller"]
EXPOSE 8443 8022
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/bin/controller", "health"]
ENTRYPOINT ["/usr/bin/controller"]
CMD ["serve"]

# --- Agent --------------------------------------------------------------------------------------------------------

FROM ${DEBIAN_IMAGE} AS agent
ARG VERSION_CONTROL="git openssh-client subversion"
# The list of packages is removed by `finish`.
# hadolint ignore=DL3008,DL3009,SC2086
RUN --mount=type=bind,from=build,source=/src/.build/packages,target=/packages \
    --mount=type=bind,from=build,source=/src/deploy/image,target=/image \
    useradd --uid 10001 --user-group --no-create-home --home-dir /home/agent --shell /bin/sh gathering-agent \
    && apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        /packages/gathering-agent_*.deb $VERSION_CONTROL \
    && /image/finish gathering-agent /home/agent export config .ssh state \
    && install -D -m 0755 /image/env.sh /home/agent/scraper/agent/env.sh \
    && ln -s scraper/agent/env.sh /home/agent/env.sh
ARG STAMP=
LABEL org.opencontainers.image.title="gathering-agent" \
    org.opencontainers.image.description="Gathers data about software projects, pseudonymises it, delivers it sealed" \
    org.opencontainers.image.licenses="Apache-2.0" \
    org.opencontainers.image.version="${STAMP:-released}" \
    org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
# The weakest of all settings: any file, and `-e` as well, say otherwise. The address is the container's; which one of
# the host's it is published at, is said when it is started.
ENV AGENT_HOME=/home/agent \
    AGENT_STATE=/home/agent/state \
    AGENT_LISTEN=0.0.0.0
WORKDIR /home/agent
USER 10001:10001
VOLUME ["/home/agent/export", "/home/agent/config", "/home/agent/.ssh", "/home/agent/state"]
EXPOSE 7070
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s CMD ["/usr/bin/agent", "health"]
ENTRYPOINT ["/usr/bin/agent"]
