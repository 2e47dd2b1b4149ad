"""Mouse and keys on the canvas, as a person uses them."""

from qtpy.QtCore import QEvent, QPoint, QPointF, Qt
from qtpy.QtGui import QKeyEvent, QMouseEvent
from qtpy.QtTest import QTest
from qtpy.QtWidgets import QApplication

NONE = Qt.KeyboardModifier.NoModifier


def hold(widget, key, keys=NONE):
    """Hold a key down for as long as it takes to repeat once."""
    for repeated in (False, True):
        event = QKeyEvent(QEvent.Type.KeyPress, key, keys, "", repeated)
        QApplication.sendEvent(widget, event)
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyRelease, key, keys))


class Mouse:
    """Presses, moves and lifts the left button over pixels of the brush's layer."""

    def __init__(self, viewer):
        self.viewer = viewer.__wrapped__  # the test looks where plugins must not
        self.canvas = self.viewer.window._qt_viewer.canvas
        self.native = self.canvas.native

    def at(self, y, x):
        """Return where a pixel is on the canvas."""
        brush = next(layer for layer in self.viewer.layers if layer.name.endswith("brush"))
        down, right = brush.data_to_world((y, x))[-2:]
        view = self.canvas.view
        right, down = (view.transform * view.scene.transform).map([right, down])[:2]
        return QPoint(round(right), round(down))

    def press(self, y, x, keys=NONE):
        QTest.mousePress(self.native, Qt.MouseButton.LeftButton, keys, self.at(y, x))

    def move(self, y, x):
        place, button = QPointF(self.at(y, x)), Qt.MouseButton
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, place, button.NoButton, button.LeftButton, NONE
        )
        QApplication.sendEvent(self.native, event)
        QTest.qWait(12)  # moves in quicker succession are ignored by the canvas

    def lift(self, y, x, keys=NONE):
        QTest.mouseRelease(self.native, Qt.MouseButton.LeftButton, keys, self.at(y, x))

    def stroke(self, *places, keys=NONE):
        self.press(*places[0], keys)
        for place in places[1:]:
            self.move(*place)
        self.lift(*places[-1], keys)

    def key(self, key, keys=NONE):
        QTest.keyClick(self.native, key, keys)
