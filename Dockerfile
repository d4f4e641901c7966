# The workbench with everything that it needs, for a processor or for NVIDIA's graphics cards.
#
#   docker build -t slm-workbench .                                  torch as the package index has it
#   docker build -t slm-workbench --build-arg TORCH_INDEX=ADDRESS .  and as this index has it, too
#
# The usual torch for Linux brings what graphics cards need (several GB); name an index with its
# builds for processors where there is none. See docs/deployment.md.
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS build
ARG TORCH_INDEX=""
ENV PIP_EXTRA_INDEX_URL=${TORCH_INDEX} PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /opt/slm-workbench
COPY locks ./locks
COPY scripts/setup.py ./scripts/setup.py
COPY storage ./storage
COPY workbench ./workbench
RUN python scripts/setup.py
COPY . .
# A root file system that is read only takes no bytecode later.
RUN .venv/bin/python -m compileall -q app.py pages storage workbench .venv/lib

FROM python:${PYTHON}-slim-bookworm
# Fonts are for reports in other scripts; bubblewrap is for WORKBENCH_ISOLATE.
RUN apt-get update \
  && apt-get install -y --no-install-recommends bubblewrap fonts-dejavu-core libgomp1 \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 10001 workbench \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin workbench \
  && install -d -o 10001 -g 10001 -m 0700 /data
COPY --from=build /opt/slm-workbench /opt/slm-workbench
WORKDIR /opt/slm-workbench
ENV PATH=/opt/slm-workbench/.venv/bin:$PATH \
  HOME=/tmp \
  PYTHONDONTWRITEBYTECODE=1 \
  PYTHONUNBUFFERED=1 \
  WORKBENCH_HOME=/data \
  WORKBENCH_WORKER=service
VOLUME /data
USER 10001:10001
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s \
  CMD ["python", "scripts/deployment/health.py", "web", "8501"]
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.port", "8501"]
