# The trunkline process: API, mail, router and projections of a small centre in one image.
# Built in two steps so that pip, hatchling and the sources stay out of what runs.
FROM python:3.13-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements requirements
RUN python -m venv /opt/trunkline \
 && /opt/trunkline/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/runtime.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/build.lock
COPY . .
# The router compiled: docs/decisions/0038-the-router-may-be-compiled.md.
RUN HATCH_BUILD_HOOK_ENABLE_MYPYC=1 /opt/build/bin/python -m hatchling build -t wheel -d /wheel \
 && /opt/trunkline/bin/pip install --no-cache-dir --no-deps --no-index /wheel/*.whl

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/trunkline --create-home trunkline
COPY --from=build /opt/trunkline /opt/trunkline
ENV PATH=/opt/trunkline/bin:$PATH PYTHONUNBUFFERED=1
USER trunkline
WORKDIR /var/lib/trunkline
VOLUME /var/lib/trunkline
EXPOSE 8080 2525
ENTRYPOINT ["trunkline"]
CMD ["serve"]
