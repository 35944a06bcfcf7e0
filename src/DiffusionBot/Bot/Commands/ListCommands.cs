using DiffusionBot.Chat;
using DiffusionBot.Engine;
using DiffusionBot.Engine.Checkpoints;

namespace DiffusionBot.Bot.Commands;

/// <summary>models, samplers: what there is.</summary>
internal sealed class ListCommands(ImageEngine engine)
{
    private const int MostListed = 30;

    public async Task<ChatReply> ModelsAsync(Talk talk, CancellationToken cancel)
    {
        var checkpoints = engine.Models.Files(ModelKind.Checkpoint).Where(file => file.Problem is null).ToList();
        if (checkpoints.Count == 0) return talk.Texts.NoModels;
        var standard = await engine.Models.DefaultCheckpointAsync(cancel);
        var lines = checkpoints.Take(MostListed).Select(file =>
        {
            var hash = file.KnownHash is { } known ? $" [{known}]" : "";
            var mark = file.Path == standard.Path ? $" ({talk.Texts.DefaultModel})" : "";
            return $"· {file.Name}{hash} · {file.Family?.Name}{mark}";
        });
        return talk.Texts.Models(lines);
    }

    public static ChatReply Samplers(Talk talk) => talk.Texts.Samplers(ImageEngine.Samplers, ImageEngine.Schedules);
}
