"""The test page a technician prints."""

from __future__ import annotations

from drivers.receipt_printer.types import Align, Block, Code128, Pair, QrCode, Rule, Space, Text


def technician_page(port: str, printed_at: str) -> list[Block]:
    """A page that shows at a glance whether Chinese, drawn characters, codes and the edges of the paper come out right."""
    return [
        Text("测试 TEST", Align.CENTER, scale=2, bold=True),
        Text("打印测试页 Printer test page", Align.CENTER),
        Rule(),
        Pair("端口 Port", port),
        Pair("时间 Time", printed_at),
        Rule(),
        Text("中文：瓯江潮起，一网通办。「温州市鹿城区」"),
        Text("生僻字 drawn: 𠮷 㐂 䶮 ¥ ü ñ"),
        Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"),
        Text("abcdefghijklmnopqrstuvwxyz $#@&%*()[]{}"),
        Text("加粗 Bold", bold=True),
        Text("大字 Big", scale=2),
        Pair("左边 left edge", "右边 right edge"),
        Rule(),
        QrCode("TEST-PRINTER-QR-0123456789"),
        Text("二维码应能读出 The code must read TEST-PRINTER-QR-0123456789", Align.CENTER),
        Code128("TEST-0123456789"),
        Space(),
        Text("测试完毕 End of test", Align.CENTER),
    ]
