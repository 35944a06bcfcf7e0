using DiffusionBot.Cli;

using var stop = new StopSignals();
using var engines = new EngineSource();
return await new CommandLine(Terminal.Here(), engines).RunAsync(args, stop.Token);
