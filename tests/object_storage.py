"""An S3 server of this process, moto's: no disk, no network beyond this machine."""

import logging
import os
from contextlib import contextmanager
from urllib.request import Request, urlopen

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

KEY_ID, SECRET_KEY, TOKEN = "AKIAOFATEST", "sEcReT/of+a'test", "tOkEn/of+a/test"
HIDDEN = (SECRET_KEY, TOKEN)
NO_FILE = os.devnull  # in place of what the machine's user has configured
BUCKET = "a-bucket"


class ObjectStorage:
    """The server, and the environment that leads to it."""

    def __init__(self, server):
        host, port = server.get_host_and_port()
        self.address = f"http://{host}:{port}"
        self.environment = {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": "eu-west-1",
            "AWS_CONFIG_FILE": NO_FILE,
            "AWS_SHARED_CREDENTIALS_FILE": NO_FILE,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.client = boto3.client(
            "s3",
            endpoint_url=self.address,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET_KEY,
            region_name="eu-west-1",
        )
        where = {"LocationConstraint": "eu-west-1"}
        self.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)

    def put(self, key, content):
        self.client.put_object(Bucket=BUCKET, Key=key, Body=content)

    def put_many(self, keys, content):
        """Without a request each."""
        for key in keys:
            s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(BUCKET, key, content)

    def delete(self, key):
        self.client.delete_object(Bucket=BUCKET, Key=key)

    def keys(self, prefix=""):
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [listed["Key"] for page in pages for listed in page.get("Contents", ())]

    def put_folder(self, folder, prefix):
        """Copies a folder as `aws s3 sync` does."""
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            self.put(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())

    @contextmanager
    def asking_who(self):
        """Meanwhile the server knows nobody, so it refuses whoever asks."""
        self._ask_from("0")
        try:
            yield
        finally:
            self._ask_from("inf")

    def _ask_from(self, request):
        headers = {"Content-Type": "text/plain"}
        urlopen(Request(f"{self.address}/moto-api/reset-auth", request.encode(), headers))


@contextmanager
def object_storage():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request, else
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    try:
        yield ObjectStorage(server)
    finally:
        server.stop()
