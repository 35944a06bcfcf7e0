namespace DiffusionBot.Imaging.Tests.Reading;

/// <summary>Sound files, damaged at random: whatever the bytes, a picture or an InvalidPictureException.</summary>
public sealed class FuzzTests
{
    // Small, so that a mutated size costs little; the limits themselves are tested elsewhere.
    private static readonly PictureLimits Limits = new() { MaxPixels = 1 << 20, MaxEdge = 4096 };

    private static readonly (string Name, byte[] Bytes)[] Seeds =
    [
        .. new[] { "text.png", "text-ztxt.png", "text-itxt-compressed.png", "novelai.png", "text.jpg", "text.webp", "text.gif" }.Select(f => (f, Samples.File(f))),
        ("rgba.png", PictureWriter.Png(Samples.Noise(19, 13, 4, 1), "红")),
        ("grey.jpg", PictureWriter.Jpeg(Samples.Noise(19, 13, 1, 2), 80, "红")),
        ("lossless.webp", PictureWriter.Webp(Samples.Noise(19, 13, 4, 3), 100, "红")),
        ("alpha.webp", PictureWriter.Webp(Samples.Noise(19, 13, 4, 4), 70, "红")),
        ("xmp.png", PictureXmp.Write(PictureWriter.Png(Samples.Noise(9, 7, 3, 5), "红"), "<a/>")),
        ("xmp.jpg", PictureXmp.Write(PictureWriter.Jpeg(Samples.Noise(9, 7, 3, 5), 80, "红"), "<a/>")),
        ("xmp.webp", PictureXmp.Write(PictureWriter.Webp(Samples.Noise(9, 7, 3, 5), 80, "红"), "<a/>")),
        ("palette.png", Samples.Png(4, 1, 2, 3, [0b00_01_10_11], ("PLTE", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), ("tRNS", [1, 2]))),
        ("frames.gif", Samples.Gif(3, 3, 4, [0x21, 0xFE, 2, 65, 66, 0])),
        ("24.bmp", Samples.Bmp(5, 5, 24, 0, [], new byte[80])),
        ("8.bmp", Samples.Bmp(5, 5, 8, 0, new byte[1024], new byte[40])),
        ("masks.bmp", Samples.Bmp(2, -2, 32, 3, [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0], new byte[16])),
    ];

    [Fact]
    public void Damaged_files_are_decoded_or_refused() => Run(seed: 20260101, rounds: 60);

    [Fact]
    [Trait("Category", "Long")]
    public void Damaged_files_are_decoded_or_refused_at_length() => Run(seed: 7, rounds: 20_000);

    private static void Run(int seed, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, bytes) in Seeds)
            {
                var damaged = Damage(bytes, random);
                Check(() => PictureReader.Decode(damaged, Limits), "Decode");
                Check(() => PictureText.Read(damaged), "Text");
                Check(() => PictureHeader.Read(damaged), "Header");
                Check(() => PictureXmp.Read(damaged), "XMP");
                if (!name.EndsWith("gif", StringComparison.Ordinal) && !name.EndsWith("bmp", StringComparison.Ordinal)) Check(() => PictureXmp.Write(damaged, "<x/>"), "Writing XMP");

                void Check(Action read, string what)
                {
                    var e = Record.Exception(read);
                    Assert.True(e is null or InvalidPictureException, $"{what} of {name}, seed {seed}, round {round}: {e}\n{Convert.ToBase64String(damaged)}");
                }
            }
        }
    }

    private static byte[] Damage(byte[] sound, Random random)
    {
        var file = sound.ToArray();
        for (var i = random.Next(1, 5); i > 0 && file.Length > 1; i--)
        {
            // Half of the hits go to the first bytes, where headers are.
            var at = random.Next(random.Next(2) == 0 ? Math.Min(64, file.Length) : file.Length);
            switch (random.Next(6))
            {
                case 0:
                    file[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    break;
                case 2:
                    file.AsSpan(at, Math.Min(4, file.Length - at)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                    break;
                case 3:
                    file = file[..at];
                    break;
                case 4:
                    var from = random.Next(file.Length);
                    file = [.. file[..at], .. file[from..Math.Min(file.Length, from + random.Next(64))], .. file[at..]];
                    break;
                default:
                    file = [.. file[..at], .. file[Math.Min(file.Length, at + random.Next(32))..]];
                    break;
            }
        }
        return file;
    }
}
