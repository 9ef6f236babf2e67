"""A landing in object storage, ``s3://bucket/prefix``: its paths, its listing, and DuckDB's way to it.

boto3 lists and fetches, and finds the credentials where every AWS tool does. DuckDB's extension httpfs reads
rows. It gets the credentials in a secret in memory: no file, no view and no message of ours holds them.
"""

import calendar
import hashlib
import io
import re
import threading
from importlib import util
from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from urllib.parse import urlsplit

import duckdb

from kardashev.errors import LandingError, SettingError
from kardashev.landing.storage_client import client, session_and_client, told

SCHEME = "s3://"
SECRET = "kardashev_landing"
TAKEN_FROM_ENVIRONMENT = ("s3_access_key_id", "s3_secret_access_key", "s3_session_token")
STATUS_GONE = (404, 416)
OUTAGE = re.compile(r"IO Error: .* error for HTTP [A-Z]+ to ")
LISTS = re.compile(r"_.+\.replaces")  # as `kardashev.landing.replacement` names them
EMPTY_PART, SHOWN_EMPTY_PART = "//", "/\\x2f"
_lock = threading.Lock()


class ObjectPath(PurePosixPath):
    """A path in object storage, with what readers and writers of a landing ask of a `Path`."""

    def __str__(self):
        text = super().__str__()
        return f"s3:/{text}" if text.startswith("/") else text

    @property
    def bucket(self):
        return self.parts[1]

    @property
    def key(self):
        return "/".join(self.parts[2:])

    def absolute(self):
        return self

    def is_dir(self):
        """Whether there is any object below it."""
        return next(_pages(self.bucket, _folder_key(self), 1), None) is not None

    def exists(self):
        try:
            self.stat()
        except FileNotFoundError:
            return False
        return True

    is_file = exists

    def stat(self):
        """Size, time and ETag of the object, under the names that `os.stat` has for these."""
        with told(self):
            head = client().head_object(Bucket=self.bucket, Key=self.key)
        return _stat(head["ContentLength"], head["LastModified"], head["ETag"])

    def glob(self, pattern):
        """The objects right below it whose names match."""
        below = (self / entry.path[len(str(self)) + 1 :] for entry in objects_below(self))
        return (path for path in below if path.parent == self and path.match(pattern))

    def read(self, first=None, last=None):
        """The object's bytes; its first, or its last so many.

        Raises
        ------
        FileNotFoundError, PermissionError
            When there is none, or it may not be read.
        LandingError
            When the storage cannot be asked.
        """
        part = f"bytes=0-{first - 1}" if first else f"bytes=-{last}" if last else None
        with told(self):
            asked = {"Range": part} if part else {}
            found = client().get_object(Bucket=self.bucket, Key=self.key, **asked)
            return found["Body"].read()

    def write(self, content):
        """Puts the object: it is there whole, or as it was."""
        with told(self):
            client().put_object(Bucket=self.bucket, Key=self.key, Body=content)


def object_path(text):
    """The path that ``s3://bucket/prefix`` names.

    Raises
    ------
    SettingError
        When it names no bucket, or what reads it is not installed.
    """
    path = ObjectPath(f"/{text.removeprefix(SCHEME).strip('/')}")
    if len(path.parts) < 2:
        raise SettingError(f"{text!r} names no bucket: give s3://bucket/prefix")
    if not (util.find_spec("boto3") and util.find_spec("duckdb_extension_httpfs")):
        raise SettingError(
            f"{text} needs boto3 and duckdb-extension-httpfs: pip install 'kardashev[s3]'"
        )
    return path


def landing_path(place):
    """A landing as a path: of object storage as it is, anything else as a folder."""
    return place if isinstance(place, ObjectPath) else Path(place)


def opened(path):
    """A landed file as pyarrow opens it."""
    return io.BytesIO(path.read()) if isinstance(path, ObjectPath) else path


def objects_below(root, start=""):
    """The objects below a folder, by a listing of 1,000 a request, without names that folders pass over too.

    Parameters
    ----------
    root : ObjectPath
    start : str, what their paths below it begin with

    Returns
    -------
    list of objects with ``path``, a str, and ``stat()``, as those of `os.scandir`

    Raises
    ------
    LandingError
        When the storage cannot be asked, or a compaction was copied before it had ended.
    """
    folder, found = _folder_key(root), []
    for listed in _pages(root.bucket, f"{folder}{start}"):
        key = listed["Key"]
        *_, name = parts = key.removeprefix(folder).split("/")
        if LISTS.fullmatch(name):
            raise LandingError(
                f"{SCHEME}{root.bucket}/{key} is of a compaction that had not ended when this was copied: "
                "run `kardashev compact` on the folder, and copy it again without what is gone there"
            )
        if name and not any(part.startswith((".", "_")) for part in parts):
            found.append(_Listed(root, listed))
    return found


class _Listed:
    """An object as a listing describes it."""

    def __init__(self, root, listed):
        key = listed["Key"].removeprefix(_folder_key(root))
        self.is_path = EMPTY_PART not in f"/{key}"
        # What no path can name stands for no file, and cannot be used.
        self.path = f"{root}/{key.replace(EMPTY_PART, SHOWN_EMPTY_PART)}"
        self._stat = _stat(listed["Size"], listed["LastModified"], listed["ETag"])

    def stat(self):
        if not self.is_path:
            raise FileNotFoundError(self.path)
        return self._stat


def prepare(connection, path):
    """Lets DuckDB read where a landing is; does nothing for a folder.

    It may be asked again at any time: credentials that were renewed meanwhile take the place of the former.
    """
    if not isinstance(path, ObjectPath):
        return
    with _lock, told(path):
        session, asking = session_and_client()
        credentials = session.get_credentials()
        frozen = credentials and credentials.get_frozen_credentials()
        known = connection.execute(
            f"select secret_string from duckdb_secrets() where name = '{SECRET}'"
        ).fetchone()
        key_id = frozen.access_key if frozen else ""
        if known and f";key_id={key_id};" in f";{known[0]};":
            return
        _load_httpfs(connection)
        values = _secret(asking, path.bucket, frozen)
        text = ", ".join(f"{name} {_literal(value)}" for name, value in values.items())
        try:
            connection.execute(f"create or replace temporary secret {SECRET} (type s3, {text})")
        except duckdb.Error:  # whose message would repeat the statement
            raise LandingError(f"DuckDB does not take the credentials of {path}") from None


def raise_if_outage(path, error):
    """Raises LandingError where DuckDB failed for the storage's sake, not for the file's."""
    is_answer = isinstance(error, duckdb.HTTPException)
    is_outage = error.status_code not in STATUS_GONE if is_answer else OUTAGE.match(str(error))
    if is_outage and isinstance(path, ObjectPath):
        reason = " ".join(str(error).split("LINE 1:")[0].split())
        raise LandingError(f"{path} cannot be read: {reason}") from None


def _secret(asking, bucket, frozen):
    address = urlsplit(asking.meta.endpoint_url)
    head = asking.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    values = {"region": head.get("x-amz-bucket-region") or asking.meta.region_name or "us-east-1"}
    if not (address.hostname or "").endswith(".amazonaws.com"):
        values |= {"endpoint": address.netloc.rpartition("@")[2], "url_style": "path"}
        values["use_ssl"] = address.scheme == "https"
    if frozen:
        values |= {"key_id": frozen.access_key, "secret": frozen.secret_key}
        values |= {"session_token": frozen.token} if frozen.token else {}
    return values


def _load_httpfs(connection):
    folder = Path(util.find_spec("duckdb_extension_httpfs").origin).parent
    extension = folder / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not extension.exists():
        raise SettingError(
            f"duckdb-extension-httpfs is not of DuckDB {duckdb.__version__}: pip install 'kardashev[s3]'"
        )
    connection.execute(f"load {_literal(extension)}")
    # A path stands for itself: no patterns, and no options after a question mark.
    connection.execute("set global s3_url_compatibility_mode = true")
    # A file is asked for its size once, not by each query; if it changes meanwhile, its listing says so.
    connection.execute("set global enable_http_metadata_cache = true")
    for name in TAKEN_FROM_ENVIRONMENT:  # where whoever has the connection could read it
        connection.execute(f"set global {name} = ''")


def _literal(value):
    return (
        str(value).lower() if isinstance(value, bool) else "'" + str(value).replace("'", "''") + "'"
    )


def _folder_key(path):
    return f"{path.key}/" if path.key else ""


def _pages(bucket, prefix, limit=None):
    """What is listed of objects whose keys begin so."""
    with told(ObjectPath(f"/{bucket}/{prefix}")):
        config = {"MaxItems": limit} if limit else {}
        pages = client().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix, PaginationConfig=config):
            yield from page.get("Contents", ())


def _stat(size, modified, etag):
    """Size and time as of a file; the ETag, which each writing changes, in its inode's place."""
    digest = hashlib.blake2b(etag.encode(), digest_size=8).digest()
    time_ns = calendar.timegm(modified.utctimetuple()) * 10**9 + modified.microsecond * 1000
    return SimpleNamespace(
        st_size=size,
        st_mtime_ns=time_ns,
        st_ino=int.from_bytes(digest, "big", signed=True),
        st_ctime_ns=time_ns,
    )
