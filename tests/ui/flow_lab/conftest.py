"""The tabs *Redirect lab* and *Watch my app* on a real server process, as its owner and as a viewer."""

from tests.ui.applications.conftest import forget_icons, pytest_itemcollected, served, studio, viewer_token, viewing

__all__ = ["forget_icons", "pytest_itemcollected", "served", "studio", "viewer_token", "viewing"]
