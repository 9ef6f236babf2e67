"""Requests to object storage: boto3's client, as the environment says, and its errors as lines of ours."""

import os
from contextlib import contextmanager
from functools import lru_cache

from kardashev.errors import LandingError

CONNECTIONS = 32  # of one process at once: what is small takes a round trip each, whatever its size
ATTEMPTS = 5
GONE, EMPTY = ("NoSuchKey", "404"), ("InvalidRange", "416")
NOT_OURS = ("AccessDenied", "403")


def client():
    """boto3's client, as the environment has it now."""
    return session_and_client()[1]


def session_and_client():
    named = (item for item in os.environ.items() if item[0].startswith("AWS_"))
    return _connected(tuple(sorted(named)))


@lru_cache(maxsize=1)
def _connected(_environment):
    """boto3's session and client, made once for what the environment says."""
    import boto3
    from botocore.config import Config

    session = boto3.Session(region_name=os.environ.get("AWS_REGION"))
    config = Config(
        retries={"mode": "standard", "max_attempts": ATTEMPTS}, max_pool_connections=CONNECTIONS
    )
    return session, session.client("s3", config=config)


@contextmanager
def told(path):
    """What the storage answers as errors of ours: codes alone, for its own words may repeat a key."""
    from botocore import exceptions

    try:
        yield
    except exceptions.ClientError as error:
        code = error.response.get("Error", {}).get("Code", "?")
        raise _answer(path, code, error.operation_name) from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
        raise LandingError(
            f"{path} needs credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
        ) from None
    except (exceptions.ConnectionError, exceptions.HTTPClientError) as error:
        raise LandingError(
            f"{path} cannot be reached ({type(error).__name__}): check the network, AWS_ENDPOINT_URL and "
            "AWS_REGION"
        ) from None
    except (exceptions.BotoCoreError, ValueError) as error:
        raise LandingError(
            f"{path} cannot be read ({type(error).__name__}): check the AWS_ variables and the AWS "
            "configuration"
        ) from None


def _answer(path, code, operation):
    if code == "NoSuchBucket" or (code in GONE and operation in ("HeadBucket", "ListObjectsV2")):
        return LandingError(f"there is no bucket {path.bucket}: check KARDASHEV_LANDING")
    if code in GONE:
        return FileNotFoundError("there is no object of this name")
    if code in EMPTY:
        return OSError("it is empty")
    if code in NOT_OURS and operation == "GetObject":
        return PermissionError("the credentials may not read it")
    return LandingError(
        f"{path} is refused ({code}): check the credentials, AWS_ACCESS_KEY_ID and the like, and what they "
        "may do"
    )
