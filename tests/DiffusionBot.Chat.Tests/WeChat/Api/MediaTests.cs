using System.Text;
using DiffusionBot.Chat.Fetching;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Api;
using static DiffusionBot.Chat.Tests.WeChat.Api.ScriptedWeChat;

namespace DiffusionBot.Chat.Tests.WeChat.Api;

/// <summary>Pictures on their way to WeChat and back.</summary>
public sealed class MediaTests
{
    private const string Upload = "media/upload", Get = "media/get";

    private static readonly byte[] jpeg = [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_upload_is_a_form_as_WeChat_reads_it()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Upload, Json("""{"type":"image","media_id":"M1","created_at":1}"""));
        Assert.Equal("M1", await bench.Api.UploadImageAsync(jpeg, "K7Q2M9.jpg", Cancel));
        var asked = Assert.Single(bench.WeChat.To(Upload));
        Assert.EndsWith("&type=image", asked.Query, StringComparison.Ordinal);
        var form = Encoding.Latin1.GetString(asked.Body);
        var boundary = form[..form.IndexOf("\r\n", StringComparison.Ordinal)];
        Assert.Equal(
            $"{boundary}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"K7Q2M9.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n{Encoding.Latin1.GetString(jpeg)}\r\n{boundary}--\r\n", form);
    }

    [Theory]
    [InlineData("猫\"\r\nX: y.png", "____X__y.jpg")]
    [InlineData("../../etc/pass wd", "pass_wd.jpg")]
    [InlineData("", "picture.jpg")]
    public async Task A_file_name_is_plain_whatever_it_was(string name, string expected)
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Upload, Json("""{"media_id":"M1"}"""));
        await bench.Api.UploadImageAsync(jpeg, name, Cancel);
        Assert.Equal($"Content-Disposition: form-data; name=\"media\"; filename=\"{expected}\"", Assert.Single(bench.WeChat.To(Upload)).Text.Split("\r\n")[1]);
    }

    [Fact]
    public async Task The_same_picture_is_uploaded_once_in_three_days_by_all_hosts()
    {
        using var one = new ApiBench();
        using var two = new ApiBench(one.Clock, one.Notes);
        one.WeChat.On(Upload, Json("""{"media_id":"M1"}"""), Json("""{"media_id":"M2"}"""));
        Assert.Equal("M1", await one.Api.UploadImageAsync(jpeg, "a.jpg", Cancel));
        Assert.Equal("M1", await two.Api.UploadImageAsync(jpeg, "b.jpg", Cancel));
        one.Clock.Advance(TimeSpan.FromDays(2.9));
        Assert.Equal("M1", await one.Api.UploadImageAsync(jpeg, "a.jpg", Cancel));
        one.Clock.Advance(TimeSpan.FromDays(0.1));
        Assert.Equal("M2", await one.Api.UploadImageAsync(jpeg, "a.jpg", Cancel));
    }

    [Fact]
    public async Task What_WeChat_has_no_more_is_forgotten()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Upload, Json("""{"media_id":"M1"}"""), Json("""{"media_id":"M2"}"""));
        await bench.Api.UploadImageAsync(jpeg, "a.jpg", Cancel);
        await bench.Api.ForgetImageAsync(jpeg, Cancel);
        Assert.Equal("M2", await bench.Api.UploadImageAsync(jpeg, "a.jpg", Cancel));
    }

    [Theory]
    [InlineData("""{"type":"image"}""")]
    [InlineData("""{"media_id":""}""")]
    [InlineData("""{"media_id":7}""")]
    public async Task An_upload_without_an_id_is_an_error(string answer)
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Upload, Json(answer));
        Assert.Contains("media_id", (await bench.FailsAsync(api => api.UploadImageAsync(jpeg, "a.jpg", Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_user_sent_is_fetched_whatever_its_type_says()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Get, Bytes(jpeg, "image/jpeg"), Bytes(jpeg, "application/json"), Bytes(jpeg, "text/plain"));
        for (var n = 0; n < 3; n++) Assert.Equal(jpeg, (await bench.Api.GetMediaAsync("a b&c", Cancel)).Bytes.ToArray());
        Assert.EndsWith("&media_id=a%20b%26c", bench.WeChat.To(Get)[0].Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_picture_is_an_error()
    {
        using var bench = new ApiBench();
        bench.WeChat.On(Get, Code(40007), Bytes("GIF?"u8.ToArray(), "image/gif"), Json("""{"video_url":"http://x/"}"""), Bytes([.. jpeg, .. new byte[20_000_001]], "image/jpeg"));
        Assert.Equal(40007, (await bench.FailsAsync(api => api.GetMediaAsync("m", Cancel))).Code);
        foreach (var expected in new[] { "expected a PNG", "expected a PNG", "more than 20000000 bytes" })
            Assert.Contains(expected, (await bench.FailsAsync(api => api.GetMediaAsync("m", Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_copy_is_fetched_without_a_token_also_by_who_has_no_rights()
    {
        using var bench = new ApiBench(account: new WeChatAccountOptions { AppId = "wx1", Token = "abc", Kind = WeChatKind.Uncertified });
        bench.WeChat.On("/mmbiz_jpg/1/0", Bytes(jpeg, "image/jpeg"));
        Assert.Equal(jpeg, (await bench.Api.GetPictureAsync("https://mmbiz.qpic.cn/mmbiz_jpg/1/0?x=1", Cancel)).Bytes.ToArray());
        Assert.Equal(["mmbiz.qpic.cn"], bench.WeChat.Requests.Select(asked => asked.Host));
        Assert.Equal(WeChatCode.NoRight, (await bench.FailsAsync(api => api.GetMediaAsync("m", Cancel))).Code);
        Assert.Single(bench.WeChat.Requests);
    }

    [Theory]
    [InlineData("ftp://mmbiz.qpic.cn/1")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user@mmbiz.qpic.cn/1")]
    [InlineData("https://mmbiz.qpic.cn:8080/1")]
    [InlineData("https://mmbiz.qpic.cn.evil.example/1")]
    [InlineData("https://evilqpic.cn/1")]
    [InlineData("https://qpic.cn/1")]
    [InlineData("http://127.0.0.1/1")]
    [InlineData("http://[::1]/1")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("//mmbiz.qpic.cn/1")]
    [InlineData("mmbiz.qpic.cn/1")]
    [InlineData("")]
    public async Task Nothing_is_fetched_from_elsewhere(string address)
    {
        using var bench = new ApiBench();
        Assert.Equal(0, (await bench.FailsAsync(api => api.GetPictureAsync(address, Cancel))).Code);
        Assert.Empty(bench.WeChat.Requests);
    }

    [Fact]
    public async Task A_copy_that_is_elsewhere_too_large_or_no_picture_is_an_error()
    {
        using var bench = new ApiBench(options: new WeChatOptions { LargestPicture = 10_000 });
        bench.WeChat.On("/1", Status(302), Status(404), Bytes("<html>"u8.ToArray(), "image/jpeg"), Bytes(new byte[10_001], "image/jpeg"), Body(new EndlessStream(), "image/jpeg"));
        foreach (var expected in new[] { "HTTP 302", "HTTP 404", "expected a PNG", "more than 10000 bytes", "more than 10000 bytes" })
            Assert.Contains(expected, (await bench.FailsAsync(api => api.GetPictureAsync("http://a.qpic.cn/1", Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 10_000)]
    public async Task A_copy_that_stops_half_way_is_waited_for_nine_seconds_in_all()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("/1", Body(new StallingStream(jpeg, () => bench.Clock.Advance(TimeSpan.FromSeconds(9))), "image/jpeg"));
        Assert.Contains("more than 9 s", (await bench.FailsAsync(api => api.GetPictureAsync("http://mmbiz.qpic.cn/1", TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("89504E470D0A1A0A", true)]
    [InlineData("89504E470D0A1A", false)]
    [InlineData("FFD8FF", true)]
    [InlineData("FFD8", false)]
    [InlineData("474946383761", true)]
    [InlineData("474946383961", true)]
    [InlineData("474946383861", false)]
    [InlineData("524946460000000057454250", true)]
    [InlineData("524946460000000057415645", false)]
    [InlineData("424D0000000000000000000000002800000000000000000000", false)]
    [InlineData("424D000000000000000000000000280000000000000000000000", true)]
    [InlineData("424D204C6F76657320796F750000FF0000000000000000000000", false)]
    [InlineData("3C7376673E", false)]
    [InlineData("", false)]
    public void A_picture_is_one_by_its_first_bytes(string hex, bool expected) => Assert.Equal(expected, PictureBytes.IsPicture(Convert.FromHexString(hex)));

    [Fact]
    public async Task A_copy_that_does_not_come_is_waited_for_nine_seconds()
    {
        using var bench = new ApiBench();
        bench.WeChat.On("/1", Silent(bench.Clock));
        Assert.Contains("more than 9 s", (await bench.FailsAsync(api => api.GetPictureAsync("http://mmbiz.qpic.cn/1", Cancel))).Message, StringComparison.Ordinal);
    }
}

/// <summary>Gives its bytes, then says that it stalls, and gives nothing more.</summary>
internal sealed class StallingStream(byte[] bytes, Action stalled) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position < Length) return Read(buffer.Span);
        ThreadPool.QueueUserWorkItem(_ => stalled());
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }
}
