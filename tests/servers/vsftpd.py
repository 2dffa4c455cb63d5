"""Debian's vsftpd: it requires TLS, and a data connection must continue the session of the control connection."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.servers.certificate import write_certificate

VSFTPD = shutil.which("vsftpd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
HOW_TO_GET = "NOT CHECKED: vsftpd is not installed; `apt-get install vsftpd` to also test a real FTPS server"
ACCOUNT = "ftp"
"""Debian's package makes it."""
CONFIGURATION = """
one_process_model=YES
listen=YES
listen_address=127.0.0.1
background=NO
anonymous_enable=YES
no_anon_password=NO
anon_root={root}
ftp_username={account}
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_umask=022
write_enable=YES
listen_port={port}
pasv_enable=YES
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl=YES
require_ssl_reuse=YES
rsa_cert_file={certificate}
rsa_private_key_file={certificate}
secure_chroot_dir={empty}
seccomp_sandbox=NO
xferlog_enable=NO
"""


class Vsftpd:
    """Serve ``root/in`` to the user ``ftp`` with any password."""

    def __init__(self, folder: Path) -> None:
        assert VSFTPD is not None
        self.root, self.certificate = folder / "root", folder / "certificate.pem"
        (self.root / "in").mkdir(parents=True)
        self.root.chmod(0o555)  # vsftpd refuses a writable root
        (folder / "empty").mkdir()
        shutil.chown(self.root / "in", ACCOUNT)
        write_certificate(self.certificate, is_rsa=True)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        places = {"root": self.root, "certificate": self.certificate, "empty": folder / "empty"}
        self._configuration = folder / "vsftpd.conf"
        self._configuration.write_text(CONFIGURATION.format(port=self.port, account=ACCOUNT, **places).lstrip())

    def __enter__(self) -> Vsftpd:
        self._process = subprocess.Popen([str(VSFTPD), str(self._configuration)], stdout=subprocess.PIPE)
        deadline = time.monotonic() + 10
        while not self._answers():
            assert self._process.poll() is None, self._process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)
