"""The words of the page that checks slips: Chinese, with the English beside it."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """One text in both languages."""

    zh: str
    en: str


TEXTS: dict[str, Words] = {
    "title": Words("回执真伪查验", "Check a receipt"),
    "product": Words("瓯e办", "Ou e Ban"),
    "how": Words(
        "用手机扫一扫回执上的方形码，把扫出的整段文字（以 OUEBAN1 开头）原样粘贴到这里。",
        "Scan the square code on the slip and paste all of its text (it begins with OUEBAN1) here, unchanged.",
    ),
    "label": Words("回执码的文字", "Text of the code"),
    "check": Words("查验", "Check"),
    "private": Words("此页不显示办事人的任何信息，也不保存您粘贴的文字。", "Nothing about residents is shown; nothing is kept."),
    "file_how": Words(
        "要核对证明：在上面输入验证码，或在这里选择证明文件（PDF，不超过 4 MB）。",
        "To check a proof: enter its verification code above, or choose the file (PDF, at most 4 MB) here.",
    ),
    "file_label": Words("证明文件", "Proof as PDF"),
    "receipt_number": Words("受理号", "Receipt number"),
    "item_code": Words("事项编码", "Item"),
    "committed_at": Words("保存时间", "Stored at"),
    "kiosk": Words("终端", "Terminal"),
    "said": Words("回执上说", "The slip says"),
    "held": Words("平台记录", "The platform's records"),
}

HEADINGS: dict[str, Words] = {
    "genuine": Words("回执是真的", "The receipt is genuine"),
    "number_only": Words("只核对了号码", "Only the number was checked"),
    "refused": Words("没有通过查验", "It did not pass the check"),
    "busy": Words("现在查验的人太多", "Too many checks at once"),
}

EXPLANATIONS: dict[str, Words] = {
    "genuine": Words("这张回执由下面这台终端签发，内容没有改动。", "The terminal below signed it, and nothing was altered."),
    "number_only": Words(
        "受理号的校验位正确，但单凭号码不能证明回执是真的。请粘贴方形码的文字。",
        "Its check character is right, but a number alone proves nothing. Paste the text of the square code.",
    ),
    "not_a_receipt_code": Words("这不是回执上的码。", "This is not the code of a receipt."),
    "damaged": Words("文字有改动或缺失，请重新扫码。", "Characters were altered or are missing; please scan it again."),
    "bad_receipt_number": Words("受理号的校验位不对，号码输错了或被改过。", "The check character is wrong: mistyped or altered."),
    "unknown_machine": Words("不是在本平台登记的终端签发的，或者被改过。", "Not signed by a terminal of ours, or altered."),
    "bad_signature": Words("签名不对，是伪造的或被改过。", "The signature is wrong: forged or altered."),
    "busy": Words("请过几秒再试。", "Please try again in a few seconds."),
}

SAID: dict[str, Words] = {
    "saved": Words("已保存在终端，当时尚未送达", "Saved on the terminal, not yet delivered at that time"),
    "delivered": Words("已送达平台", "Delivered to the platform"),
}

HELD: dict[str, Words] = {
    "yes:received": Words("平台已收到，正在办理", "Received, in progress"),
    "yes:processed": Words("平台已收到，已办结", "Received and processed"),
    "no": Words("平台还没有收到，仍在终端上等待送达", "Not received yet; it still waits on the terminal"),
    "no:delivered": Words("平台没有找到这件，请拨打回执上的咨询电话", "Not found; please ring the help line"),
    "differs": Words("平台上的内容与回执不一致，请拨打回执上的咨询电话", "The records differ; please ring the help line"),
}
