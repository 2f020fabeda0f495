"""The style sheet of the window, made from the tokens for one screen's pixels."""

from __future__ import annotations

from ui.theme.palettes import Colour, Palette
from ui.theme.tokens import FONT_FAMILY, SPACE, Metrics, Type

_LABEL_ROLES: tuple[tuple[str, Type, Colour, bool], ...] = (
    ("small", Type.SMALL, Colour.INK_SOFT, False),
    ("body", Type.BODY, Colour.INK, False),
    ("soft", Type.BODY, Colour.INK_SOFT, False),
    ("strong", Type.STRONG, Colour.INK, True),
    ("heading", Type.HEADING, Colour.INK, True),
    ("title", Type.TITLE, Colour.INK, True),
    ("display", Type.DISPLAY, Colour.INK, True),
    ("numeral", Type.NUMERAL, Colour.INK, True),
    ("deep", Type.STRONG, Colour.DEEP, True),
    ("deep_small", Type.SMALL, Colour.DEEP, True),
    ("amber", Type.STRONG, Colour.AMBER, True),
    ("amber_small", Type.SMALL, Colour.AMBER, True),
    ("red", Type.STRONG, Colour.SEAL_RED, True),
    ("red_small", Type.SMALL, Colour.SEAL_RED, True),
)


def stylesheet(metrics: Metrics, palette: Palette, font_family: str = FONT_FAMILY) -> str:
    """Style sheet for ``KioskWindow``."""
    return "\n".join(
        (
            _base(metrics, palette, font_family),
            *_labels(metrics, palette),
            _panels(metrics, palette),
            _buttons(metrics, palette),
            _fields(metrics, palette),
        )
    )


def _base(m: Metrics, p: Palette, font_family: str) -> str:
    return f"""
    QWidget {{ font-family: "{font_family}"; font-size: {m.type_px(Type.BODY)}px; color: {p[Colour.INK]}; }}
    #kiosk_window, #page, #dock {{ background: {p[Colour.PAGE]}; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: {p[Colour.PAGE]}; width: {m.px(2.5)}px; border-radius: {m.px(1.2)}px; }}
    QScrollBar::handle:vertical {{ background: {p[Colour.CELADON_LIGHT]}; border-radius: {m.px(1.2)}px;
        min-height: {m.px(15)}px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; height: 0; }}
    """


def _labels(m: Metrics, p: Palette) -> list[str]:
    return [
        f'QLabel[role="{role}"] {{ font-size: {m.type_px(size)}px; color: {p[colour]}; font-weight: {700 if bold else 400};'
        " background: transparent; }"
        for role, size, colour, bold in _LABEL_ROLES
    ]


def _panels(m: Metrics, p: Palette) -> str:
    radius, line = m.px(SPACE.radius), m.px(SPACE.line)
    grounds = (
        ("card", Colour.CARD, Colour.HAIRLINE),
        ("pale", Colour.CELADON_PALE, Colour.CELADON_PALE),
        ("delivered", Colour.CELADON_PALE, Colour.CELADON),
        ("waiting", Colour.AMBER_PALE, Colour.AMBER),
        ("trouble", Colour.AMBER_PALE, Colour.AMBER_PALE),
        ("red", Colour.RED_PALE, Colour.SEAL_RED),
    )
    return "\n".join(
        f'QFrame[ground="{name}"] {{ background: {p[ground]}; border: {line}px solid {p[edge]}; border-radius: {radius}px; }}'
        for name, ground, edge in grounds
    )


def _buttons(m: Metrics, p: Palette) -> str:
    radius, line = m.px(SPACE.radius), m.px(SPACE.line)
    strong, body = m.type_px(Type.STRONG), m.type_px(Type.BODY)
    side = m.px(SPACE.padding)
    return f"""
    QPushButton {{ border-radius: {radius}px; padding: 0 {side}px; font-size: {strong}px; font-weight: 700; outline: none; }}
    QPushButton[kind="main"] {{ background: {p[Colour.DEEP]}; color: {p[Colour.CARD]}; border: none; }}
    QPushButton[kind="main"]:pressed {{ background: {p[Colour.DEEP_PRESSED]}; }}
    QPushButton[kind="main"]:disabled {{ background: {p[Colour.DISABLED]}; color: {p[Colour.DISABLED_INK]}; }}
    QPushButton[kind="quiet"] {{ background: {p[Colour.CARD]}; color: {p[Colour.DEEP]};
        border: {line}px solid {p[Colour.OUTLINE]}; }}
    QPushButton[kind="quiet"]:pressed {{ background: {p[Colour.CELADON_PALE]}; }}
    QPushButton[kind="quiet"]:disabled {{ background: {p[Colour.DISABLED]}; color: {p[Colour.DISABLED_INK]};
        border-color: {p[Colour.DISABLED]}; }}
    QPushButton[kind="bar"] {{ background: {p[Colour.CARD]}; color: {p[Colour.INK]}; border: {line}px solid {p[Colour.HAIRLINE]};
        font-size: {body}px; font-weight: 400; padding: 0 {m.px(3)}px; }}
    QPushButton[kind="bar"]:disabled {{ color: {p[Colour.DISABLED_INK]}; background: {p[Colour.PAGE]}; }}
    QPushButton[kind="bar"]:pressed {{ background: {p[Colour.CELADON_PALE]}; }}
    QPushButton[kind="card"] {{ background: {p[Colour.CARD]}; border: {line}px solid {p[Colour.HAIRLINE]};
        text-align: left; padding: 0; }}
    QPushButton[kind="card"]:pressed {{ background: {p[Colour.CELADON_PALE]}; border-color: {p[Colour.CELADON]}; }}
    QPushButton[kind="card"][closed="true"] {{ background: {p[Colour.PAGE]}; }}
    QPushButton[kind="key"] {{ background: {p[Colour.CARD]}; color: {p[Colour.INK]}; border: {line}px solid {p[Colour.HAIRLINE]};
        font-size: {m.key_px(Type.HEADING)}px; font-weight: 400; padding: 0; }}
    QPushButton[kind="key"]:pressed {{ background: {p[Colour.CELADON_LIGHT]}; }}
    QPushButton[kind="choice"] {{ background: {p[Colour.CARD]}; color: {p[Colour.INK]};
        border: {line}px solid {p[Colour.OUTLINE]}; font-size: {body}px; font-weight: 400; padding: 0 {m.px(4)}px; }}
    QPushButton[kind="choice"]:pressed {{ background: {p[Colour.CELADON_PALE]}; }}
    QPushButton[kind="choice"][known="true"] {{ background: {p[Colour.CELADON_PALE]};
        border-color: {p[Colour.CELADON]}; }}
    QPushButton[kind="choice"]:checked {{ background: {p[Colour.DEEP]}; color: {p[Colour.CARD]}; border-color: {p[Colour.DEEP]};
        font-weight: 700; }}
    QPushButton[kind="choice"][wrong="true"] {{ border-color: {p[Colour.SEAL_RED]}; }}
    QPushButton[kind="scene"] {{ background: {p[Colour.PAGE]}; border: none; border-radius: 0; padding: 0; }}
    QPushButton[kind="scene"]:pressed {{ background: {p[Colour.CELADON_PALE]}; }}
    """


def _fields(m: Metrics, p: Palette) -> str:
    line = m.px(SPACE.line)
    return f"""
    QLineEdit {{ background: {p[Colour.CARD]}; color: {p[Colour.INK]}; border: {line}px solid {p[Colour.OUTLINE]};
        border-radius: {m.px(3.5)}px; padding: 0 {m.px(4.5)}px; font-size: {m.type_px(Type.STRONG)}px;
        selection-background-color: {p[Colour.CELADON_LIGHT]}; selection-color: {p[Colour.INK]}; }}
    QLineEdit[known="true"] {{ background: {p[Colour.CELADON_PALE]}; border-color: {p[Colour.CELADON]}; }}
    QLineEdit[wrong="true"] {{ border: {m.px(0.8)}px solid {p[Colour.SEAL_RED]}; }}
    QLineEdit:read-only {{ background: {p[Colour.CELADON_PALE]}; border-color: {p[Colour.CELADON_PALE]}; }}
    QLineEdit[masked="true"]:read-only {{ background: {p[Colour.CARD]}; border-color: {p[Colour.OUTLINE]}; }}
    QLineEdit:focus {{ border: {m.px(1.0)}px solid {p[Colour.FOCUS]}; background: {p[Colour.CARD]}; }}
    """
