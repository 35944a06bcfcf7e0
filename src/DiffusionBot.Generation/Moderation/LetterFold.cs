using System.Globalization;
using System.Text;
using DiffusionBot.Generation.Translation;

namespace DiffusionBot.Generation.Moderation;

/// <summary>
/// One form for letters that look the same: compatibility forms (NFKC has them; the runtime's own needs ICU, which this program does without), accents,
/// the Cyrillic and Greek letters that pass for Latin ones, traditional Chinese; all in lower case. What cannot be seen is dropped.
/// </summary>
internal static class LetterFold
{
    private static readonly (char Letter, string Alike)[] alike =
    [
        ('0', "⁰₀"),
        ('1', "¹₁"),
        ('2', "²₂"),
        ('3', "³₃"),
        ('4', "⁴₄"),
        ('5', "⁵₅"),
        ('6', "⁶₆"),
        ('7', "⁷₇"),
        ('8', "⁸₈"),
        ('9', "⁹₉"),
        ('a', "ªàáâãäåāăąǎǟǡǻȁȃȧᴬᵃḁạảấầẩẫậắằẳẵặₐаαɑᴀ"),
        ('b', "ᴮᵇḃḅḇℬьβʙƀ"),
        ('c', "çćĉċčᶜḉℂℭⅽсϲᴄ"),
        ('d', "ďᴰᵈḋḍḏḑḓⅅⅆⅾԁđᴅɗ"),
        ('e', "èéêëēĕėęěȅȇȩᴱᵉḕḗḙḛḝẹẻẽếềểễệₑℯℰⅇеєεᴇ"),
        ('f', "ᶠḟℱƒꜰ"),
        ('g', "ĝğġģǧǵᴳᵍḡℊɡɢ"),
        ('h', "ĥȟʰᴴḣḥḧḩḫẖₕℋℌℍℎһʜħ"),
        ('i', "ìíîïĩīĭįİǐȉȋᴵᵢḭḯỉịⁱℐℑℹⅈⅰіıɩιɪ"),
        ('j', "ĵǰʲᴶⅉⱼјᴊ"),
        ('k', "ķǩᴷᵏḱḳḵₖкκᴋ"),
        ('l', "ĺļľˡᴸḷḹḻḽₗℒℓⅼӏłʟ"),
        ('m', "ᴹᵐḿṁṃₘℳⅿмᴍ"),
        ('n', "ñńņňǹᴺṅṇṉṋⁿₙℕпոɴη"),
        ('o', "ºòóôõöōŏőơǒǫǭȍȏȫȭȯȱᴼᵒṍṏṑṓọỏốồổỗộớờởỡợₒℴоοօᴏσø"),
        ('p', "ᴾᵖṕṗₚℙрρᴘ"),
        ('q', "ℚԛ"),
        ('r', "ŕŗřȑȓʳᴿᵣṙṛṝṟℛℜℝгʀ"),
        ('s', "śŝşšſșˢṡṣṥṧṩẛₛѕꜱ"),
        ('t', "ţťțᵀᵗṫṭṯṱẗₜтτᴛŧ"),
        ('u', "ùúûüũūŭůűųưǔǖǘǚǜȕȗᵁᵘᵤṳṵṷṹṻụủứừửữựυսᴜ"),
        ('v', "ᵛᵥṽṿⅴⱽѵνᴠ"),
        ('w', "ŵʷᵂẁẃẅẇẉẘԝωᴡ"),
        ('x', "ˣẋẍₓⅹхχ"),
        ('y', "ýÿŷȳʸẏẙỳỵỷỹуγʏ"),
        ('z', "źżžᶻẑẓẕℤℨᴢ"),
    ];

    private static readonly Dictionary<char, char> letters = alike.SelectMany(a => a.Alike.Select(c => (From: c, To: a.Letter))).ToDictionary(p => p.From, p => p.To);

    /// <summary>Each character is at most one character of the result, but for the ligatures.</summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case < 128: folded.Append(char.ToLowerInvariant((char)rune.Value)); break;
                case 'ß': folded.Append("ss"); break;
                case 'æ' or 'Æ': folded.Append("ae"); break;
                case 'œ' or 'Œ': folded.Append("oe"); break;
                case >= 0xFB00 and <= 0xFB06: folded.Append(((string[])["ff", "fi", "fl", "ffi", "ffl", "st", "st"])[rune.Value - 0xFB00]); break;
                default:
                    if (!IsInvisible(rune)) Append(folded, rune);
                    break;
            }
        }
        return folded.ToString();
    }

    private static void Append(StringBuilder folded, Rune rune)
    {
        if (Compatible(rune.Value) is { } letter)
        {
            folded.Append(char.ToLowerInvariant(letter));
            return;
        }
        var lower = Rune.ToLowerInvariant(rune);
        if (!lower.IsBmp) folded.Append(lower);
        else folded.Append(letters.GetValueOrDefault((char)lower.Value, TraditionalChinese.Simplify((char)lower.Value)));
    }

    /// <summary>ASCII written in other ways: full width, in circles and boxes, mathematical, as flags.</summary>
    private static char? Compatible(int c) => c switch
    {
        0x3000 => ' ',
        >= 0xFF01 and <= 0xFF5E => (char)(c - 0xFF01 + '!'),
        >= 0x249C and <= 0x24B5 => (char)(c - 0x249C + 'a'),
        >= 0x24B6 and <= 0x24CF => (char)(c - 0x24B6 + 'a'),
        >= 0x24D0 and <= 0x24E9 => (char)(c - 0x24D0 + 'a'),
        >= 0x2460 and <= 0x2468 => (char)(c - 0x2460 + '1'),
        >= 0x1F110 and <= 0x1F129 => (char)(c - 0x1F110 + 'a'),
        >= 0x1F130 and <= 0x1F149 => (char)(c - 0x1F130 + 'a'),
        >= 0x1F150 and <= 0x1F169 => (char)(c - 0x1F150 + 'a'),
        >= 0x1F170 and <= 0x1F189 => (char)(c - 0x1F170 + 'a'),
        >= 0x1F1E6 and <= 0x1F1FF => (char)(c - 0x1F1E6 + 'a'),
        // Thirteen alphabets of 52 letters; the few that are missing are older letters, in the table.
        >= 0x1D400 and <= 0x1D6A3 => (char)('a' + ((c - 0x1D400) % 26)),
        >= 0x1D7CE and <= 0x1D7FF => (char)('0' + ((c - 0x1D7CE) % 10)),
        _ => null,
    };

    /// <summary>Zero-width characters, joiners, marks of direction, variation selectors, accents that stand by themselves.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
        || rune.Value is 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800;   // Hangul's and Braille's blanks
}
