# The toolkit alone, for `toolkit serve` in compose.yaml and for jobs of a CI; Label Studio has its own image.
FROM python:3.13-slim
COPY . /src
RUN pip install --no-cache-dir '/src[documents]' && rm -rf /src && useradd --create-home worker
USER worker
WORKDIR /project
ENTRYPOINT ["toolkit"]
