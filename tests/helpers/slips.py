"""A realistic slip for the printer's tests; person and place are fictitious."""

from __future__ import annotations

from drivers.receipt_printer.types import Align, Block, Code128, Pair, QrCode, Rule, Space, Text

RECEIPT_NUMBER = "330303251123A7K200042X"
QR_PAYLOAD = "OUEBAN1:330303251123A7K200042X:" + "QK7ZP2M4" * 12


def sample_slip() -> list[Block]:
    return [
        Text("瓯e办", Align.CENTER, scale=2, bold=True),
        Text("政务自助服务终端 · 办事凭条", Align.CENTER),
        Space(),
        Text("受理号", Align.CENTER),
        Text("330303251123", Align.CENTER, scale=2, bold=True),
        Text("A7K200042X", Align.CENTER, scale=2, bold=True),
        Rule(),
        Pair("事项", "居住证申领（首次）"),
        Pair("申请人", "测试·林小𠮷"),
        Pair("时间", "2025-11-23 10:24"),
        Pair("终端", "鹿城区五马街道便民服务中心一楼大厅自助服务区三号机（测试）"),
        Rule(),
        Text("已保存在本机，尚未送达", Align.CENTER, bold=True),
        Text("网络恢复后自动送达，无需再次办理。", Align.CENTER),
        QrCode(QR_PAYLOAD),
        Text("扫码查进度", Align.CENTER),
        Code128(RECEIPT_NUMBER),
        Rule(),
        Text("咨询电话 0577-12345", Align.CENTER),
    ]
