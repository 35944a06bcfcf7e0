using System.Text.Json;
using DiffusionBot.Bot;
using DiffusionBot.Chat;
using DiffusionBot.Cli;
using DiffusionBot.Hosting;
using DiffusionBot.TestHost;
using Microsoft.Extensions.DependencyInjection;

// The whole host as a process that a test talks to through pipes, and kills. Its place is `test`: messages are lines of JSON on standard input,
// answers are lines on standard output, and what is delivered is appended to a file, which stands for a platform that a kill cannot reach.
//   DiffusionBot.TestHost FOLDER LEDGER [Section:Key=value ...]
var (folder, ledger) = (args[0], args[1]);
var terminal = new Terminal(Console.OpenStandardInput, TextWriter.Null, Console.Error) { WorkingFolder = folder };
using var engines = new EngineSource();
await using var app = BotHost.Build([.. args[2..].Select(setting => $"--{setting}")], terminal, engines, services => services.AddSingleton<IChatAdapter>(new LedgerAdapter(ledger)));
await app.StartAsync();
using var answers = new Answers(Console.OpenStandardOutput());
await answers.WriteAsync(new Answer("ready", null, null));
var router = app.Services.GetRequiredService<ChatRouter>();
var running = new List<Task>();
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line == "check")
    {
        await answers.WriteAsync(await Inventory.TakeAsync(app.Services));
        continue;
    }
    var said = JsonSerializer.Deserialize<Said>(line)!;
    running.Add(AnswerAsync(said));
}
await Task.WhenAll(running);
await app.StopAsync();

async Task AnswerAsync(Said said)
{
    var message = new ChatMessage(said.Id, new ChatAddress($"test:{said.User}"), new ChatAuthor($"test:{said.User}"), "en", said.Text, []);
    var replies = await router.HandleAsync(message, CancellationToken.None);
    await answers.WriteAsync(new Answer(said.Id, replies[0].Reference, replies[0].Text));
}
