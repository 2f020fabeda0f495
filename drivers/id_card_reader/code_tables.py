"""Small code tables of the card: sex (GB/T 2261.1) and ethnicity (GB/T 3304), in Chinese as printed on the card."""

from __future__ import annotations

SEX = {"0": "未知", "1": "男", "2": "女", "9": "未说明"}

_ETHNICITIES_01_TO_56 = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 "
    "佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 "
    "塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
ETHNICITY = {
    **{f"{number:02d}": name for number, name in enumerate(_ETHNICITIES_01_TO_56.split(), start=1)},
    "97": "其他",
    "98": "外国血统中国籍人士",
}


def sex_name(code: str) -> str:
    """Name of a sex code; an unknown code is shown as it is."""
    return SEX.get(code, code)


def ethnicity_name(code: str) -> str:
    """Name of an ethnicity code; an unknown code is shown as it is, because regional codes exist."""
    return ETHNICITY.get(code, code)
