"""What people were told and given so far; whatever happens, the server and every secret must agree with it."""

from dataclasses import dataclass, field

import httpx

from tests.e2e.kill.facts import Disk


class LostError(AssertionError):
    """Something acknowledged is lost, doubled or undelivered."""


@dataclass
class Known:
    """A key that somebody has: its secrets by version, with whether each should open the API."""

    id: str
    name: str
    environment: str
    revoked: bool = False
    used: bool = False
    rotated: bool = False
    secrets: dict[str, tuple[str, bool]] = field(default_factory=dict, repr=False)

    def give(self, version: str, secret: str, *, ends: bool) -> None:
        """Note a secret that was handed over; ``ends``: those before it open nothing any more."""
        if ends:
            self.secrets = {one: (value, False) for one, (value, _) in self.secrets.items()}
        self.secrets[version] = (secret, True)

    def revoke(self) -> None:
        """Note that none of its secrets works any more."""
        self.revoked = True


class Ledger:
    """All keys that were made."""

    def __init__(self) -> None:
        self.keys: dict[str, Known] = {}
        self.opened = 0

    def check_disk(self, disk: Disk) -> None:
        """Hold the database to what is known: the same keys, none twice, the same ends."""
        rows = {row.id: row for row in disk.rows()}
        extra, missing = set(rows).difference(self.keys), set(self.keys).difference(rows)
        demand(not extra, f"{len(extra)} keys that nobody was given: {sorted(extra)}")
        demand(not missing, f"{len(missing)} keys are lost: {sorted(missing)}")
        for id, known in self.keys.items():
            row = rows[id]
            demand(row.revoked == known.revoked, f"{known.name}: revoked is {row.revoked}, not {known.revoked}")
            waiting = [version for version, state in row.handovers if state == "waiting"]
            demand(not waiting, f"{known.name}: a secret still waits")
            unknown = {version for version, state in row.handovers if state == "handed_over"} - known.secrets.keys()
            demand(not unknown, f"{known.name}: the server thinks that {unknown} was handed over")

    def check_secrets(self, base_url: str, *ids: str) -> None:
        """Open the API with every secret of these keys (of all by default): 200 where it should work, else 401."""
        with httpx.Client(base_url=base_url, trust_env=False, timeout=30) as caller:
            for id in ids or tuple(self.keys):
                known = self.keys[id]
                for version, (secret, works) in known.secrets.items():
                    reply = caller.get("/v1/beats", headers={"Authorization": f"Bearer {secret}"})
                    wanted = 200 if works and not known.revoked else 401
                    demand(reply.status_code == wanted, f"{known.name} {version}: {reply.status_code}, not {wanted}")
                    self.opened += 1
                known.used = True


def demand(good: bool, otherwise: str) -> None:
    """Raise `LostError` unless ``good``."""
    if not good:
        raise LostError(otherwise)
