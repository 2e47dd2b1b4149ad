from qtpy.QtWidgets import QFormLayout, QWidget

from napari_greyfill.viewer.widgets.sentence import Sentence

TEXT = "Twelve found. Click one to drop it or to keep it, and paint elsewhere as usual."


def test_a_sentence_is_never_clipped_and_takes_no_width(qtbot):
    holder, label = QWidget(), Sentence()
    qtbot.addWidget(holder)
    QFormLayout(holder).addRow(label)
    label.setText(TEXT)
    holder.resize(600, 300)
    holder.show()
    wide = label.height()
    assert label.minimumSizeHint().width() == 0
    holder.resize(120, 300)
    qtbot.waitUntil(lambda: label.width() < 120)
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))
    assert label.height() > wide
    label.setText("Short.")
    qtbot.waitUntil(lambda: label.minimumHeight() < 2 * wide)
