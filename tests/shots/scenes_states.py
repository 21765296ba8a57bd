"""What stands where the table would be: empty, offline, forbidden, error, a viewer's page, and 100,000 keys."""

import signal
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.bench.plant import plant
from tests.e2e.serving import serving
from tests.shots.camera import Camera
from tests.shots.scenes_keys import NARROW, NARROWEST
from tests.shots.stage import desk, member, until

MANY = 100_000


async def scenes(app: QApplication, camera: Camera, data: Path) -> None:
    """Meet servers in each condition."""
    await empty_and_offline(app, camera, data / "empty")
    await members(app, camera, data / "members")
    await broken(app, camera, data / "broken")
    await many(app, camera, data / "many")


async def empty_and_offline(app: QApplication, camera: Camera, data: Path) -> None:
    """A studio without a key; then its server ends, with and without keys that are known."""
    data.mkdir()
    async with desk(app, data) as stage:
        with serving(data / "served") as served:
            stage.meet(served)
            await stage.online()
            await camera.take("90-empty", stage.window)
            await camera.take("90-empty", stage.window, size=NARROW)
        await stage.link("offline")
        await camera.take("91-offline-nothing-known", stage.window)
        with serving(data / "served") as served:
            stage.meet(served)
            await stage.online()
            await stage.made("Storefront", description="Read only", owner="Web")
            await stage.made("Partner feed", environment="sandbox")
            await stage.choose("Storefront")
        await stage.link("offline")
        await camera.take("92-offline", stage.window)
        await camera.take("92-offline", stage.window, size=NARROWEST)


async def members(app: QApplication, camera: Camera, data: Path) -> None:
    """What a viewer sees, and what someone who was turned off does."""
    data.mkdir()
    with serving(data / "served", "--demo") as served:
        viewer = member(served.folder, "viewer")
        nobody = member(served.folder, "manager", disabled=True)
        async with desk(app, data / "viewer") as stage:
            stage.meet(served, viewer)
            await stage.online()
            await stage.choose("Production Key")
            await camera.take("93-viewer", stage.window)
            stage.meet(served, nobody)
            await stage.link("forbidden")
            await camera.take("94-forbidden-known", stage.window)
        async with desk(app, data / "nobody") as stage:
            stage.meet(served, nobody)
            await stage.link("forbidden")
            await camera.take("95-forbidden", stage.window)


async def broken(app: QApplication, camera: Camera, data: Path) -> None:
    """A server that cannot start: something else lies where its folder should be."""
    data.mkdir()
    (data / "server").write_text("not a folder", encoding="ascii")
    async with desk(app, data) as stage:
        stage.program.connection.start()
        await stage.link("error")
        await camera.take("96-error", stage.window)
        await camera.take("96-error", stage.window, size=NARROWEST)


async def many(app: QApplication, camera: Camera, data: Path) -> None:
    """A studio with 100,000 keys: while they load, and then."""
    data.mkdir()
    plant(data / "served", MANY)
    async with desk(app, data) as stage:
        with serving(data / "served") as served:
            stage.meet(served)
            await until(lambda: stage.store.link.state == "loading" and not stage.store.keys, "the load")
            served.process.send_signal(signal.SIGSTOP)
            await camera.take("97-loading", stage.window)
            served.process.send_signal(signal.SIGCONT)
            await until(lambda: len(stage.store.keys) > MANY / 4, "the rows")
            await camera.take("98-loading-rows", stage.window)
            await stage.online()
            stage.keys.listing.model.sort_again()
            stage.keys.table.scrollToTop()
            await camera.take("99-many", stage.window)
            stage.keys.filters.search.setText("royalty mobile 12")
            await camera.take("99-many-search", stage.window)
