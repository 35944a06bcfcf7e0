using DiffusionBot.Generation.Tests;
using DiffusionBot.Generation.Tests.Kills;

if (args is [KilledHost.Verb, .. var settings]) return await KilledHost.RunAsync(settings);
if (args.Any(a => a is "-automated" or "@@")) return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
return await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
