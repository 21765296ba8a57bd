"""Offline copies under another key: SQLCipher encrypts the file anew in one transaction, or leaves it as it was."""

from pathlib import Path
from typing import Any, Final

from bcdesk.store.cache_file import CacheFile
from bcdesk.store.vault import Vault

_BUSY_SECONDS: Final = 2.0


def opened(path: Path, vault: Vault) -> CacheFile:
    """Open the copy at ``path`` under the vault's present key, which it is given where it has the one before."""
    bring_over(path, vault)
    return CacheFile(path, vault.key_for(_about(path)))


def bring_over(path: Path, vault: Vault) -> None:
    """Give the copy at ``path`` the vault's present key where it has the one before; raise OSError where it cannot."""
    old = vault.old_key_for(_about(path))
    if old is None or not path.is_file():
        return
    from sqlcipher3 import dbapi2

    database: Any = dbapi2.connect(path, isolation_level=None, timeout=_BUSY_SECONDS)
    try:
        database.execute("PRAGMA cipher_log_level = NONE")
        database.execute(f"PRAGMA key = \"x'{old.hex()}'\"")
        database.execute("PRAGMA temp_store = MEMORY")
        try:
            database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except dbapi2.DatabaseError:
            return  # it has the new key already, or neither: whoever opens it will see
        database.execute(f"PRAGMA rekey = \"x'{vault.key_for(_about(path)).hex()}'\"")
    except dbapi2.Error as error:
        raise OSError(0, "the offline copy cannot be given another key") from error
    finally:
        database.close()


def _about(path: Path) -> str:
    return f"cache/{path.stem}"
