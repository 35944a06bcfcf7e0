"""Makes mark-sans-sc.otf out of Noto Sans CJK Bold (SIL Open Font License 1.1).

    apt-get install fonttools fonts-noto-cjk; python3 make.py

It keeps ASCII, Latin-1, the punctuation of GB 2312 and its level 1: the 3,755 characters that are used most.
The family gets a name of its own, so that no other version of it on a machine is taken instead.
"""
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SOURCE = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"
SIMPLIFIED_CHINESE = 2
FAMILY = "Mark Sans SC"


def gb2312(rows):
    for row in rows:
        for cell in range(0xA1, 0xFF):
            try:
                yield ord(bytes([row + 0xA0, cell]).decode("gb2312"))
            except UnicodeDecodeError:
                pass


font = TTFont(SOURCE, fontNumber=SIMPLIFIED_CHINESE)
options = subset.Options()
options.layout_features = []
options.hinting = False
options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
options.notdef_outline = True
subsetter = subset.Subsetter(options)
subsetter.populate(unicodes=[*range(0x20, 0x7F), *range(0xA0, 0x100), *map(ord, "–—‘’“”…™•"), *gb2312([1, 3, *range(16, 56)])])
subsetter.subset(font)
for name in font["name"].names:
    if name.nameID in (1, 3, 4, 6):
        name.string = {1: FAMILY, 3: f"{FAMILY} Bold", 4: f"{FAMILY} Bold", 6: "MarkSansSC-Bold"}[name.nameID]
cff = font["CFF "].cff
cff.fontNames = ["MarkSansSC-Bold"]
cff.topDictIndex[0].FullName, cff.topDictIndex[0].FamilyName = f"{FAMILY} Bold", FAMILY
font.save(Path(__file__).with_name("mark-sans-sc.otf"))
