"""What is left of members' sign-ins: nothing secret, nothing in the trace of flows, and nothing that is over."""

from bcdesk.contract.first_party import CLIENT_ID
from bcdesk.server.oauth.upkeep import tidy
from tests.contract.member_support import PASSWORD, Desk
from tests.contract.oauth_support import OAuth, Pkce


async def test_that_no_token_and_no_password_lies_in_the_database(oauth: OAuth) -> None:
    desk, pkce = Desk(oauth), Pkce()
    code = await desk.code(pkce)
    pair = (await desk.redeem(code, pkce)).json()
    next_pair = (await desk.refresh(pair["refresh_token"])).json()
    folder = oauth.state.data_dir
    assert folder is not None
    stored = b"".join(file.read_bytes() for file in folder.iterdir())
    secrets = [code, PASSWORD, *(one[name] for one in (pair, next_pair) for name in ("access_token", "refresh_token"))]
    assert desk.email.encode() in stored  # the control
    assert not [secret for secret in secrets if secret.encode() in stored]


async def test_that_no_manager_is_told_of_members_in_the_trace(oauth: OAuth) -> None:
    desk, before = Desk(oauth), oauth.state.hops.last
    pair = await desk.pair()
    await desk.refresh(pair["refresh_token"])
    await desk.refresh("bcr_" + "x" * 43)
    for query in (f"client_id={CLIENT_ID}", f"run={'A' * 43}"):
        assert (await oauth.api.manager.get(f"/manage/v1/flow-trace?{query}")).json()["items"] == []
    assert oauth.state.hops.last == before


async def test_that_what_is_over_goes_by_itself_and_tokens_of_the_command_line_stay(oauth: OAuth) -> None:
    desk = Desk(oauth)
    pair = await desk.pair()
    await desk.refresh(pair["refresh_token"])

    def count(what: str) -> int:
        with oauth.state.database.read() as connection:
            found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {what}").scalar_one()
            return found

    sealed, now = "member_refresh_tokens WHERE sealed_pair IS NOT NULL", oauth.state.now()
    tables = ("member_tokens", "member_refresh_tokens", "member_codes", "member_grants", "setup_links")
    for later, seals, left in (
        (0, 1, [5, 2, 1, 1, 1]), (61, 0, [5, 2, 1, 1, 1]), (3601 + 86_400, 0, [3, 2, 1, 1, 1]),
        (61 * 86_400, 0, [3, 0, 0, 0, 0]),
    ):  # fmt: skip
        tidy(oauth.state, now + later)
        assert (count(sealed), [count(table) for table in tables]) == (seals, left), later
    assert (await oauth.api.owner.get("/manage/v1/session")).status_code == 200
