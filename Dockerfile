# Packs what bin/build made: run that first, on a system whose C library is no newer. Needs a DATABASE_URL to run.
FROM debian:13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 usher \
    && useradd --uid 10001 --gid usher --no-create-home --home-dir /data --shell /usr/sbin/nologin usher \
    && install --directory --mode=0700 --owner=usher --group=usher /data
COPY target/release/usher target/release/hash.txt /opt/usher/
COPY target/release/site /opt/usher/site
ENV USHER_LISTEN=0.0.0.0:3000 USHER_DATA_DIR=/data
# By number, so that an orchestrator sees that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
# Whether the process answers; /readyz is for whoever sends requests here. The image has no curl.
HEALTHCHECK --start-period=1m --interval=30s --timeout=5s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/3000 && printf 'GET /livez HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -u 3 line && [[ $line == *' 200 '* ]]"]
ENTRYPOINT ["/opt/usher/usher"]
CMD ["serve"]
