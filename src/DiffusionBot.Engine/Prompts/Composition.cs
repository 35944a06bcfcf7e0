using System.Text;

namespace DiffusionBot.Engine.Prompts;

/// <summary>
/// Letter and mark to one letter, as in Unicode's normalization form C: a Mac types "e\u0301" where others type "é", and CLIP
/// knows the second. The runtime's own normalization needs ICU, which this program does without. Covers the pairs up to
/// U+30FF and Hangul; marks are taken in the order they come.
/// </summary>
internal static class Composition
{
    /// <summary>A mark, the letters it may follow, and what each becomes (UnicodeData.txt, canonical pairs that are not excluded).</summary>
    private static readonly (char Mark, string Letters, string Composed)[] pairs =
    [
        ('\u0300', "AEINOUWYaeinouwy\u00a8ÂÊÔÜâêôüĂăĒēŌōƠơƯưΑΕΗΙΟΥΩαεηιουωϊϋЕИеиἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ\u1fbf\u1ffe",
            "ÀÈÌǸÒÙẀỲàèìǹòùẁỳ\u1fedẦỀỒǛầềồǜẰằḔḕṐṑỜờỪừᾺῈῊῚῸῪῺὰὲὴὶὸὺὼῒῢЀЍѐѝἂἃἊἋἒἓἚἛἢἣἪἫἲἳἺἻὂὃὊὋὒὓὛὢὣὪὫ\u1fcd\u1fdd"),
        ('\u0301', "ACEGIKLMNOPRSUWYZacegiklmnoprsuwyz\u00a8ÂÅÆÇÊÏÔÕØÜâåæçêïôõøüĂăĒēŌōŨũƠơƯưΑΕΗΙΟΥΩαεηιουωϊϋϒГКгкἀἁἈἉἐἑἘἙἠἡἨἩἰἱἸἹὀὁὈὉὐὑὙὠὡὨὩ\u1fbf\u1ffe",
            "ÁĆÉǴÍḰĹḾŃÓṔŔŚÚẂÝŹáćéǵíḱĺḿńóṕŕśúẃýź\u0385ẤǺǼḈẾḮỐṌǾǗấǻǽḉếḯốṍǿǘẮắḖḗṒṓṸṹỚớỨứΆΈΉΊΌΎΏάέήίόύώΐΰϓЃЌѓќἄἅἌἍἔἕἜἝἤἥἬἭἴἵἼἽὄὅὌὍὔὕὝὤὥὬὭ\u1fce\u1fde"),
        ('\u0302', "ACEGHIJOSUWYZaceghijosuwyzẠạẸẹỌọ",
            "ÂĈÊĜĤÎĴÔŜÛŴŶẐâĉêĝĥîĵôŝûŵŷẑẬậỆệỘộ"),
        ('\u0303', "AEINOUVYaeinouvyÂÊÔâêôĂăƠơƯư",
            "ÃẼĨÑÕŨṼỸãẽĩñõũṽỹẪỄỖẫễỗẴẵỠỡỮữ"),
        ('\u0304', "AEGIOUYaegiouyÄÆÕÖÜäæõöüǪǫȦȧȮȯΑΙΥαιυИУиуḶḷṚṛ",
            "ĀĒḠĪŌŪȲāēḡīōūȳǞǢȬȪǕǟǣȭȫǖǬǭǠǡȰȱᾹῙῩᾱῑῡӢӮӣӯḸḹṜṝ"),
        ('\u0306', "AEGIOUaegiouȨȩΑΙΥαιυАЕЖИУаежиуẠạ",
            "ĂĔĞĬŎŬăĕğĭŏŭḜḝᾸῘῨᾰῐῠӐӖӁЙЎӑӗӂйўẶặ"),
        ('\u0307', "ABCDEFGHIMNOPRSTWXYZabcdefghmnoprstwxyzŚśŠšſṢṣ",
            "ȦḂĊḊĖḞĠḢİṀṄȮṖṘṠṪẆẊẎŻȧḃċḋėḟġḣṁṅȯṗṙṡṫẇẋẏżṤṥṦṧẛṨṩ"),
        ('\u0308', "AEHIOUWXYaehiotuwxyÕõŪūΙΥιυϒІАЕЖЗИОУЧЫЭаежзиоучыэіӘәӨө",
            "ÄËḦÏÖÜẄẌŸäëḧïöẗüẅẍÿṎṏṺṻΪΫϊϋϔЇӒЁӜӞӤӦӰӴӸӬӓёӝӟӥӧӱӵӹӭїӚӛӪӫ"),
        ('\u0309', "AEIOUYaeiouyÂÊÔâêôĂăƠơƯư",
            "ẢẺỈỎỦỶảẻỉỏủỷẨỂỔẩểổẲẳỞởỬử"),
        ('\u030a', "AUauwy",
            "ÅŮåůẘẙ"),
        ('\u030b', "OUouУу",
            "ŐŰőűӲӳ"),
        ('\u030c', "ACDEGHIKLNORSTUZacdeghijklnorstuzÜüƷʒ",
            "ǍČĎĚǦȞǏǨĽŇǑŘŠŤǓŽǎčďěǧȟǐǰǩľňǒřšťǔžǙǚǮǯ"),
        ('\u030f', "AEIORUaeioruѴѵ",
            "ȀȄȈȌȐȔȁȅȉȍȑȕѶѷ"),
        ('\u0311', "AEIORUaeioru",
            "ȂȆȊȎȒȖȃȇȋȏȓȗ"),
        ('\u0313', "ΑΕΗΙΟΩαεηιορυω",
            "ἈἘἨἸὈὨἀἐἠἰὀῤὐὠ"),
        ('\u0314', "ΑΕΗΙΟΡΥΩαεηιορυω",
            "ἉἙἩἹὉῬὙὩἁἑἡἱὁῥὑὡ"),
        ('\u031b', "OUou",
            "ƠƯơư"),
        ('\u0323', "ABDEHIKLMNORSTUVWYZabdehiklmnorstuvwyzƠơƯư",
            "ẠḄḌẸḤỊḲḶṂṆỌṚṢṬỤṾẈỴẒạḅḍẹḥịḳḷṃṇọṛṣṭụṿẉỵẓỢợỰự"),
        ('\u0324', "Uu",
            "Ṳṳ"),
        ('\u0325', "Aa",
            "Ḁḁ"),
        ('\u0326', "STst",
            "ȘȚșț"),
        ('\u0327', "CDEGHKLNRSTcdeghklnrst",
            "ÇḐȨĢḨĶĻŅŖŞŢçḑȩģḩķļņŗşţ"),
        ('\u0328', "AEIOUaeiou",
            "ĄĘĮǪŲąęįǫų"),
        ('\u032d', "DELNTUdelntu",
            "ḒḘḼṊṰṶḓḙḽṋṱṷ"),
        ('\u032e', "Hh",
            "Ḫḫ"),
        ('\u0330', "EIUeiu",
            "ḚḬṴḛḭṵ"),
        ('\u0331', "BDKLNRTZbdhklnrtz",
            "ḆḎḴḺṈṞṮẔḇḏẖḵḻṉṟṯẕ"),
        ('\u0338', "<=>←→↔\u21d0⇒⇔∃∈∋∣∥∼≃≅≈≍≡≤≥≲≳≶≷≺≻≼≽⊂⊃⊆⊇⊑⊒⊢⊨⊩⊫⊲⊳⊴⊵",
            "≮≠≯↚↛↮\u21cd⇏⇎∄∉∌∤∦≁≄≇≉≭≢≰≱≴≵≸≹⊀⊁⋠⋡⊄⊅⊈⊉⋢⋣⊬⊭⊮⊯⋪⋫⋬⋭"),
        ('\u0342', "\u00a8αηιυωϊϋἀἁἈἉἠἡἨἩἰἱἸἹὐὑὙὠὡὨὩ\u1fbf\u1ffe",
            "\u1fc1ᾶῆῖῦῶῗῧἆἇἎἏἦἧἮἯἶἷἾἿὖὗὟὦὧὮὯ\u1fcf\u1fdf"),
        ('\u0345', "ΑΗΩάήαηωώἀἁἂἃἄἅἆἇἈἉἊἋἌἍἎἏἠἡἢἣἤἥἦἧἨἩἪἫἬἭἮἯὠὡὢὣὤὥὦὧὨὩὪὫὬὭὮὯὰὴὼᾶῆῶ",
            "\u1fbc\u1fcc\u1ffcᾴῄᾳῃῳῴᾀᾁᾂᾃᾄᾅᾆᾇ\u1f88\u1f89\u1f8a\u1f8b\u1f8c\u1f8d\u1f8e\u1f8fᾐᾑᾒᾓᾔᾕᾖᾗ\u1f98\u1f99\u1f9a\u1f9b\u1f9c\u1f9d\u1f9e\u1f9fᾠᾡᾢᾣᾤᾥᾦᾧ\u1fa8\u1fa9\u1faa\u1fab\u1fac\u1fad\u1fae\u1fafᾲῂῲᾷῇῷ"),
        ('\u0653', "\u0627",
            "\u0622"),
        ('\u0654', "\u0627\u0648\u064a\u06c1\u06d2\u06d5",
            "\u0623\u0624\u0626\u06c2\u06d3\u06c0"),
        ('\u0655', "\u0627",
            "\u0625"),
        ('\u093c', "\u0928\u0930\u0933",
            "\u0929\u0931\u0934"),
        ('\u09be', "\u09c7",
            "\u09cb"),
        ('\u09d7', "\u09c7",
            "\u09cc"),
        ('\u0b3e', "\u0b47",
            "\u0b4b"),
        ('\u0b56', "\u0b47",
            "\u0b48"),
        ('\u0b57', "\u0b47",
            "\u0b4c"),
        ('\u0bbe', "\u0bc6\u0bc7",
            "\u0bca\u0bcb"),
        ('\u0bd7', "\u0b92\u0bc6",
            "\u0b94\u0bcc"),
        ('\u0c56', "\u0c46",
            "\u0c48"),
        ('\u0cc2', "\u0cc6",
            "\u0cca"),
        ('\u0cd5', "\u0cbf\u0cc6\u0cca",
            "\u0cc0\u0cc7\u0ccb"),
        ('\u0cd6', "\u0cc6",
            "\u0cc8"),
        ('\u0d3e', "\u0d46\u0d47",
            "\u0d4a\u0d4b"),
        ('\u0d57', "\u0d46",
            "\u0d4c"),
        ('\u0dca', "\u0dd9\u0ddc",
            "\u0dda\u0ddd"),
        ('\u0dcf', "\u0dd9",
            "\u0ddc"),
        ('\u0ddf', "\u0dd9",
            "\u0dde"),
        ('\u102e', "\u1025",
            "\u1026"),
        ('\u1b35', "\u1b05\u1b07\u1b09\u1b0b\u1b0d\u1b11\u1b3a\u1b3c\u1b3e\u1b3f\u1b42",
            "\u1b06\u1b08\u1b0a\u1b0c\u1b0e\u1b12\u1b3b\u1b3d\u1b40\u1b41\u1b43"),
        ('\u3099', "うかきくけこさしすせそたちつてとはひふへほ\u309dウカキクケコサシスセソタチツテトハヒフヘホワヰヱヲ\u30fd",
            "ゔがぎぐげござじずぜぞだぢづでどばびぶべぼ\u309eヴガギグゲゴザジズゼゾダヂヅデドバビブベボヷヸヹヺ\u30fe"),
        ('\u309a', "はひふへほハヒフヘホ",
            "ぱぴぷぺぽパピプペポ"),
    ];

    private const int HangulL = 0x1100, HangulV = 0x1161, HangulT = 0x11a7, Hangul = 0xac00, VCount = 21, TCount = 28;

    /// <summary>The text with every known pair composed; the same string where there is none.</summary>
    public static string Compose(string text)
    {
        StringBuilder? result = null;
        for (var i = 0; i < text.Length; i++)
        {
            var last = i == 0 ? '\0' : result is null ? text[i - 1] : result[^1];
            var composed = IsLatinOrHan(text[i]) ? null : Pair(last, text[i]);
            if (composed is not null)
            {
                result ??= new StringBuilder(text, 0, i, text.Length);
                result[^1] = composed.Value;
            }
            else
            {
                result?.Append(text[i]);
            }
        }
        return result?.ToString() ?? text;
    }

    private static bool IsLatinOrHan(char c) => c is < '\u0300' or > '\u309a';

    private static char? Pair(char letter, char mark)
    {
        if (mark is >= (char)HangulV and < (char)(HangulV + VCount) && letter is >= (char)HangulL and < (char)(HangulL + 19))
            return (char)(Hangul + ((((letter - HangulL) * VCount) + mark - HangulV) * TCount));
        if (mark is > (char)HangulT and < (char)(HangulT + TCount))
            return letter is >= (char)Hangul and <= '\ud7a3' && (letter - Hangul) % TCount == 0 ? (char)(letter + mark - HangulT) : null;
        foreach (var (known, letters, composed) in pairs)
        {
            if (known != mark) continue;
            var at = letters.IndexOf(letter, StringComparison.Ordinal);
            return at < 0 ? null : composed[at];
        }
        return null;
    }
}
