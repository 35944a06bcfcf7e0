using DiffusionBot.Chat.WeChat;
using DiffusionBot.Chat.WeChat.Wire;

namespace DiffusionBot.Chat.Tests.WeChat.Wire;

/// <summary>Whatever is sent, signed or not: a message, or a refusal that says whether it was signed.</summary>
public sealed class FuzzTests
{
    [Fact]
    public void Damaged_posts_are_opened_or_refused() => Run(Environment.TickCount, 5_000);

    [Fact]
    [Trait("Category", "Long")]
    public void Damaged_posts_are_opened_or_refused_a_hundred_thousand_times() => Run(Environment.TickCount, 100_000);

    private static void Run(int seed, int rounds)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var envelopes = Enum.GetValues<WeChatMode>().ToDictionary(mode => mode, mode => new WeChatEnvelope(SignedPost.Account(mode)));
        var sound = WeChatXml.ReadMessage(SignedPost.Text);
        var (opened, odd, unsigned) = (0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var mutation = Mutation.Of(random);
            try
            {
                var message = envelopes[mutation.Mode].Open(mutation.Post.Query, mutation.Post.Body);
                // Damage beside the ciphertext changes nothing.
                if (!mutation.IsSigned) Assert.Equal(sound, message);
                opened++;
            }
            catch (InvalidWeChatMessageException e)
            {
                Assert.InRange(e.Message.Length, 1, 300);
                Assert.DoesNotContain(e.Message, char.IsControl);
                if (e.IsSigned) odd++;
                else unsigned++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {seed}, round {round}: {e}\n{mutation.Post.QueryString}\n{Convert.ToBase64String(mutation.Post.Body)}");
            }
        }
        Assert.True(opened > rounds / 50 && odd > rounds / 4 && unsigned > rounds / 10, $"seed {seed}: {opened} opened, {odd} odd, {unsigned} unsigned: the mutations are no test.");
    }
}
