using System.Text.Json.Nodes;
using DiffusionBot.FakeDiscord;

// A Discord for programs that do not share a process with it: says where it is in one line of JSON, and does what single lines of JSON ask for (see Script.cs).
await using var discord = await DiscordServer.StartAsync(new FakeDiscordOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(args is [var ms, ..] ? int.Parse(ms, System.Globalization.CultureInfo.InvariantCulture) : 41_250) });
await new Script(discord, Console.In, Console.Out).RunAsync();
return 0;
