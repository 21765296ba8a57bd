"""``draw.py FOLDER SIZES…``: bcdesk.svg as pictures of these sizes, and as .ico and .icns, in a folder."""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).parents[2] / "bcdesk" / "resources" / "bcdesk.svg"
LARGE = 1024
LARGEST_ICO = 256


def picture(renderer: QSvgRenderer, size: int, file: Path) -> Image.Image:
    """Draw at a size, keep it in a file, and return it."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    if not image.save(str(file)):
        raise SystemExit(f"{file} could not be written")
    return Image.open(file)


def main(folder: Path, sizes: list[int]) -> None:
    """Write every form of the icon."""
    application = QGuiApplication([])
    renderer = QSvgRenderer(str(DRAWING))
    small = [picture(renderer, size, folder / f"bcdesk-{size}.png") for size in sizes]
    large = picture(renderer, LARGE, folder / "bcdesk.png")
    *others, first = [one for one in small if one.size[0] <= LARGEST_ICO]  # what is larger than the first is left out
    first.save(folder / "bcdesk.ico", sizes=[one.size for one in (*others, first)], append_images=others)
    large.save(folder / "bcdesk.icns", append_images=small)
    application.quit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(size) for size in sys.argv[2:]])
