# The command line as an image: docker build --tag ledgerstream .
# No compiler, no Java, no test tool, no root: the embedded servers are not for here.

FROM python:3.13-slim AS builder
WORKDIR /build

# First what changes seldom. Each file that is downloaded is known by its hash; `make lock` writes both lists.
COPY deploy/requirements.txt deploy/build-requirements.txt ./
# Without pip: what only installs stays behind in this stage.
RUN python -m venv --without-pip /opt/ledgerstream
RUN python -m pip --python /opt/ledgerstream/bin/python install --require-hashes --requirement requirements.txt
RUN python -m pip install --require-hashes --requirement build-requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY consumer consumer
COPY ledgerstream ledgerstream
COPY producer producer
COPY schemas schemas
RUN python -m hatchling build --target wheel --directory dist
RUN python -m pip --python /opt/ledgerstream/bin/python install --no-deps --no-index dist/*.whl

# The same base: the environment's Python is a link to the one of its image.
FROM python:3.13-slim
COPY --from=builder /opt/ledgerstream /opt/ledgerstream
ENV PATH=/opt/ledgerstream/bin:$PATH
# By number: Kubernetes can then check that it is not root (runAsNonRoot). It owns nothing and writes nowhere, so a
# read-only root filesystem is fine.
USER 10001:10001
ENTRYPOINT ["ledgerstream"]
