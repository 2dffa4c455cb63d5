"""SFTP logins of partners: two secrets, an expired one, or a question in any language."""

from __future__ import annotations

from typing import Any

import asyncssh

from tests.servers.sftp_faults import PASSWORD, USER, ServedLogin


class WantsTwoSecrets(ServedLogin):
    """The first correct secret is a partial success (RFC 4252): then only the method ``second`` is left."""

    first, second = "publickey", "password"
    proven = 0

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        super().connection_made(conn)
        let_in: Any = conn.send_userauth_success
        self.proven = 0

        async def half_way() -> None:
            self.proven += 1
            if self.proven == 1:
                conn.send_userauth_failure(partial_success=True)
            else:
                await let_in()

        conn.send_userauth_success = half_way

    @property
    def _wanted(self) -> str:
        return self.second if self.proven else self.first

    def public_key_auth_supported(self) -> bool:
        return self._wanted == "publickey"

    def password_auth_supported(self) -> bool:
        return self._wanted == "password"

    def kbdint_auth_supported(self) -> bool:
        return self._wanted == "keyboard-interactive"

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Passwort: ", False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self._server.seen.password_attempts += 1
        return username == USER and responses == [PASSWORD]


class KeyThenQuestion(WantsTwoSecrets):
    """The same, but keyboard-interactive asks for the password."""

    second = "keyboard-interactive"


class PasswordThenKey(WantsTwoSecrets):
    """The other way round."""

    first, second = "password", "publickey"


class ListsBothMethods(WantsTwoSecrets):
    """It always lists every method, so a client cannot see in the list what is still needed."""

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def kbdint_auth_supported(self) -> bool:
        return False


class PasswordExpired(ServedLogin):
    """Its banner says to everybody that the password has expired, and it rejects the password."""

    def begin_auth(self, username: str) -> bool:
        self._conn.send_auth_banner("Your password has expired.\r\n")
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.seen.password_attempts += 1
        return False


class AsksInAnyLanguage(ServedLogin):
    """Only keyboard-interactive, with one hidden question."""

    question = "Пароль: "

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return True

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [(self.question, False)]

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        self._server.seen.password_attempts += 1
        return username == USER and responses == [PASSWORD]
