"""The camera tells a blank picture and a secret in view."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from bcdesk.contract.key_format import generate
from bcdesk.ui.widgets import Label
from tests.shots.camera import FEWEST_COLOURS, Camera, colours
from tests.shots.kit import kit


@pytest.fixture
def camera(qapp: QApplication, tmp_path: Path) -> Camera:
    return Camera(qapp, tmp_path)


def test_that_a_blank_picture_is_told(camera: Camera, qapp: QApplication) -> None:
    blank = QWidget()
    blank.resize(200, 100)
    camera.sheet("blank", blank)
    assert camera.faults == ["blank-light.png: it is blank", "blank-dark.png: it is blank"]


def test_that_a_secret_in_view_is_told_and_not_pictured(camera: Camera, tmp_path: Path) -> None:
    label = Label(generate("live"), name="leak")
    label.resize(300, 40)
    camera.sheet("secret", label)
    assert camera.faults[0] == "secret-light.png: a secret is in view (leak)"
    assert not list(tmp_path.iterdir())


def test_that_the_kit_is_pictured_in_both_schemes(camera: Camera, tmp_path: Path) -> None:
    camera.sheet("kit", kit())
    assert camera.faults == []
    assert [path.name for path in camera.taken] == ["kit-light.png", "kit-dark.png"]
    assert all(colours(QImage(str(path))) > FEWEST_COLOURS for path in camera.taken)
