"""The words of the console, Chinese and English. What has no entry is shown as it came."""

from __future__ import annotations

from typing import Literal

Language = Literal["zh", "en"]

TEXTS: dict[str, dict[Language, str]] = {
    "title": {"zh": "终端总览", "en": "Fleet console"},
    "product": {"zh": "瓯e办", "en": "Ou e Ban"},
    "as_of": {"zh": "平台时间", "en": "Platform time"},
    "stale": {"zh": "连不上平台，以下内容可能已过时", "en": "The platform cannot be reached; what you see may be out of date"},
    "other_language": {"zh": "English", "en": "中文"},
    "skip": {"zh": "跳到终端列表", "en": "Skip to the terminals"},
    "totals": {"zh": "总计", "en": "Totals"},
    "usable": {"zh": "现在可用", "en": "Usable now"},
    "of": {"zh": "共 {n} 台", "en": "of {n}"},
    "silent": {"zh": "失去联系", "en": "Out of contact"},
    "silent_note": {"zh": "超过 {n} 秒没有消息", "en": "silent for over {n} s"},
    "backlog": {"zh": "终端待送办件", "en": "Undelivered"},
    "backlog_note": {"zh": "最久 {age}", "en": "oldest {age}"},
    "needs_staff": {"zh": "等人处理", "en": "Need staff"},
    "needs_staff_note": {"zh": "终端 {kiosks} · 平台 {platform}", "en": "terminals {kiosks} · platform {platform}"},
    "held": {"zh": "平台已收", "en": "Held here"},
    "held_note": {"zh": "办结 {done} · 在办 {open}", "en": "processed {done} · open {open}"},
    "kiosks": {"zh": "终端", "en": "Terminals"},
    "no_kiosks": {"zh": "还没有终端", "en": "No terminals yet"},
    "no_kiosks_help": {"zh": "先发一个入网口令，再在终端上输入：", "en": "Issue a token here, then enter it on the terminal:"},
    "cases": {"zh": "最近收到的办件", "en": "Cases received last"},
    "no_cases": {"zh": "还没有收到办件。", "en": "No case has come in yet."},
    "no_personal_data": {"zh": "此页不含办事人的任何信息。", "en": "This page holds nothing about residents."},
    "receipt_number": {"zh": "受理号", "en": "Receipt number"},
    "item": {"zh": "事项编码", "en": "Item"},
    "kiosk": {"zh": "终端", "en": "Terminal"},
    "state": {"zh": "状态", "en": "State"},
    "received": {"zh": "收到", "en": "Received"},
    "processed": {"zh": "办结", "en": "Processed"},
    "last_contact": {"zh": "最近联系", "en": "Last contact"},
    "pending": {"zh": "待送办件", "en": "Waiting cases"},
    "oldest": {"zh": "最久等待", "en": "Oldest waiting"},
    "staff_here": {"zh": "等人处理", "en": "Need staff"},
    "disk": {"zh": "剩余磁盘", "en": "Free disk"},
    "version": {"zh": "软件版本", "en": "Software"},
    "catalogue": {"zh": "事项目录", "en": "Catalogue"},
    "devices": {"zh": "设备", "en": "Devices"},
    "none": {"zh": "无", "en": "none"},
    "no_report": {"zh": "入网后还没有报告过状态", "en": "Has not reported since it was enrolled"},
    "no_devices": {"zh": "没有报告设备", "en": "No device reported"},
    "past_report": {"zh": "以下是{age}的报告", "en": "As reported {age}"},
    "clock_doubtful": {"zh": "时钟可疑", "en": "Clock doubtful"},
    "staff_called": {"zh": "有办事群众呼叫工作人员，{age}前", "en": "A resident called for staff {age} ago"},
    "tickets": {"zh": "差评工单", "en": "Bad ratings open"},
    "tickets_note": {"zh": "其中超期 {n} 件", "en": "overdue {n}"},
    "reconciliation": {"zh": "记录不符", "en": "Records differ"},
    "reconciliation_note": {"zh": "其中需派人 {look} 台", "en": "to be looked into {look}"},
    "differing": {"zh": "对账有出入，{age}前发现", "en": "Records differ, found {age} ago"},
    "still_differing": {"zh": "对账有出入，已有 {age}没对上", "en": "Records differ, unsettled for {age}"},
    "differing_day": {"zh": "{day}：终端记 {told} 件，平台收 {held} 件", "en": "{day}: terminal {told} cases, platform {held}"},
    "other_cases": {
        "zh": "{day}：都是 {held} 件，但不是同一批",
        "en": "{day}: {held} cases each, but not the same",
    },
    "more_days": {"zh": "另有 {n} 天", "en": "and on {n} more days"},
    "settles_itself": {"zh": "终端正在自行补送，不用处理", "en": "The terminal is sending again; nothing to do"},
    "look_into_it": {"zh": "请派人到终端查看", "en": "Somebody should look at the terminal"},
    "unsettled": {"zh": "{n} 件办件补送后仍对不上", "en": "{n} cases still differ after they were sent again"},
    "audit_cut": {"zh": "终端的操作记录变短了", "en": "The terminal's record has become shorter"},
    "audit_cut_detail": {
        "zh": "{at} 由 {held} 条变为 {told} 条，可能被截断或退回旧备份",
        "en": "{at}: from {held} to {told} entries; it was cut or set back to an old copy",
    },
    "audit_rewritten": {"zh": "终端的操作记录被改写", "en": "The terminal's record was rewritten"},
    "audit_rewritten_detail": {"zh": "{at} 第 {held} 条与先前报的不同", "en": "{at}: entry {held} is not what it was before"},
    "close_alarm": {"zh": "查明后在平台上销警：", "en": "Once looked into, close the alarm on the platform:"},
    "materials_coming": {
        "zh": "材料上传中：{n} 份，已到 {held}，共 {size}",
        "en": "Materials coming: {n}, {held} of {size}",
    },
    "materials_unnamed": {"zh": "材料已到、等办件：{n} 份", "en": "Materials here, cases still to come: {n}"},
    "pages": {"zh": "翻页", "en": "Pages"},
    "page": {"zh": "第 {page} 页，共 {pages} 页", "en": "Page {page} of {pages}"},
    "previous": {"zh": "上一页", "en": "Previous"},
    "next": {"zh": "下一页", "en": "Next"},
    "closed": {"zh": "控制台未开放", "en": "The console is closed"},
    "password_not_set": {
        "zh": "这里不是平台本机，而运维口令还没有设置。请在平台上运行：",
        "en": "This is not the platform's own machine, and no operator password is set. Run this on the platform:",
    },
    "password_needed": {"zh": "需要运维用户名和口令。", "en": "An operator's name and password are needed."},
    "too_many_tries": {"zh": "口令错误次数太多，请一分钟后再试。", "en": "Too many wrong passwords; try again in a minute."},
}

KIOSK_STATES: dict[str, dict[Language, str]] = {
    "serving": {"zh": "可用", "en": "Usable"},
    "not_serving": {"zh": "暂停服务", "en": "Not serving"},
    "silent": {"zh": "失去联系", "en": "Out of contact"},
    "new": {"zh": "等待首次报告", "en": "Not heard yet"},
}

CASE_STATES: dict[str, dict[Language, str]] = {
    "received": {"zh": "已收到", "en": "Received"},
    "needs_staff": {"zh": "等人处理", "en": "Needs staff"},
    "processed": {"zh": "已办结", "en": "Processed"},
}

DEVICES: dict[str, dict[Language, str]] = {
    "id_card_reader": {"zh": "身份证阅读器", "en": "ID-card reader"},
    "camera": {"zh": "摄像头", "en": "Camera"},
    "receipt_printer": {"zh": "小票打印机", "en": "Receipt printer"},
    "barcode_scanner": {"zh": "扫码器", "en": "Code scanner"},
    "voice": {"zh": "语音", "en": "Voice"},
}

DEVICE_STATES: dict[str, dict[Language, str]] = {
    "online": {"zh": "正常", "en": "Working"},
    "busy": {"zh": "工作中", "en": "Busy"},
    "offline": {"zh": "离线", "en": "Offline"},
    "power_off": {"zh": "没有通电", "en": "No power"},
    "no_device": {"zh": "未连接", "en": "Not connected"},
    "hardware_error": {"zh": "硬件故障", "en": "Hardware fault"},
    "user_error": {"zh": "使用受阻", "en": "Blocked"},
    "fraud_attempt": {"zh": "疑遭破坏", "en": "Tampering"},
    "potential_fraud": {"zh": "情况可疑", "en": "Suspicious"},
    "unknown": {"zh": "状态不明", "en": "Unknown"},
}

CODES: dict[str, dict[Language, str]] = {
    "paper_out": {"zh": "缺纸", "en": "out of paper"},
    "near_end": {"zh": "纸快用完", "en": "paper low"},
    "head_hot": {"zh": "打印头过热", "en": "print head too hot"},
    "unrecoverable_error": {"zh": "无法自行恢复", "en": "cannot recover by itself"},
    "unnamed_error": {"zh": "未说明原因", "en": "no reason given"},
    "cover_open": {"zh": "上盖打开", "en": "cover open"},
    "cutter_error": {"zh": "切刀故障", "en": "cutter fault"},
    "no_answer": {"zh": "没有应答", "en": "no answer"},
    "disconnected": {"zh": "已断开", "en": "disconnected"},
    "lost": {"zh": "已断开", "en": "lost"},
    "frozen": {"zh": "画面停住", "en": "picture frozen"},
    "black": {"zh": "画面全黑", "en": "picture black"},
    "garbled": {"zh": "数据混乱", "en": "garbled data"},
    "starting": {"zh": "正在启动", "en": "starting"},
    "stopped": {"zh": "已停止", "en": "stopped"},
    "ended": {"zh": "画面源已结束", "en": "recording ended"},
    "refused": {"zh": "拒绝命令", "en": "commands refused"},
    "card_left_behind": {"zh": "有人遗落身份证", "en": "somebody's ID card left on it"},
    "no_engine": {"zh": "没有语音引擎", "en": "no speech engine"},
    "no_voice": {"zh": "没有可用的嗓音", "en": "no voice to speak with"},
    "no_portrait": {"zh": "没有人像", "en": "no portrait"},
}

REASONS: dict[str, dict[Language, str]] = {
    "no_consent_to_data": {"zh": "未同意处理信息", "en": "no consent to the data"},
    "no_consent_to_face": {"zh": "未同意使用人脸", "en": "no consent to the face"},
    "no_consent_of_guardian": {"zh": "未经监护人同意", "en": "no consent of a guardian"},
    "level_too_high": {"zh": "认证等级不符", "en": "level higher than the way allows"},
    "credential_not_named": {"zh": "没有凭证编号", "en": "credential not named"},
    "credential_used_elsewhere": {"zh": "凭证在别处用过", "en": "credential used elsewhere"},
    "portrait_not_given": {"zh": "平台未给过登记照片", "en": "no portrait was given for it"},
    "certificate_not_valid": {"zh": "证照无效或不属本人", "en": "certificate not valid, or not theirs"},
    "sms_not_confirmed": {"zh": "短信验证无记录", "en": "no text message confirmed"},
    "staff_not_named": {"zh": "没有核验人员", "en": "staff not named"},
    "face_not_matched": {"zh": "人脸未比中", "en": "face not matched"},
    "face_not_live": {"zh": "活体未通过", "en": "face not live"},
    "birth_date_differs": {"zh": "出生日期不一致", "en": "birth date differs"},
    "not_signed": {"zh": "未签名", "en": "not signed"},
    "receipt_number_shared": {"zh": "受理号重复", "en": "receipt number given twice"},
    "unknown_sealing_key": {"zh": "缺少解封密钥", "en": "sealing key missing"},
    "cannot_open": {"zh": "无法解封", "en": "cannot be opened"},
    "material_missing": {"zh": "材料丢失", "en": "a material is missing"},
    "material_damaged": {"zh": "材料损坏", "en": "a material is damaged"},
    "material_unreadable": {"zh": "材料无法解封", "en": "a material cannot be opened"},
    "material_differs": {"zh": "材料与登记不符", "en": "a material is not what was told"},
    "internal_error": {"zh": "平台内部错误", "en": "defect of the platform"},
}

_AGES: tuple[tuple[float, float, dict[Language, str]], ...] = (
    (100, 1, {"zh": "{n} 秒", "en": "{n} s"}),
    (100 * 60, 60, {"zh": "{n} 分钟", "en": "{n} min"}),
    (48 * 3600, 3600, {"zh": "{n} 小时", "en": "{n} h"}),
    (float("inf"), 86_400, {"zh": "{n} 天", "en": "{n} days"}),
)


def say(language: Language, key: str, **values: object) -> str:
    """A text of the page, with ``values`` filled in."""
    return TEXTS[key][language].format(**values)


def word(table: dict[str, dict[Language, str]], key: str, language: Language) -> str:
    """The word for ``key``, or ``key`` itself: terminals may know words that we do not."""
    entry = table.get(key)
    return entry[language] if entry else key


def age(seconds: float, language: Language) -> str:
    """A length of time in one unit, rounded down: 95 秒, 12 分钟, 3 小时, 4 天."""
    seconds = max(0.0, seconds)
    for limit, unit, form in _AGES:
        if seconds < limit:
            return form[language].format(n=int(seconds // unit))
    return ""


def ago(seconds: float, language: Language) -> str:
    """``age`` as a point in the past."""
    return age(seconds, language) + {"zh": "前", "en": " ago"}[language]
