# Packs what bin/build made: run that first, on a system with the same C library. Needs a DATABASE_URL to run.
FROM debian:13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin usher \
    && install --directory --mode=0700 --owner=usher --group=usher /data
COPY target/release/usher target/release/hash.txt /opt/usher/
COPY target/release/site /opt/usher/site
ENV USHER_LISTEN=0.0.0.0:3000 USHER_DATA_DIR=/data
USER usher
WORKDIR /data
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["/opt/usher/usher"]
CMD ["serve"]
