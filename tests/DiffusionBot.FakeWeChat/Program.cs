using DiffusionBot.FakeWeChat;
using DiffusionBot.FakeWeChat.Process;

// [--port N] [--patience SECONDS] [--space-tries true] [--ledger FILE]: README.md.
var settings = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 0; i + 1 < args.Length; i += 2) settings[args[i]] = args[i + 1];
var options = new FakePlatformOptions
{
    Port = int.Parse(settings.GetValueOrDefault("--port", "0")),
    Patience = TimeSpan.FromSeconds(double.Parse(settings.GetValueOrDefault("--patience", "5"))),
    SpacesTries = bool.Parse(settings.GetValueOrDefault("--space-tries", "false")),
};
await using var platform = await FakeWeChatPlatform.StartAsync(options);
using var ledger = settings.TryGetValue("--ledger", out var file) ? new Ledger(file) : null;
// UTF-8, whatever the terminal's language.
using var input = new StreamReader(Console.OpenStandardInput());
await using var output = new StreamWriter(Console.OpenStandardOutput());
await new CommandLoop(platform, input, output, ledger).RunAsync();
return 0;
