"""A stand-in for the Hub, in memory: the endpoints that the real clients call, answering as the real Hub does.

No server that could be installed here serves versioned datasets. The clients in the tests are the real ones
(huggingface_hub, datasets), over HTTP. Faults can be ordered: `Hub.faults` holds (method, part of the path) → how to
fail the next request that matches.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from xet import Xet

LICENCES = (Path(__file__).parent / "licences.txt").read_text().split()
"""The ids that the Hub takes, from huggingface_hub#4218."""

TOKEN = "hf_test"
USER = "tester"


@dataclass(frozen=True)
class Entry:
    """A file in a commit: its content's sha256, and whether it is in large file storage."""

    sha256: str
    size: int
    oid: str
    lfs: bool


@dataclass(frozen=True)
class Commit:
    oid: str
    title: str
    files: dict[str, Entry]


@dataclass
class Repo:
    """A dataset repository: its commits, oldest first, its branches and its tags."""

    private: bool
    commits: list[Commit] = field(default_factory=list)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, title: str, files: dict[str, Entry], branch: str = "main") -> Commit:
        listing = [title, len(self.commits), sorted((path, entry.sha256) for path, entry in files.items())]
        made = Commit(hashlib.sha1(json.dumps(listing).encode()).hexdigest(), title, files)
        self.commits.append(made)
        self.branches[branch] = made.oid
        return made

    def find(self, revision: str) -> Commit | None:
        oid = self.branches.get(revision) or self.tags.get(revision) or revision
        return next((commit for commit in self.commits if commit.oid == oid), None)


class Refusal(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self.response = JSONResponse({"error": message}, status, headers)


class Hub:
    """The whole state of the stand-in; with `xet`, its large files are in Xet storage."""

    def __init__(self, xet: Xet | None = None) -> None:
        self.xet = xet
        self.repos: dict[str, Repo] = {}
        self.blobs: dict[str, bytes] = {}
        self.faults: dict[tuple[str, str], int] = {}
        self.readers: set[str] = set()
        self.requests: list[str] = []

    def entry(self, data: bytes, *, lfs: bool) -> Entry:
        sha256 = hashlib.sha256(data).hexdigest()
        self.blobs[sha256] = data
        oid = sha256 if lfs else hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        return Entry(sha256, len(data), oid, lfs)

    def arrived(self, sha256: str) -> bool:
        """Tell whether a large file was uploaded, either way."""
        if sha256 not in self.blobs and self.xet is not None and (found := self.xet.find(sha256)) is not None:
            self.blobs[sha256] = self.xet.read(*found)
        return sha256 in self.blobs

    def repo(self, request: Request) -> Repo:
        repo = self.repos.get(repo_id(request))
        if repo is None or (repo.private and not authorised(request)):
            raise Refusal(401 if not authorised(request) else 404, "Repository not found", "RepoNotFound")
        return repo

    def commit(self, request: Request) -> tuple[Repo, Commit]:
        repo = self.repo(request)
        commit = repo.find(request.path_params.get("revision", "main"))
        if commit is None:
            raise Refusal(404, "Invalid rev id", "RevisionNotFound")
        return repo, commit

    def text(self, repo: str, path: str, revision: str = "main") -> str:
        commit = self.repos[repo].find(revision)
        assert commit is not None
        return self.blobs[commit.files[path].sha256].decode()

    def edit(self, repo: str, path: str, text: str) -> None:
        """Somebody edits a file on the site."""
        head = self.repos[repo].find("main")
        assert head is not None
        files = head.files | {path: self.entry(text.encode(), lfs=False)}
        self.repos[repo].commit(f"Update {path}", files)


def repo_id(request: Request) -> str:
    """Return where a repository is kept: a dataset under its name, a model under models/ and its name."""
    name = f"{request.path_params['owner']}/{request.path_params['name']}"
    is_dataset = request.url.path.startswith(("/datasets/", "/api/datasets/"))
    return name if is_dataset else f"models/{name}"


def authorised(request: Request) -> bool:
    return request.headers.get("authorization") in {f"Bearer {TOKEN}", "Bearer hf_reader"}


def writer(request: Request) -> None:
    """Refuse who may not write."""
    match request.headers.get("authorization"):
        case None:
            raise Refusal(401, "Invalid username or password.")
        case auth if auth == f"Bearer {TOKEN}":
            return
        case "Bearer hf_reader":
            raise Refusal(403, "Forbidden: you must use a write token")
        case _:
            raise Refusal(401, "Invalid credentials in Authorization header")


class Endpoints:
    """What the clients call."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub

    async def whoami(self, request: Request) -> Response:
        if not authorised(request):
            raise Refusal(401, "Invalid credentials in Authorization header")
        return JSONResponse({"type": "user", "name": USER, "fullname": USER, "orgs": [], "auth": {}})

    async def create_repo(self, request: Request) -> Response:
        writer(request)
        body = await request.json()
        name = f"{body.get('organization') or USER}/{body['name']}"
        url = f"{request.base_url}datasets/{name}"
        if body.get("type", "model") == "model":
            name, url = f"models/{name}", f"{request.base_url}{name}"
        if name in self.hub.repos:
            return JSONResponse({"error": "You already created this repo", "url": url}, 409)
        repo = self.hub.repos[name] = Repo(private=bool(body.get("private")) or body.get("visibility") == "private")
        repo.commit("initial commit", {".gitattributes": self.hub.entry(b"*.parquet filter=lfs\n", lfs=False)})
        return JSONResponse({"url": url, "name": name, "id": name.removeprefix("models/")})

    async def validate_yaml(self, request: Request) -> Response:
        """Refuse a card whose licence the Hub does not know, with its words and its status."""
        found = re.match(r"^---\r?\n(.*?)\r?\n---\r?\n", (await request.json()).get("content", ""), re.DOTALL)
        licence = (yaml.safe_load(found[1]) or {}).get("license") if found else None
        strange = {*(licence if isinstance(licence, list) else [licence])} - {None, *LICENCES}
        errors = [{"message": f'"license" must be one of [{", ".join(LICENCES)}]; got {name}'} for name in strange]
        return JSONResponse({"errors": errors, "warnings": []}, 400 if errors else 200)

    async def info(self, request: Request) -> Response:
        repo, commit = self.hub.commit(request)
        return JSONResponse(
            {
                "_id": "0",
                "id": repo_id(request),
                "sha": commit.oid,
                "private": repo.private,
                "gated": False,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "lastModified": "2026-01-01T00:00:00.000Z",
                "createdAt": "2026-01-01T00:00:00.000Z",
                "siblings": [{"rfilename": path} for path in sorted(commit.files)],
            }
        )

    async def refs(self, request: Request) -> Response:
        repo = self.hub.repo(request)

        def listed(kind: str, names: dict[str, str]) -> list[dict[str, str]]:
            return [{"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": oid} for name, oid in names.items()]

        return JSONResponse(
            {"branches": listed("heads", repo.branches), "tags": listed("tags", repo.tags), "converts": []}
        )

    async def commits(self, request: Request) -> Response:
        repo, _ = self.hub.commit(request)
        return JSONResponse(
            [
                {
                    "id": commit.oid,
                    "title": commit.title,
                    "message": "",
                    "authors": [],
                    "date": "2026-01-01T00:00:00.000Z",
                }
                for commit in reversed(repo.commits)
            ]
        )

    @staticmethod
    def described(path: str, entry: Entry) -> dict[str, object]:
        found: dict[str, object] = {"type": "file", "path": path, "size": entry.size, "oid": entry.oid}
        if entry.lfs:
            found["lfs"] = {"oid": entry.sha256, "size": entry.size, "pointerSize": 130}
        return found

    async def tree(self, request: Request) -> Response:
        _, commit = self.hub.commit(request)
        folder = request.path_params.get("path", "").strip("/")
        prefix = f"{folder}/" if folder else ""
        inside = {path: entry for path, entry in sorted(commit.files.items()) if path.startswith(prefix)}
        if folder and not inside:
            raise Refusal(404, f"{folder} does not exist", "EntryNotFound")
        recursive = request.query_params.get("recursive", "").lower() in {"1", "true"}
        found: dict[str, dict[str, object]] = {}
        for path, entry in inside.items():
            head, *rest = path.removeprefix(prefix).split("/")
            if rest:
                found.setdefault(
                    prefix + head, {"type": "directory", "path": prefix + head, "oid": "0" * 40, "size": 0}
                )
            if recursive or not rest:
                found[path] = self.described(path, entry)
        return JSONResponse(list(found.values()))

    async def paths_info(self, request: Request) -> Response:
        _, commit = self.hub.commit(request)
        body = await request.json() if "json" in request.headers.get("content-type", "") else await request.form()
        paths = body["paths"] if isinstance(body, dict) else body.getlist("paths")
        return JSONResponse([self.described(path, commit.files[path]) for path in paths if path in commit.files])

    async def preupload(self, request: Request) -> Response:
        writer(request)
        _, commit = self.hub.commit(request)
        answer = []
        for file in (await request.json())["files"]:
            there = commit.files.get(file["path"])
            lfs = file["path"].endswith((".parquet", ".safetensors"))
            answer.append(
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if lfs else "regular",
                    "shouldIgnore": False,
                    **({"oid": there.oid} if there else {}),
                }
            )
        return JSONResponse({"files": answer})

    async def lfs_batch(self, request: Request) -> Response:
        writer(request)
        objects = []
        for item in (await request.json())["objects"]:
            if item["oid"] not in self.hub.blobs:
                item["actions"] = {"upload": {"href": f"{request.base_url}lfs/{item['oid']}"}}
            objects.append(item)
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def lfs_put(self, request: Request) -> Response:
        data = await request.body()
        if hashlib.sha256(data).hexdigest() != request.path_params["oid"]:
            raise Refusal(400, "content does not match its oid")
        self.hub.blobs[request.path_params["oid"]] = data
        return Response()

    async def xet_token(self, request: Request) -> Response:
        if request.path_params["kind"] == "write":
            writer(request)
        self.hub.repo(request)
        if self.hub.xet is None:
            raise Refusal(404, "Xet is not enabled here")
        return JSONResponse(self.hub.xet.token, headers=self.hub.xet.headers)

    async def make_commit(self, request: Request) -> Response:
        writer(request)
        repo, head = self.hub.commit(request)
        files, title = dict(head.files), ""
        for line in (await request.body()).splitlines():
            item = json.loads(line)
            value = item["value"]
            match item["key"]:
                case "header":
                    title = value["summary"]
                    if value.get("parentCommit") not in (None, head.oid):
                        raise Refusal(412, "A commit has happened since. Please refresh and try again.")
                case "file":
                    files[value["path"]] = self.hub.entry(base64.b64decode(value["content"]), lfs=False)
                case "lfsFile":
                    if not self.hub.arrived(value["oid"]):
                        raise Refusal(400, "LFS pointer pointed to a file that does not exist")
                    files[value["path"]] = self.hub.entry(self.hub.blobs[value["oid"]], lfs=True)
                case "deletedFile":
                    del files[value["path"]]
                case "deletedFolder":
                    files = {path: entry for path, entry in files.items() if not path.startswith(value["path"])}
        made = repo.commit(title, files, request.path_params["revision"])
        folder = "datasets/" if request.path_params["type"] == "datasets" else ""
        url = f"{request.base_url}{folder}{repo_id(request).removeprefix('models/')}/commit/{made.oid}"
        return JSONResponse({"success": True, "commitOid": made.oid, "commitUrl": url})

    async def tag(self, request: Request) -> Response:
        writer(request)
        repo, commit = self.hub.commit(request)
        name = (await request.json())["tag"]
        if name in repo.tags:
            raise Refusal(409, "Tag reference exists already")
        repo.tags[name] = commit.oid
        return JSONResponse({})

    async def resolve(self, request: Request) -> Response:
        _, commit = self.hub.commit(request)
        entry = commit.files.get(request.path_params["path"])
        headers = {"X-Repo-Commit": commit.oid, "Accept-Ranges": "bytes"}
        if entry is None:
            refusal = Refusal(404, "Entry not found", "EntryNotFound")
            refusal.response.headers.update(headers)
            raise refusal
        data = self.hub.blobs[entry.sha256]
        headers["ETag"] = f'"{entry.oid}"'
        if entry.lfs:
            headers |= {"X-Linked-Etag": f'"{entry.sha256}"', "X-Linked-Size": str(entry.size)}
            if self.hub.xet is not None and (found := self.hub.xet.find(entry.sha256)) is not None:
                route = f"{request.base_url}api/datasets/{repo_id(request)}/xet-read-token/{commit.oid}"
                headers |= {"X-Xet-Hash": found[0], "X-Xet-Refresh-Route": route}
        status = 200
        asked = request.headers.get("range", "").removeprefix("bytes=")
        if asked and request.method == "GET":
            first, _, last = asked.partition("-")
            start, end = int(first), min(int(last) if last else len(data) - 1, len(data) - 1)
            headers["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            data, status = data[start : end + 1], 206
        if request.method == "HEAD":
            return Response(headers=headers | {"Content-Length": str(len(data))})
        return Response(data, status, headers, "application/octet-stream")

    async def refused(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return error.response

    def app(self) -> Starlette:
        api, repo = "/api/{type}/{owner}/{name}", "/{owner}/{name}"
        routes = [
            Route("/api/whoami-v2", self.whoami),
            Route("/api/repos/create", self.create_repo, methods=["POST"]),
            Route("/api/validate-yaml", self.validate_yaml, methods=["POST"]),
            Route(f"{api}/refs", self.refs),
            Route(f"{api}/commits/{{revision}}", self.commits),
            Route(f"{api}/tree/{{revision}}", self.tree),
            Route(f"{api}/tree/{{revision}}/{{path:path}}", self.tree),
            Route(f"{api}/paths-info/{{revision}}", self.paths_info, methods=["POST"]),
            Route(f"{api}/preupload/{{revision}}", self.preupload, methods=["POST"]),
            Route(f"{api}/commit/{{revision}}", self.make_commit, methods=["POST"]),
            Route(f"{api}/tag/{{revision}}", self.tag, methods=["POST"]),
            Route(f"{api}/xet-{{kind}}-token/{{revision}}", self.xet_token),
            Route(f"{api}/revision/{{revision}}", self.info),
            Route(api, self.info),
            Route("/lfs/{oid}", self.lfs_put, methods=["PUT"]),
            Route("/datasets/{owner}/{name}.git/info/lfs/objects/batch", self.lfs_batch, methods=["POST"]),
            Route(f"/datasets{repo}/resolve/{{revision}}/{{path:path}}", self.resolve, methods=["GET", "HEAD"]),
            Route("/{owner}/{name}.git/info/lfs/objects/batch", self.lfs_batch, methods=["POST"]),
            Route(f"{repo}/resolve/{{revision}}/{{path:path}}", self.resolve, methods=["GET", "HEAD"]),
        ]
        return Starlette(routes=routes, exception_handlers={Refusal: self.refused})


class Faulty:
    """Lets the orders in `Hub.faults` happen: an HTTP status, or 0 for an answer lost after the work was done."""

    def __init__(self, app: Starlette, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._hub.requests.append(f"{scope['method']} {scope['path']}")
        status = self._ordered(scope["method"], scope["path"])
        if status is None:
            await self._app(scope, receive, send)
        elif status:
            await JSONResponse({"error": "ordered"}, status)(scope, receive, send)
        else:

            async def swallow(message: object) -> None:
                return

            await self._app(scope, receive, swallow)
            raise ConnectionResetError("the answer is lost, as ordered")

    def _ordered(self, method: str, path: str) -> int | None:
        for (wanted, part), status in list(self._hub.faults.items()):
            if wanted == method and part in path:
                del self._hub.faults[wanted, part]
                return status
        return None


@contextmanager
def serving(hub: Hub) -> Iterator[str]:
    """Serve on a free port of the loopback interface and yield the address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(Faulty(Endpoints(hub).app(), hub), log_level="critical", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
