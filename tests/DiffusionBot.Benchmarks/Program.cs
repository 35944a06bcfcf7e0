using DiffusionBot.Benchmarks;

switch (args)
{
    case ["synthetic", var path]:
        SyntheticCheckpoint.Write(path);
        return 0;
    default:
        await Console.Error.WriteLineAsync("Usage: synthetic PATH (writes a checkpoint of SD 1.5's size with random weights)");
        return 2;
}
