using System.Net;
using DiffusionBot.Chat.Tests.Support;
using DiffusionBot.Chat.Tests.WeChat.Wire;
using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;
using Microsoft.Extensions.Logging;

namespace DiffusionBot.Chat.Tests.WeChat.Endpoint;

/// <summary>Whatever is posted: an answer, a yes, or a refusal; no error in the log; nothing unsigned on the desk. It looks at memory, and so is alone when it runs.</summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests
{
    private const int MostGrowth = 8 << 20, BytesOfANote = 200;

    [Fact]
    public Task Damaged_posts_do_no_harm() => RunAsync(Environment.TickCount, 400);

    [Fact]
    [Trait("Category", "Long")]
    public Task Damaged_posts_do_no_harm_a_hundred_thousand_times() => RunAsync(Environment.TickCount, 100_000);

    private static async Task RunAsync(int seed, int rounds)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        await using var host = await EndpointHost.StartAsync();
        var random = new Random(seed);
        var sound = WeChatXml.ReadMessage(SignedPost.Text);
        var statuses = new Dictionary<HttpStatusCode, int>();
        var memory = 0L;
        for (var round = 0; round < rounds; round++)
        {
            if (round == rounds / 10) memory = GC.GetTotalMemory(forceFullCollection: true);
            var mutation = Mutation.Of(random, $"{round}");
            host.Desk.Calls.Clear();
            var (status, _) = await host.SayAsync(mutation.Mode, mutation.Post);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            var problem = $"seed {seed}, round {round}: {status}, {mutation.Post.QueryString}\n{Convert.ToBase64String(mutation.Post.Body)}";
            Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Unauthorized or HttpStatusCode.NotFound or HttpStatusCode.RequestEntityTooLarge, problem);
            Assert.True(status == HttpStatusCode.OK || host.Desk.Calls.IsEmpty, problem);
            // Damage beside the ciphertext leaves what was signed.
            if (!mutation.IsSigned) Assert.All(host.Desk.Calls, call => Assert.Equal(sound, call.Message));
            Assert.DoesNotContain(host.Log.Lines, line => line.Level >= LogLevel.Error);
            host.Log.Lines.Clear();
        }
        // Notes of signatures, which a clock that stands still never lets go, are all that is kept.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - memory, long.MinValue, MostGrowth + (rounds * BytesOfANote));
        Assert.True(statuses[HttpStatusCode.OK] > rounds / 4 && statuses[HttpStatusCode.Unauthorized] > rounds / 10, $"seed {seed}: {string.Join(' ', statuses)}: the mutations are no test.");
    }
}
