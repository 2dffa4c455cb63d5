"""An S3 endpoint (moto) with one bucket.

Moto keeps everything in memory. Stopping writes the bucket's objects under ``root``, and starting loads them again. So
a stack that was stopped normally continues; one that was killed has lost everything since the last start.
"""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from demo.kept import kept
from demo.port_server import PortServer

BUCKET, REGION, USUAL_PORT = "exports", "us-east-1", 5555
DESCRIPTIONS = ".descriptions.json"


class S3Server(PortServer):
    """The bucket ``exports``; its objects are files under ``root`` while the server is stopped."""

    name = "The S3 server"

    def __init__(self, folder: Path, root: Path, *, usual_port: int | None = USUAL_PORT) -> None:
        super().__init__(folder, usual_port)
        self.root, self.bucket, self.region = root.resolve(), BUCKET, REGION

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def keys(self) -> dict[str, str]:
        """Access key and secret key. Moto does not check them; they are random so that a leak can be found."""
        make = lambda: {"access": f"AKIA{secrets.token_hex(8).upper()}", "secret": secrets.token_urlsafe(30)}  # noqa: E731
        return kept(self.folder / "login.json", make)

    def client(self) -> Any:
        """Return a boto3 client for this endpoint."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name=self.region,
            aws_access_key_id=self.keys["access"],
            aws_secret_access_key=self.keys["secret"],
            config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
        )

    def prepare(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)

    def module(self) -> list[str | Path]:
        return ["moto.server", "-H", "127.0.0.1", "-p", str(self.port)]

    def start(self) -> None:
        super().start()
        self.client().create_bucket(Bucket=self.bucket)
        self._load()

    def stop(self) -> None:
        if self.is_alive:
            with suppress(BotoCoreError, ClientError):
                self.keep()
        super().stop()

    def keep(self) -> None:
        """Write the current objects to disk; remove files of objects that no longer exist."""
        client, descriptions = self.client(), {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for entry in page.get("Contents", []):
                answer = client.get_object(Bucket=self.bucket, Key=entry["Key"])
                file = self.root / entry["Key"]
                if not file.resolve().is_relative_to(self.root):
                    continue  # a key such as ../../x is legal in S3 and must not climb out of the folder here
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("wb") as output:
                    for chunk in answer["Body"].iter_chunks(1 << 20):
                        output.write(chunk)
                descriptions[entry["Key"]] = {"ContentType": answer["ContentType"], "Metadata": answer["Metadata"]}
        (self.root / DESCRIPTIONS).write_text(json.dumps(descriptions, indent=1))
        for file in self.root.rglob("*"):
            if file.is_file() and str(file.relative_to(self.root)) not in descriptions | {DESCRIPTIONS: None}:
                file.unlink()

    def _load(self) -> None:
        if (self.root / DESCRIPTIONS).exists():
            for key, description in json.loads((self.root / DESCRIPTIONS).read_text()).items():
                with (self.root / key).open("rb") as body:
                    self.client().put_object(Bucket=self.bucket, Key=key, Body=body, **description)
