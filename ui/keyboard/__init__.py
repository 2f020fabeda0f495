"""The Pinyin keyboard: the one QML island, behind one widget."""
